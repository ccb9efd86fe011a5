import type { InputReader, JsonSchema } from '../reader.ts';
import type { Call, Semantics, Value } from '../static/value.ts';
import { native, nativeOf } from '../static/value.ts';
import { machinesOf } from './machine.ts';
import { jsonIn } from './zod/literals.ts';
import { isZod, jsonOf, schema, schemaIn, type ZodSchema } from './zod/schema.ts';

/** Reads TypeBox's schemas, which are JSON Schema already, from the code that builds them. */
export const typebox = {
  name: 'typebox',
  packages: ['@sinclair/typebox', 'typebox', '@fastify/type-provider-typebox'],
  read(program, _file, expression): JsonSchema | null {
    const found = nativeOf(machineOf(program).evaluate(expression, null));
    return isZod(found) ? jsonOf(found) : null;
  },
} satisfies InputReader;

const semantics: Semantics = {
  call: (_, { package: from, path }, call) => {
    if (!/^(@sinclair\/typebox|typebox|@fastify\/type-provider-typebox)$/.test(from))
      return undefined;
    const made = FACTORIES[path.at(-1) ?? '']?.(call);
    return made && native(made);
  },
};

const machineOf = machinesOf(semantics);

type Factory = (call: Call) => ZodSchema;

/** A type with the options that stand behind its other arguments. */
const typed =
  (json: JsonSchema, at = 0): Factory =>
  ({ args }) =>
    schema({ ...json, ...optionsIn(args[at]) });

function optionsIn(value: Value | undefined): JsonSchema {
  const json = jsonIn(value);
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json } : {};
}

const FACTORIES: Readonly<Record<string, Factory>> = {
  String: typed({ type: 'string' }),
  Number: typed({ type: 'number' }),
  Integer: typed({ type: 'integer' }),
  Boolean: typed({ type: 'boolean' }),
  Null: typed({ type: 'null' }),
  Never: typed({ not: {} }),
  Any: typed({}),
  Unknown: typed({}),
  RegExp: ({ args }) =>
    schema({
      type: 'string',
      ...(args[0]?.kind === 'regex' ? { pattern: args[0].source } : {}),
      ...optionsIn(args[1]),
    }),
  Literal: ({ args }) => {
    const value = jsonIn(args[0]);
    return schema({ type: typeof value, const: value, ...optionsIn(args[1]) });
  },
  Enum: ({ args }) => {
    const values = Object.values(Object(jsonIn(args[0])));
    return schema({
      anyOf: values.map((value) => ({ type: typeof value, const: value })),
      ...optionsIn(args[1]),
    });
  },
  Object: ({ args }) => schema(optionsIn(args[1]), { shape: shapeOf(args[0]) }),
  Array: ({ args }) =>
    schema({ type: 'array', items: jsonOf(schemaIn(args[0])), ...optionsIn(args[1]) }),
  Union: ({ args }) => schema({ anyOf: listOf(args[0]).map(jsonOf), ...optionsIn(args[1]) }),
  Exclude: ({ args }) => members(args, (one, of) => !isOneOf(one, of)),
  Extract: ({ args }) => members(args, isOneOf),
  Tuple: ({ args }) => {
    const items = listOf(args[0]).map(jsonOf);
    const many = { minItems: items.length, maxItems: items.length };
    return schema({ type: 'array', prefixItems: items, ...many, ...optionsIn(args[1]) });
  },
  KeyOf: ({ args }) => {
    const keys = [...(schemaIn(args[0]).shape ?? []).keys()];
    return schema({ anyOf: keys.map((key) => ({ type: 'string', const: key })) });
  },
  Index: ({ args }) => indexed(schemaIn(args[0]), keysIn(args[1])),
  Intersect: ({ args }) => both(listOf(args[0]), args[1]),
  Composite: ({ args }) => both(listOf(args[0]), args[1]),
  Optional: ({ args }) => ({ ...schemaIn(args[0]), optional: true }),
  Partial: ({ args }) => each(args[0], (one) => ({ ...one, optional: true })),
  Required: ({ args }) => each(args[0], (one) => ({ ...one, optional: false })),
  Pick: ({ args }) => only(args[0], (key) => keysIn(args[1]).includes(key)),
  Omit: ({ args }) => only(args[0], (key) => !keysIn(args[1]).includes(key)),
  Readonly: ({ args }) => schemaIn(args[0]),
  Unsafe: ({ args }) => schema(optionsIn(args[0])),
  Record: ({ args }) => schema({ type: 'object', additionalProperties: jsonOf(schemaIn(args[1])) }),
};

function shapeOf(value: Value | undefined): Map<string, ZodSchema> {
  if (value?.kind !== 'object') return new Map();
  return new Map([...value.entries].map(([key, item]) => [key, schemaIn(item)]));
}

function listOf(value: Value | undefined): ZodSchema[] {
  return value?.kind === 'list' ? value.items.map(schemaIn) : [];
}

/** A union's members of which something holds beside another type. */
function members(
  args: readonly Value[],
  keeps: (one: JsonSchema, of: readonly JsonSchema[]) => boolean,
): ZodSchema {
  const [from = [], of = []] = args.slice(0, 2).map((each) => membersOf(jsonOf(schemaIn(each))));
  const [only, ...others] = from.filter((one) => keeps(one, of));
  if (!only) return schema({ not: {} });
  return schema(others.length > 0 ? { anyOf: [only, ...others] } : only);
}

function membersOf(json: JsonSchema): JsonSchema[] {
  const { anyOf } = json;
  return Array.isArray(anyOf) ? anyOf.flatMap((one) => membersOf(Object(one))) : [json];
}

/** Written the same, or a literal of a type that stands for all of its kind. */
function isOneOf(one: JsonSchema, of: readonly JsonSchema[]): boolean {
  return of.some((other) => {
    const isWhole = Object.keys(other).length === 1 && other['type'] !== undefined;
    if (isWhole && 'const' in one) return one['type'] === other['type'];
    return JSON.stringify(one) === JSON.stringify(other);
  });
}

/** The type of one property, or of any of several. */
function indexed({ shape }: ZodSchema, keys: readonly string[]): ZodSchema {
  const [only, ...others] = keys.flatMap((key) => shape?.get(key) ?? []);
  if (!only) return schema({});
  return others.length > 0 ? schema({ anyOf: [only, ...others].map(jsonOf) }) : only;
}

/** Objects together are one object; anything else stands in `allOf`. */
function both(parts: readonly ZodSchema[], options: Value | undefined): ZodSchema {
  if (!parts.every(({ shape }) => shape !== null))
    return schema({ allOf: parts.map(jsonOf), ...optionsIn(options) });
  const shape = new Map(parts.flatMap((part) => [...(part.shape ?? [])]));
  return schema(optionsIn(options), { shape });
}

function each(of: Value | undefined, change: (one: ZodSchema) => ZodSchema): ZodSchema {
  const found = schemaIn(of);
  return {
    ...found,
    shape: new Map([...(found.shape ?? [])].map(([key, one]) => [key, change(one)])),
  };
}

function only(of: Value | undefined, keep: (key: string) => boolean): ZodSchema {
  const found = schemaIn(of);
  return { ...found, shape: new Map([...(found.shape ?? [])].filter(([key]) => keep(key))) };
}

function keysIn(value: Value | undefined): string[] {
  const json = jsonIn(value);
  return Array.isArray(json) ? json.map(String) : [];
}
