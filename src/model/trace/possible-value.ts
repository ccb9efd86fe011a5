import type { JsonSchema } from '../reader.ts';
import { type Bounds, haveOneInCommon, lengthsOf, numbersOf } from './bounds.ts';

type Plain = string | number | boolean | null;

/** What is asked of a value, or of a part of it: to be one of some, to be none of some, to be there or not, to be so long or so much. */
export interface Claim {
  readonly path: readonly string[];
  readonly says: 'in' | 'not in' | 'present' | 'missing' | 'long' | 'much';
  readonly values: readonly Plain[];
  /** How long, or how much. */
  readonly bounds?: Bounds;
}

/** Whether a value that satisfies a schema can be as all claims say; true where it can't be told. */
export function isPossible(schema: JsonSchema, claims: readonly Claim[]): boolean {
  if (claims.length === 0 || isUntold(schema)) return true;
  const { oneOf, anyOf = oneOf, ...rest } = schema;
  if (Array.isArray(anyOf)) {
    if (!anyOf.every(isSchema)) return true;
    return anyOf.some((option) => isPossible({ ...rest, ...option }, claims));
  }
  const own = claims.filter(({ path }) => path.length === 0);
  if (!takes(schema, own)) return false;
  const names = new Set(claims.flatMap(({ path }) => path[0] ?? []));
  return [...names].every((name) => {
    const inner = claims.filter(({ path }) => path[0] === name);
    return isPossibleInside(
      schema,
      name,
      inner.map((each) => ({ ...each, path: each.path.slice(1) })),
    );
  });
}

function isPossibleInside(schema: JsonSchema, name: string, claims: readonly Claim[]): boolean {
  const { properties, required, items } = schema;
  const lacksNothing = claims.every((each) => holdsOfNothing(each));
  if (isSchema(items)) {
    if ('prefixItems' in schema || !/^\d+$/.test(name)) return true;
    const isThere = Number(schema['minItems']) > Number(name);
    return (lacksNothing && !isThere) || isPossible(items, claims);
  }
  if (!isSchema(properties)) return true;
  const part = properties[name];
  // The code may go on with what was sent, which has more than what a parser leaves of it, and no defaults.
  if (part === undefined) return schema['additionalProperties'] !== false || lacksNothing;
  if (!isSchema(part)) return true;
  const isRequired = Array.isArray(required) && required.includes(name);
  return (lacksNothing && !isRequired) || isPossible(part, claims);
}

/** Whether a claim is true of what is not there: no number is less or more than nothing, nor is it the opposite. */
function holdsOfNothing({ says }: Claim): boolean {
  return says !== 'in' && says !== 'present';
}

function takes(schema: JsonSchema, claims: readonly Claim[]): boolean {
  if (claims.length === 0) return true;
  const types = typesOf(schema);
  const known = valuesOf(schema);
  if (known) return known.some((value) => claims.every((claim) => fits(claim, value)));
  if (!types) return true;
  if (claims.some(({ says }) => says === 'missing') && !hasEmpty(schema, types)) return false;
  if (claims.some(({ says }) => says === 'present') && types.every((each) => each === 'null'))
    return false;
  if (!isWithin(schema, types, claims)) return false;
  return claims.every(
    ({ says, values }) => says !== 'in' || values.some((each) => isOf(types, each)),
  );
}

/** Whether a text or list of the schema can be as long, a number as much as is claimed. */
function isWithin(
  schema: JsonSchema,
  types: readonly unknown[],
  claims: readonly Claim[],
): boolean {
  const claimed = (of: Claim['says']) =>
    claims.flatMap(({ says, bounds }) => (says === of && bounds ? [bounds] : []));
  const [long, much] = [claimed('long'), claimed('much')];
  const lengths = long.length > 0 ? lengthsOf(schema, types) : undefined;
  if (lengths && !haveOneInCommon([...long, lengths], true)) return false;
  const numbers = much.length > 0 ? numbersOf(schema, types) : undefined;
  return !numbers || haveOneInCommon([...much, ...numbers], false);
}

/** Whether a value may be one of those that count as missing: `!value` is true of an empty text, zero and false, too. */
function hasEmpty(schema: JsonSchema, types: readonly unknown[]): boolean {
  const { minimum, exclusiveMinimum } = schema;
  if (types.includes('null') || types.includes('boolean')) return true;
  if (types.includes('string') && takesEmptyText(schema)) return true;
  const isNumber = types.includes('number') || types.includes('integer');
  return isNumber && !(Number(minimum) > 0 || Number(exclusiveMinimum) >= 0);
}

function takesEmptyText({ minLength, pattern, format }: JsonSchema): boolean {
  if (Number(minLength) > 0 || format !== undefined) return false;
  return typeof pattern !== 'string' || matchesEmpty(pattern);
}

function matchesEmpty(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').test('');
  } catch {
    return true;
  }
}

function fits({ says, values }: Claim, value: Plain): boolean {
  if (says === 'long' || says === 'much') return true;
  if (says === 'missing') return !value;
  if (says === 'present') return value !== null;
  return values.includes(value) === (says === 'in');
}

/** All that a value may be, where a schema lists it and leaves it as it is. */
export function valuesOf(schema: JsonSchema): readonly Plain[] | undefined {
  if (isUntold(schema)) return undefined;
  const listed = 'const' in schema ? [schema['const']] : schema['enum'];
  if (!Array.isArray(listed) || !listed.every(isPlain)) return undefined;
  return typesOf(schema)?.includes('null') && !listed.includes(null) ? [...listed, null] : listed;
}

function typesOf({ type }: JsonSchema): readonly unknown[] | undefined {
  return Array.isArray(type) ? type : typeof type === 'string' ? [type] : undefined;
}

function isOf(types: readonly unknown[], value: Plain): boolean {
  if (value === null) return types.includes('null');
  if (typeof value === 'number') return types.includes('number') || types.includes('integer');
  return types.includes(typeof value) || (typeof value === 'string' && isReadAs(types, value));
}

/** Whether a text is read as one of other types: many validators take it and leave it as it was sent. */
function isReadAs(types: readonly unknown[], text: string): boolean {
  if (types.includes('boolean') && /^(true|false|0|1)$/.test(text)) return true;
  const isNumber = types.includes('number') || types.includes('integer');
  return isNumber && text !== '' && !Number.isNaN(Number(text));
}

/** A schema that makes something else of its value, or of which not all is known. */
function isUntold(schema: JsonSchema): boolean {
  return Object.keys(schema).some((key) => UNTOLD.test(key));
}

const UNTOLD = /^(allOf|not|if|\$ref|x-(coerce|transform|pipe|catch|type|flag|unknown|partial))$/;

function isPlain(value: unknown): value is Plain {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** Whether something written is a schema, and not true, false or nothing. */
export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
