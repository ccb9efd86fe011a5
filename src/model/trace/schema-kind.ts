import type { JsonSchema } from '../reader.ts';
import type { Machine } from './machine.ts';
import type { SchemaValue } from './values.ts';

/** What is laid around a schema makes it another kind. */
const AROUND = [
  'x-optional',
  'x-transform',
  'x-refine',
  'x-pipe',
  'x-catch',
  'x-unknown',
  'default',
];

/** Whether a schema is of a validator's class, `ZodObject`; undefined where it can't be told. */
export function isSchemaKind(
  machine: Machine,
  schema: SchemaValue,
  name: string,
): boolean | undefined {
  const kind = /^Zod(?<kind>[A-Z]\w*)$/.exec(name)?.groups?.['kind'];
  const json = machine.deps.inputSchema(schema.file, schema.node);
  return kind && json && isObject(json) ? kind === 'Object' || kind === 'Type' : undefined;
}

function isObject(json: JsonSchema): boolean {
  return json['type'] === 'object' && 'properties' in json && !AROUND.some((key) => key in json);
}
