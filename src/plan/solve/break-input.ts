import type { Condition, InputPart } from '../../condition/condition.ts';
import type { BodyValue } from '../plan.ts';
import { isPlainObject, withAt, withoutAt } from '../request/body.ts';
import { refusedBy } from '../request/sample.ts';
import { isRequired, propertiesOf, requiredOf, type Schema, schemaAt } from '../request/schema.ts';
import { faultsOf } from '../request/valid.ts';

interface Broken {
  readonly from: InputPart;
  readonly path: readonly string[];
}

/**
 * A valid part of a request with exactly one field made invalid: a required one left out, else the
 * nearest value its schema refuses. Undefined where the schema refuses nothing that the part can carry:
 * only a body (and JSON in a query) carries other than texts, and what stands in a path can't be left out.
 */
export function breakPart(
  schema: Schema,
  part: BodyValue,
  { from, path, kept = [] }: Broken & { kept?: readonly (readonly string[])[] },
): BodyValue | undefined {
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
        text: from !== 'body' && !isJson(schema, field),
      });
      return refused === undefined ? [] : [withAt(part, field, refused as BodyValue)];
    }),
  ];
  return attempts.find((attempt) => isPlainObject(attempt) && faultsOf(schema, attempt).length > 0);
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
