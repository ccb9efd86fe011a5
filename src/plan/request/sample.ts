import type { Json } from '../../kernel/digest.ts';
import {
  alternativesOf,
  jsonType,
  listOf,
  numberOf,
  piped,
  propertiesOf,
  requiredOf,
  type Schema,
  schemaOf,
  textOf,
  typesOf,
} from '../../kernel/json-schema.ts';
import { textMatching } from '../../kernel/pattern.ts';
import { compiled, faultsOf } from './valid.ts';

/** The instant that stands for any. */
export const SAMPLE_INSTANT = '2030-01-15T10:00:00.000Z';

const FORMATS: Readonly<Record<string, string>> = {
  email: 'person@example.test',
  uuid: '00000000-0000-4000-8000-000000000001',
  uri: 'https://example.test/',
  url: 'https://example.test/',
  'date-time': SAMPLE_INSTANT,
  date: '2030-01-15',
  time: '10:00:00',
  hostname: 'example.test',
  ipv4: '192.0.2.1',
};

/** The smallest value a schema accepts: required properties only, plain words, numbers near zero. */
export function sampleOf(declared: Schema, name: string): Json {
  const schema = piped(declared);
  if ('const' in schema) return schema['const'] as Json;
  const [option] = listOf(schema['enum']);
  if (option !== undefined) return option as Json;
  const [alternative] = alternativesOf(schema).filter((part) => !typesOf(part).includes('null'));
  if (alternative && schema['type'] === undefined) {
    return sampleOf({ ...schema, ...alternative, anyOf: undefined, oneOf: undefined }, name);
  }
  const type =
    typesOf(schema).find((item) => item !== 'null') ?? (schema['properties'] ? 'object' : 'string');
  switch (type) {
    case 'object':
      return sampleObject(schema);
    case 'array':
      return Array.from({ length: numberOf(schema['minItems']) ?? 0 }, () =>
        sampleOf(schemaOf(schema['items']), name),
      );
    case 'integer':
    case 'number':
      return sampleNumber(schema, type === 'integer');
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return sampleText(schema, name);
  }
}

function sampleObject(schema: Schema): Json {
  const properties = propertiesOf(schema);
  const required = [...new Set(requiredOf(schema))].sort();
  // A rule over an object of optional parts most likely asks for one of them.
  const [first] = required.length === 0 && 'x-refine' in schema ? properties.keys() : [];
  return Object.fromEntries(
    (first === undefined ? required : [first]).map((name) => [
      name,
      sampleOf(properties.get(name) ?? {}, name),
    ]),
  );
}

function sampleNumber(schema: Schema, whole: boolean): number {
  const above = numberOf(schema['exclusiveMinimum']);
  const below = numberOf(schema['exclusiveMaximum']);
  const step = numberOf(schema['multipleOf']) ?? (whole ? 1 : 0.01);
  const least = numberOf(schema['minimum']) ?? (above === null ? null : above + step);
  const most = numberOf(schema['maximum']) ?? (below === null ? null : below - step);
  if (least !== null && least > 1) return Math.ceil(least / step) * step;
  if (most !== null && most < 1) return Math.floor(most / step) * step;
  return Math.max(step, 1);
}

function sampleText(schema: Schema, name: string): string {
  const least = numberOf(schema['minLength']) ?? 0;
  const most = numberOf(schema['maxLength']) ?? Number.POSITIVE_INFINITY;
  const pattern = compiled(textOf(schema['pattern']));
  const words = `Sample ${name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()}`;
  const candidates = [
    FORMATS[textOf(schema['format']) ?? ''],
    words,
    words.slice(0, Math.max(1, Math.min(most, words.length))),
    words.padEnd(least, '.'),
    pattern ? textMatching(pattern, least) : null,
  ];
  const fits = (text: string | null | undefined): text is string =>
    typeof text === 'string' && faultsOf({ ...schema, type: 'string' }, text).length === 0;
  return candidates.find(fits) ?? 'a'.repeat(least);
}

/**
 * A value the schema refuses, as close to a good one as can be; undefined where it accepts anything.
 * `text`: the part of a request that can only carry texts, none of them empty.
 */
export function refusedBy(schema: Schema, { text = false } = {}): Json | undefined {
  const least = numberOf(schema['minimum']) ?? numberOf(schema['exclusiveMinimum']);
  const plain: Json[] = [
    'not-valid',
    '',
    ...(least === null ? [] : [least - 1]),
    -1,
    1,
    null,
    [],
    'x'.repeat((numberOf(schema['maxLength']) ?? 0) + 1),
  ];
  const candidates = text ? plain.filter(isScalar).map(String).filter(Boolean) : plain;
  const known = typesOf(schema);
  const natural = candidates.filter((item) => known.includes(jsonType(item)));
  return [...natural, ...candidates].find((item) => faultsOf(schema, item).length > 0);
}

/** Values that one rule of a schema may refuse, the closest to a good one first. */
export function refusedByRule(schema: Schema, rule: string, { text = false } = {}): Json[] {
  const limit = numberOf(schema[rule]) ?? 0;
  const found = limit > LONGEST && /Length|Items/.test(rule) ? [] : valuesFor(schema, rule, limit);
  return text ? found.filter(isScalar).map(String).filter(Boolean) : found;
}

/** A text or list longer than this is no matter of a test. */
const LONGEST = 100_000;

function valuesFor(schema: Schema, rule: string, limit: number): Json[] {
  const good = sampleOf(schema, 'value');
  const text = typeof good === 'string' ? good : '';
  const list = Array.isArray(good) ? good : [];
  switch (rule) {
    case 'type':
      return ['not-valid', 1, true];
    case 'minLength':
      return [text.slice(0, Math.max(0, limit - 1)), 'a'.repeat(Math.max(0, limit - 1))];
    case 'maxLength':
      return [text.padEnd(limit + 1, text.at(-1) ?? 'a'), 'a'.repeat(limit + 1)];
    case 'minimum':
      return [limit - 1];
    case 'maximum':
      return [limit + 1];
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return [limit];
    case 'multipleOf':
      return [(typeof good === 'number' ? good : 0) + limit / 2];
    case 'minItems':
      return [list.slice(0, Math.max(0, limit - 1))];
    case 'maxItems': {
      const item = sampleOf(schemaOf(schema['items']), 'value');
      return [Array.from({ length: limit + 1 }, () => item)];
    }
    default:
      return ['not-valid', '!', '', 'A', '0', -1, null];
  }
}

function isScalar(value: Json): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
