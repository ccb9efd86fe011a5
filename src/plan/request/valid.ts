import {
  alternativesOf,
  jsonType,
  listOf,
  numberOf,
  propertiesOf,
  requiredOf,
  type Schema,
  schemaOf,
  textOf,
  typesOf,
} from '../../kernel/json-schema.ts';
import { BodyValue } from '../plan.ts';

const FORMATS: Readonly<Record<string, RegExp>> = {
  email: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
  url: /^[a-z][a-z0-9+.-]*:\S+$/i,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/,
  date: /^\d{4}-\d\d-\d\d$/,
  time: /^\d\d:\d\d(:\d\d(\.\d+)?)?/,
};

/** A fault of a value under a schema: where and which keyword refuses it. */
export interface Fault {
  readonly path: readonly string[];
  readonly keyword: string;
}

/**
 * The faults of a plan's value under a JSON Schema. Late-bound values (`{ref}`, `{now}`, …) stand for
 * a scalar that fits; text that spells a number or boolean passes where the schema coerces.
 */
export function faultsOf(schema: Schema, value: unknown, path: readonly string[] = []): Fault[] {
  if (value !== null && isBound(value)) return [];
  if (isJsonText(value)) return faultsOf(schema, value.jsonText, path);
  const keywords = [...typeFaults(schema, value), ...valueFaults(schema, value)];
  const own = keywords.map((keyword): Fault => ({ path, keyword }));
  if (own.length > 0) return own;
  return [...insideFaults(schema, value, path), ...combinedFaults(schema, value, path)];
}

/** A value that is sent as JSON text. */
function isJsonText(value: unknown): value is { readonly jsonText: unknown } {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return keys.length === 1 && keys[0] === 'jsonText';
}

function isBound(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  const [only] = keys;
  return (
    keys.length === 1 &&
    only !== undefined &&
    ['ref', 'now', 'fake', 'unique', 'oneOf', 'json'].includes(only) &&
    BodyValue.safeParse(value).success
  );
}

function typeFaults(schema: Schema, value: unknown): string[] {
  const types = typesOf(schema);
  if (types.length === 0 || types.some((type) => isOfType(type, value))) return [];
  if (schema['x-coerce'] && coerces(types, value)) return [];
  return ['type'];
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  return type === jsonType(value);
}

function coerces(types: readonly string[], value: unknown): boolean {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    return false;
  }
  const number = Number(value);
  if (types.includes('integer')) return Number.isInteger(number);
  return types.includes('number') ? Number.isFinite(number) : true;
}

function valueFaults(schema: Schema, value: unknown): string[] {
  const faults: string[] = [];
  const refuse = (keyword: string, refused: boolean) => {
    if (refused) faults.push(keyword);
  };
  const options = listOf(schema['enum']);
  refuse('enum', options.length > 0 && !options.some((option) => Object.is(option, value)));
  const refused = listOf(schemaOf(schema['not'])['enum']);
  refuse('not', refused.includes(value));
  refuse('const', 'const' in schema && !sameJson(schema['const'], value));
  if (typeof value === 'string') faults.push(...textFaults(schema, value));
  const number = schema['x-coerce'] && value !== '' ? Number(value) : value;
  if (typeof number === 'number') faults.push(...numberFaults(schema, number));
  if (Array.isArray(value)) {
    refuse('minItems', value.length < (numberOf(schema['minItems']) ?? 0));
    refuse('maxItems', value.length > (numberOf(schema['maxItems']) ?? Number.POSITIVE_INFINITY));
  }
  return faults;
}

function textFaults(schema: Schema, value: string): string[] {
  const faults: string[] = [];
  if (value.length < (numberOf(schema['minLength']) ?? 0)) faults.push('minLength');
  if (value.length > (numberOf(schema['maxLength']) ?? Number.POSITIVE_INFINITY)) {
    faults.push('maxLength');
  }
  const format = FORMATS[textOf(schema['format']) ?? ''];
  if (format && !format.test(value)) faults.push('format');
  const pattern = compiled(textOf(schema['pattern']));
  if (pattern && !pattern.test(value)) faults.push('pattern');
  return faults;
}

/** The regular expression of a `pattern` keyword; null where there is none or it doesn't compile. */
export function compiled(pattern: string | null): RegExp | null {
  if (pattern === null) return null;
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return null;
  }
}

function numberFaults(schema: Schema, value: number): string[] {
  const faults: string[] = [];
  const step = numberOf(schema['multipleOf']);
  if (value < (numberOf(schema['minimum']) ?? value)) faults.push('minimum');
  if (value > (numberOf(schema['maximum']) ?? value)) faults.push('maximum');
  if (value <= (numberOf(schema['exclusiveMinimum']) ?? value - 1)) faults.push('exclusiveMinimum');
  if (value >= (numberOf(schema['exclusiveMaximum']) ?? value + 1)) faults.push('exclusiveMaximum');
  if (step && !Number.isInteger(Number((value / step).toFixed(9)))) faults.push('multipleOf');
  return faults;
}

function insideFaults(schema: Schema, value: unknown, path: readonly string[]): Fault[] {
  if (Array.isArray(value)) {
    const items = schemaOf(schema['items']);
    return value.flatMap((item, index) => faultsOf(items, item, [...path, String(index)]));
  }
  if (jsonType(value) !== 'object') return [];
  const object = schemaOf(value);
  const properties = propertiesOf(schema);
  const faults = requiredOf(schema)
    .filter((name) => object[name] === undefined)
    .map((name): Fault => ({ path: [...path, name], keyword: 'required' }));
  for (const [name, item] of Object.entries(object)) {
    const inner = properties.get(name);
    if (inner) faults.push(...faultsOf(inner, item, [...path, name]));
    else if (schema['additionalProperties'] === false) {
      faults.push({ path: [...path, name], keyword: 'additionalProperties' });
    }
  }
  return faults;
}

function combinedFaults(schema: Schema, value: unknown, path: readonly string[]): Fault[] {
  const options = alternativesOf(schema);
  if (options.length === 0) return [];
  const fits = options.some((option) => faultsOf(option, value, path).length === 0);
  return fits ? [] : [{ path, keyword: 'anyOf' }];
}

function sameJson(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
