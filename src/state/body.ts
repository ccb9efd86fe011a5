import type { Draw } from '../kernel/draw.ts';
import type { BodyValue } from '../plan/plan.ts';
import { uuidFrom } from './state.ts';
import { draw } from './values/draw.ts';
import { fromPattern } from './values/pattern.ts';

type Schema = Readonly<Record<string, unknown>>;

/**
 * A request body that a route's JSON Schema accepts: the given values at their dotted paths, and the
 * smallest valid value for whatever else is required.
 */
export function bodyFor(
  schema: unknown,
  given: ReadonlyMap<string, BodyValue>,
  key: string,
): BodyValue {
  const sample = isSchema(schema) ? sampleOf(schema, draw(key, 'body')) : {};
  let body: BodyValue = sample;
  for (const [path, value] of given) body = withAt(body, path.split('.'), value);
  return body;
}

/** A password that the usual rules accept, and the schema at that path. */
export function passwordFor(schema: unknown, path: string, key: string): string {
  const at = path.split('.').reduce<unknown>((inner, step) => propertiesOf(inner)[step], schema);
  const { minLength, maxLength, pattern } = isSchema(at) ? at : {};
  const source = draw(key, 'password');
  const least = typeof minLength === 'number' ? minLength : 12;
  const tail = source.hex(Math.max(8, least - 4));
  const password = `Sw-${tail}A9`;
  const fits = typeof maxLength === 'number' ? password.slice(-maxLength) : password;
  if (typeof pattern !== 'string' || new RegExp(pattern).test(fits)) return fits;
  return fromPattern(pattern, source) ?? fits;
}

function sampleOf(schema: Schema, source: Draw): BodyValue {
  if ('const' in schema) return schema['const'] as BodyValue;
  if ('default' in schema) return schema['default'] as BodyValue;
  if (Array.isArray(schema['enum'])) return schema['enum'][0] as BodyValue;
  const [first] = [schema['anyOf'], schema['oneOf'], schema['allOf']].filter(Array.isArray).flat();
  if (isSchema(first)) return sampleOf(first, source);
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  switch (type) {
    case 'object':
      return sampleObject(schema, source);
    case 'array':
      return sampleList(schema, source);
    case 'integer':
    case 'number':
      return sampleNumber(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return sampleText(schema, source);
  }
}

function sampleObject(schema: Schema, source: Draw): BodyValue {
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const properties = propertiesOf(schema);
  return Object.fromEntries(
    required.flatMap((name) => {
      const inner = properties[name];
      return isSchema(inner) ? [[name, sampleOf(inner, source)]] : [];
    }),
  );
}

function sampleList(schema: Schema, source: Draw): BodyValue {
  const least = Number(schema['minItems'] ?? 0);
  const items = schema['items'];
  return Array.from({ length: least }, () => (isSchema(items) ? sampleOf(items, source) : null));
}

function sampleNumber(schema: Schema): number {
  const least = schema['minimum'] ?? Number(schema['exclusiveMinimum'] ?? 0) + 1;
  const most = schema['maximum'] ?? Number.MAX_SAFE_INTEGER;
  return Math.min(Number(least), Number(most));
}

function sampleText(schema: Schema, source: Draw): string {
  const { format, pattern, minLength, maxLength } = schema;
  if (format === 'email') return `${source.hex(8)}@example.test`;
  if (format === 'uuid') return uuidFrom(source.hex(32));
  if (format === 'uri' || format === 'url') return `https://example.test/${source.hex(8)}`;
  if (format === 'date-time') return '2026-01-01T00:00:00.000Z';
  if (format === 'date') return '2026-01-01';
  const shaped = typeof pattern === 'string' ? fromPattern(pattern, source) : undefined;
  const length = Math.max(Number(minLength ?? 0), Math.min(8, Number(maxLength ?? 8)));
  return shaped ?? source.hex(length);
}

function propertiesOf(schema: unknown): Schema {
  const properties = isSchema(schema) ? schema['properties'] : undefined;
  return isSchema(properties) ? properties : {};
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withAt(body: BodyValue, path: readonly string[], value: BodyValue): BodyValue {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  const open = (isSchema(body) ? body : {}) as { readonly [key: string]: BodyValue };
  return { ...open, [step]: withAt(open[step] ?? {}, rest, value) };
}
