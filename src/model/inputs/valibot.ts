import type { InputReader, JsonSchema } from '../reader.ts';
import type { Call, Semantics, Value } from '../static/value.ts';
import { native, nativeOf } from '../static/value.ts';
import { machinesOf } from './machine.ts';
import { actionOf } from './valibot/actions.ts';
import { jsonIn, known } from './zod/literals.ts';
import { unionOf } from './zod/methods.ts';
import { isZod, jsonOf, nullable, schema, schemaIn, type ZodSchema } from './zod/schema.ts';

/** Reads Valibot's schemas from the code that builds them, as their input side. */
export const valibot = {
  name: 'valibot',
  packages: ['valibot'],
  read(program, _file, expression): JsonSchema | null {
    const found = nativeOf(machineOf(program).evaluate(expression, null));
    if (!isZod(found)) return null;
    return found.optional ? { ...jsonOf(found), 'x-optional': true } : jsonOf(found);
  },
} satisfies InputReader;

const semantics: Semantics = {
  call: (_, { package: from, path }, call) => {
    if (from !== 'valibot') return undefined;
    const name = path.at(-1) ?? '';
    const made = FACTORIES[name]?.(call);
    return made ? native(made) : actionOf(name, call);
  },
};

const machineOf = machinesOf(semantics);

type Factory = (call: Call) => ZodSchema;

const plain =
  (json: JsonSchema): Factory =>
  () =>
    schema(json);

const object =
  (json: JsonSchema = {}): Factory =>
  ({ args }) =>
    schema(json, { shape: shapeOf(args[0]) });

const maybe =
  (change: (of: ZodSchema) => ZodSchema): Factory =>
  ({ args }) => {
    const of = change(schemaIn(args[0]));
    return { ...of, json: { ...of.json, ...known({ default: jsonIn(args[1]) }) } };
  };

const FACTORIES: Readonly<Record<string, Factory>> = {
  string: plain({ type: 'string' }),
  number: plain({ type: 'number' }),
  boolean: plain({ type: 'boolean' }),
  null_: plain({ type: 'null' }),
  any: plain({}),
  unknown: plain({}),
  date: plain({ 'x-type': 'date' }),
  literal: ({ args }) => schema({ const: jsonIn(args[0]) }),
  picklist: ({ args }) => schema({ enum: jsonIn(args[0]) ?? [] }),
  enum: ({ args }) => schema({ enum: Object.values(Object(jsonIn(args[0]))) }),
  enum_: ({ args }) => schema({ enum: Object.values(Object(jsonIn(args[0]))) }),
  object: object(),
  looseObject: object({ additionalProperties: {} }),
  strictObject: object({ additionalProperties: false }),
  array: ({ args }) => schema({ type: 'array', items: jsonOf(schemaIn(args[0])) }),
  record: ({ args }) => schema({ type: 'object', additionalProperties: jsonOf(schemaIn(args[1])) }),
  union: ({ args }) => unionOf(listOf(args[0])),
  variant: ({ args }) => unionOf(listOf(args[1])),
  optional: maybe((of) => ({ ...of, optional: true })),
  exactOptional: maybe((of) => ({ ...of, optional: true })),
  nullable: maybe((of) => nullable(of)),
  nullish: maybe((of) => ({ ...nullable(of), optional: true })),
  partial: ({ args }) => ofShape(args[0], ([key, one]) => [[key, { ...one, optional: true }]]),
  required: ({ args }) => ofShape(args[0], ([key, one]) => [[key, { ...one, optional: false }]]),
  pick: ({ args }) =>
    ofShape(args[0], (entry) => (keysIn(args[1]).includes(entry[0]) ? [entry] : [])),
  omit: ({ args }) =>
    ofShape(args[0], (entry) => (keysIn(args[1]).includes(entry[0]) ? [] : [entry])),
  pipe: ({ args: [first, ...actions] }) => actions.reduce(applied, schemaIn(first)),
};

/** A schema with what one more part of its pipe asks. */
function applied(of: ZodSchema, part: Value): ZodSchema {
  const found = nativeOf(part);
  if (!isZod(found)) return { ...of, json: { ...of.json, 'x-unknown': true } };
  const isAction = found.json['x-action'] === true;
  if (!isAction) return { ...of, json: { ...of.json, 'x-pipe': jsonOf(found) } };
  const { 'x-action': _, ...added } = found.json;
  const whole = { ...of.json };
  for (const [name, value] of Object.entries(added)) {
    const before = whole[name];
    whole[name] = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
  }
  return { ...of, json: whole };
}

type Entry = [string, ZodSchema];

function ofShape(of: Value | undefined, change: (entry: Entry) => Entry[]): ZodSchema {
  const found = schemaIn(of);
  return { ...found, shape: new Map([...(found.shape ?? [])].flatMap(change)) };
}

function shapeOf(value: Value | undefined): Map<string, ZodSchema> {
  if (value?.kind !== 'object') return new Map();
  return new Map([...value.entries].map(([key, item]) => [key, schemaIn(item)]));
}

function listOf(value: Value | undefined): ZodSchema[] {
  return value?.kind === 'list' ? value.items.map(schemaIn) : [];
}

function keysIn(value: Value | undefined): string[] {
  const json = jsonIn(value);
  return Array.isArray(json) ? json.map(String) : [];
}
