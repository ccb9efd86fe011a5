import type { Condition, InputPart } from '../condition/condition.ts';
import {
  alternativesOf,
  listOf,
  numberOf,
  piped,
  propertiesOf,
  requiredOf,
  type Schema,
  schemaAt,
  schemaOf,
  typesOf,
} from '../kernel/json-schema.ts';
import type { Outcome, Route } from '../model/model.ts';
import type { Conjunction } from './alternatives.ts';
import type { Variant } from './scenarios.ts';
import { short } from './slugs.ts';

/** More reasons to refuse one part of a request than this are told as one. */
const MOST = 24;

/** As deep as fields lie in each other. */
const DEEPEST = 3;

type Invalid = Condition & { kind: 'input'; is: 'invalid' };

interface Reason {
  readonly path: readonly string[];
  /** The keyword of JSON Schema that is broken. */
  readonly rule: string;
  readonly told: string;
}

/**
 * Why a part of a request that a schema refuses is refused: each field that is missing or of another type, and each
 * bound, format or rule of its own, one at a time. What the ending itself is shown with is none of them.
 */
export function refusedFields(route: Route, outcome: Outcome, when: Conjunction): Variant[] {
  return when.flatMap((condition) => {
    if (condition.kind !== 'input' || condition.is !== 'invalid') return [];
    const invalid = { ...condition, is: 'invalid' } as const;
    const said = reasonsOf(route, invalid);
    // The ending itself is shown with the first required field left out.
    const shown = said.filter(({ rule }) => rule === 'required').toSorted(byField)[0];
    return said
      .filter((reason) => reason !== (shown ?? said[0]))
      .slice(0, MOST)
      .map((reason) => variantOf(invalid, reason, outcome));
  });
}

function byField(left: Reason, right: Reason): number {
  const depth = left.path.length - right.path.length;
  return depth === 0 ? (left.path.join('.') < right.path.join('.') ? -1 : 1) : depth;
}

function variantOf(
  { at, from, path }: Invalid,
  { path: inside, rule, told }: Reason,
  outcome: Outcome,
): Variant {
  const field = [...path, ...inside];
  const name = short(`${[from, ...field].join('.')} ${told}`);
  return {
    slug: name,
    title: `Refused because ${short(`${[from, ...field].join('.')} is ${told}`)}`,
    outcome: outcome.id,
    when: [{ kind: 'input', is: 'invalid', at, from, path: field, rule }],
    reads: [],
  };
}

function reasonsOf(route: Route, { from, path }: Invalid): Reason[] {
  const declared = schemaAt(schemaOf(route.input[from]), path);
  if (!declared) return [];
  const whole = new Map(
    inside(declared, [], from).map((reason) => [`${reason.path.join('.')} ${reason.told}`, reason]),
  );
  return [...whole.values()];
}

/** The reasons that lie in a schema: an object's own rules come after those of its fields. */
function inside(declared: Schema, path: readonly string[], from: InputPart): Reason[] {
  const schema = piped(declared);
  const required = new Set(from === 'params' ? [] : requiredOf(schema));
  const fields =
    path.length < DEEPEST
      ? [...propertiesOf(schema)].flatMap(([name, field]) => {
          const within = [...path, name];
          const missing = required.has(name)
            ? [{ path: within, rule: 'required', told: 'missing' }]
            : [];
          const other = isTold(field, from) && missing.length === 0;
          const type = other ? [{ path: within, rule: 'type', told: 'of another type' }] : [];
          return [...missing, ...type, ...inside(field, within, from)];
        })
      : [];
  const items = schemaOf(schema['items']);
  const element =
    'items' in schema && path.length < DEEPEST ? inside(items, [...path, '0'], from) : [];
  const own = rulesOf(schema).map(([rule, told]) => ({ path, rule, told }));
  return [...fields, ...element, ...own];
}

/** Whether a value can be of a type that the schema does not take: a query, a path or a header carries texts alone. */
function isTold(schema: Schema, from: InputPart): boolean {
  const types = typesOf(schema).filter((type) => type !== 'null');
  if (types.length === 0 || hasOptions(schema)) return false;
  return from === 'body' || types.every((type) => /^(number|integer|boolean)$/.test(type));
}

function hasOptions(schema: Schema): boolean {
  return 'enum' in schema || 'const' in schema || alternativesOf(schema).length > 0;
}

/** The rules of a value beside its type, each with its keyword and in words. */
function rulesOf(schema: Schema): (readonly [string, string])[] {
  const bound = (keyword: string, told: (limit: number) => string) => {
    const limit = numberOf(schema[keyword]);
    return limit === null ? [] : [[keyword, told(limit)] as const];
  };
  const options = listOf(schema['enum']);
  return [
    ...bound('minLength', (limit) => (limit === 1 ? 'empty' : `shorter than ${limit}`)),
    ...bound('maxLength', (limit) => `longer than ${limit}`),
    ...bound('minimum', (limit) => `less than ${limit}`),
    ...bound('exclusiveMinimum', (limit) => `not more than ${limit}`),
    ...bound('maximum', (limit) => `more than ${limit}`),
    ...bound('exclusiveMaximum', (limit) => `not less than ${limit}`),
    ...bound('multipleOf', (limit) => `no multiple of ${limit}`),
    ...bound('minItems', (limit) => `with fewer than ${limit}`),
    ...bound('maxItems', (limit) => `with more than ${limit}`),
    ...(typeof schema['format'] === 'string'
      ? [['format', `no ${schema['format']}`] as const]
      : []),
    ...(typeof schema['pattern'] === 'string'
      ? [['pattern', `not like ${schema['pattern']}`] as const]
      : []),
    ...(options.length > 0 ? [['enum', 'none of its options'] as const] : []),
    ...('const' in schema ? [['const', `not ${JSON.stringify(schema['const'])}`] as const] : []),
    ...(alternativesOf(schema).some((each) => !typesOf(each).includes('null')) &&
    options.length === 0
      ? [['anyOf', 'like none of its forms'] as const]
      : []),
    ...(schema['additionalProperties'] === false
      ? [['additionalProperties', 'with a field it does not know'] as const]
      : []),
    ...listOf(schema['x-refine']).map(
      (text) => [`x-refine: ${text}`, `refused by ${text}`] as const,
    ),
  ];
}
