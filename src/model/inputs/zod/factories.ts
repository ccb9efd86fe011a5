import type { JsonSchema } from '../../reader.ts';
import { textsOf } from '../../schemas/drizzle/columns.ts';
import type { Call, Machine, Value } from '../../static/value.ts';
import { literal, native, nativeOf, textOf } from '../../static/value.ts';
import { jsonIn, written } from './literals.ts';
import { arrayOf, unionOf } from './methods.ts';
import { merged, objectOf } from './object.ts';
import { isZod, jsonOf, marked, nullable, schema, schemaIn, type ZodSchema } from './schema.ts';
import { formatOf } from './text.ts';

/** Schemas without arguments that matter. */
const PLAIN: Readonly<Record<string, JsonSchema>> = {
  string: { type: 'string' },
  number: { type: 'number' },
  float32: { type: 'number' },
  float64: { type: 'number' },
  int: { type: 'integer' },
  int32: { type: 'integer', minimum: -2_147_483_648, maximum: 2_147_483_647 },
  uint32: { type: 'integer', minimum: 0, maximum: 4_294_967_295 },
  bigint: { type: 'integer' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date-time', 'x-type': 'date' },
  null: { type: 'null' },
  never: { not: {} },
  file: { type: 'string', format: 'binary' },
  instanceof: {},
};

const ANYTHING = new Set(['any', 'unknown', 'undefined', 'void', 'custom', 'json']);

const STRINGBOOL = ['true', '1', 'yes', 'on', 'y', 'enabled'].concat([
  'false',
  '0',
  'no',
  'off',
  'n',
  'disabled',
]);

/** The schema a function of `z` makes; `path` is `['coerce', 'number']` for `z.coerce.number`. */
export function zodCall(machine: Machine, path: readonly string[], call: Call): Value | undefined {
  const [name = '', inner] = path;
  if (name === 'coerce' && inner) return coerced(inner);
  if (name === 'iso' && inner) return texts(inner, call.args);
  const made = wrapper(machine, name, call) ?? simple(name) ?? composite(name, call);
  return made ? native(made) : texts(name, call.args);
}

function simple(name: string): ZodSchema | undefined {
  if (ANYTHING.has(name)) return schema({}, { optional: true });
  if (name === 'stringbool') {
    return schema({ type: 'string', enum: STRINGBOOL, 'x-transform': [name] });
  }
  return Object.hasOwn(PLAIN, name) ? schema(PLAIN[name] ?? {}) : undefined;
}

function texts(name: string, args: readonly Value[]): Value | undefined {
  const format = formatOf(name, args);
  return format && native(schema({ type: 'string', ...format }));
}

function coerced(name: string): Value | undefined {
  const made = simple(name);
  return made && native(schema({ ...made.json, 'x-coerce': true }));
}

function composite(name: string, { args }: Call): ZodSchema | undefined {
  const [first, second] = args;
  switch (name) {
    case 'object':
      return objectOf(first);
    case 'strictObject':
      return objectOf(first, { additionalProperties: false });
    case 'looseObject':
      return objectOf(first, { additionalProperties: {} });
    case 'array':
      return arrayOf(schemaIn(first));
    case 'set':
      return schema({ ...arrayOf(schemaIn(first)).json, uniqueItems: true });
    case 'tuple':
      return tupleOf(first, second);
    case 'record':
    case 'partialRecord':
    case 'looseRecord':
      return recordOf(args);
    case 'union':
    case 'xor':
      return unionOf(items(first).map(schemaIn));
    case 'discriminatedUnion':
      return schema({
        oneOf: items(second).map((one) => jsonOf(schemaIn(one))),
        discriminator: { propertyName: textOf(first) ?? '' },
      });
    case 'intersection':
      return merged(schemaIn(first), schemaIn(second));
    case 'literal':
      return literalOf(first);
    case 'enum':
    case 'nativeEnum':
      return enumOf(first);
    default:
      return undefined;
  }
}

function wrapper(machine: Machine, name: string, call: Call): ZodSchema | undefined {
  const [first, second] = call.args;
  switch (name) {
    case 'custom':
      return first?.kind === 'function' ? customOf(machine, call) : undefined;
    case 'optional':
      return { ...schemaIn(first), optional: true };
    case 'nullable':
      return nullable(schemaIn(first));
    case 'nullish':
      return { ...nullable(schemaIn(first)), optional: true };
    case 'lazy':
      return schemaIn(first?.kind === 'function' ? machine.invoke(first, []) : undefined);
    case 'preprocess': {
      const inner = schemaIn(second);
      const made = nativeOf(marked(inner, 'x-transform', written(call)));
      return isZod(made) ? { ...made, json: { ...made.json, 'x-coerce': true } } : inner;
    }
    case 'pipe':
      return schema({ ...jsonOf(schemaIn(first)), 'x-pipe': jsonOf(schemaIn(second)) });
    default:
      return undefined;
  }
}

/** Anything that a function says yes to; what is left out is asked for, too. */
function customOf(machine: Machine, call: Call): ZodSchema {
  const [test] = call.args;
  const nothing = test?.kind === 'function' ? machine.invoke(test, [literal(undefined)]) : test;
  const optional = nothing?.kind === 'literal' && Boolean(nothing.value);
  return schema({ 'x-refine': [written(call)] }, { optional });
}

function tupleOf(first: Value | undefined, rest: Value | undefined): ZodSchema {
  const parts = items(first).map(schemaIn);
  const least = parts.filter((one) => !one.optional).length;
  return schema({
    type: 'array',
    prefixItems: parts.map(jsonOf),
    minItems: least,
    ...(rest ? { items: jsonOf(schemaIn(rest)) } : { items: false, maxItems: parts.length }),
  });
}

function recordOf(args: readonly Value[]): ZodSchema {
  const [key, value] = args.length > 1 ? args : [undefined, args[0]];
  const names = key ? jsonOf(schemaIn(key)) : {};
  const plain = Object.keys(names).length < 2 && names['type'] === 'string';
  return schema({
    type: 'object',
    additionalProperties: jsonOf(schemaIn(value)),
    ...(key && !plain ? { propertyNames: names } : {}),
  });
}

function literalOf(value: Value | undefined): ZodSchema {
  const json = jsonIn(value);
  if (value?.kind === 'literal' && value.value === undefined) return schema({}, { optional: true });
  if (json === undefined) return schema({ 'x-unknown': true });
  return schema(Array.isArray(json) ? { enum: json } : { const: json });
}

/** Texts in a list, the values of an object or TypeScript enum, or an enum of the database. */
function enumOf(value: Value | undefined): ZodSchema {
  const values = textsOf(value) ?? valuesOf(value);
  if (!values) return schema({ type: 'string', 'x-unknown': true });
  const type = values.every((one) => typeof one === 'string') ? { type: 'string' } : {};
  return schema({ ...type, enum: values });
}

function valuesOf(value: Value | undefined): unknown[] | undefined {
  const json = jsonIn(value);
  if (Array.isArray(json)) return json;
  return typeof json === 'object' && json !== null ? Object.values(json) : undefined;
}

function items(value: Value | undefined): readonly Value[] {
  return value?.kind === 'list' ? value.items : [];
}
