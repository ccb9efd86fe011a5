import type { Condition, InputPart } from '../../condition/condition.ts';
import {
  isRequired,
  piped,
  propertiesOf,
  requiredOf,
  type Schema,
  schemaAt,
} from '../../kernel/json-schema.ts';
import type { BodyValue } from '../plan.ts';
import { isPlainObject, withAt, withoutAt } from '../request/body.ts';
import { refusedBy, refusedByRule } from '../request/sample.ts';
import { faultsOf } from '../request/valid.ts';

interface Broken {
  readonly from: InputPart;
  readonly path: readonly string[];
  /** The keyword that is to refuse it. */
  readonly rule?: string | undefined;
}

/**
 * A valid part of a request with exactly one field made invalid: a required one left out, else the
 * nearest value its schema refuses. Undefined where the schema refuses nothing that the part can carry:
 * only a body (and JSON in a query) carries other than texts, and what stands in a path can't be left out.
 */
export function breakPart(
  schema: Schema,
  part: BodyValue,
  { from, path, rule, kept = [] }: Broken & { kept?: readonly (readonly string[])[] },
): BodyValue | undefined {
  const isText = (field: readonly string[]) => from !== 'body' && !isJson(schema, field);
  if (rule !== undefined) return breakRule(schema, part, { path, rule, text: isText(path) });
  const isKept = (field: readonly string[]) => kept.some((each) => each.join() === field.join());
  const fields = path.length > 0 ? [path] : fieldsOf(schema).filter((field) => !isKept(field));
  // A body that is one value alone is broken as a whole.
  if (fields.length === 0) {
    const refused = refusedBy(schema);
    if (refused !== undefined && !isPlainObject(part)) return refused as BodyValue;
  }
  const omitted = fields.filter((field) => from !== 'params' && isRequired(schema, field));
  const attempts = [
    ...omitted.map((field) => withoutAt(part, field)),
    ...fields.flatMap((field) => {
      const refused = refusedBy(schemaAt(schema, field) ?? {}, {
        text: isText(field),
      });
      return refused === undefined ? [] : [withAt(part, field, refused as BodyValue)];
    }),
  ];
  return attempts.find((attempt) => isPlainObject(attempt) && faultsOf(schema, attempt).length > 0);
}

/** The same where one rule of one field is to refuse it, and nothing else if that can be. */
function breakRule(
  schema: Schema,
  part: BodyValue,
  broken: { path: readonly string[]; rule: string; text: boolean },
): BodyValue | undefined {
  const { path, rule } = broken;
  const at = rule === 'additionalProperties' ? [...path, UNKNOWN_FIELD] : path;
  const found = attemptsAt(schema, part, { ...broken, path: at }).flatMap((attempt) => {
    const faults = faultsOf(schema, attempt);
    return faults.some((fault) => fault.keyword === rule && fault.path.join() === at.join())
      ? [{ attempt, faults: faults.length }]
      : [];
  });
  return found.toSorted((a, b) => a.faults - b.faults)[0]?.attempt;
}

const UNKNOWN_FIELD = 'unexpected';

function attemptsAt(
  schema: Schema,
  part: BodyValue,
  { path, rule, text }: { path: readonly string[]; rule: string; text: boolean },
): BodyValue[] {
  if (rule === 'required') return [withoutAt(part, path)];
  const values = refusedByRule(piped(schemaAt(schema, path) ?? {}), rule, { text });
  return values.map((value) => withAt(part, path, value as BodyValue));
}

/** Whether a field of a query travels as JSON, or in one that does. */
function isJson(schema: Schema, field: readonly string[]): boolean {
  return schemaAt(schema, field.slice(0, 1))?.['x-json'] === true;
}

function fieldsOf(schema: Schema): string[][] {
  const required = [...new Set(requiredOf(schema))].sort();
  const others = [...propertiesOf(schema).keys()].filter((name) => !required.includes(name)).sort();
  return [...required, ...others].map((name) => [name]);
}

/** The fields of a part that are to be valid while something else in it is not. */
export function validIn(when: readonly Condition[], { from, path }: Broken): (readonly string[])[] {
  return when.flatMap((condition) =>
    condition.kind === 'input' &&
    condition.is === 'valid' &&
    condition.from === from &&
    condition.path.length > path.length
      ? [condition.path]
      : [],
  );
}

/** A value that is neither text nor list where nothing declares one; null for a whole body. */
export function ofOtherType(body: BodyValue, path: readonly string[]): BodyValue {
  return path.length === 0 ? null : withAt(body, path, 1);
}

/** Whether no body is to be sent at all. */
export function isUnsent(when: readonly Condition[]): boolean {
  return when.some(
    (item) =>
      item.kind === 'input' &&
      item.is === 'missing' &&
      item.from === 'body' &&
      item.path.length === 0,
  );
}

/** Whether what is invalid in a part is said more closely: which field, and by which rule. */
export function isToldInside(when: readonly Condition[], { from, path, rule }: Broken): boolean {
  return (
    rule === undefined &&
    when.some(
      (item) =>
        item.kind === 'input' &&
        item.is === 'invalid' &&
        item.rule !== undefined &&
        item.from === from &&
        path.every((name, at) => item.path[at] === name),
    )
  );
}
