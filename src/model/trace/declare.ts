import type { InputPart } from '../../condition/condition.ts';
import type { JsonSchema } from '../reader.ts';
import type { Machine } from './machine.ts';

interface Property {
  readonly from: InputPart;
  readonly name: string;
  readonly required: boolean;
}

/** Adds one property to what a part of the request is declared with. */
export function declareProperty(
  machine: Machine,
  { from, name, required }: Property,
  schema: JsonSchema,
): void {
  const before = machine.inputs.get(from) ?? start(machine, from);
  const properties = record(before['properties']);
  const names = Array.isArray(before['required']) ? before['required'] : [];
  machine.inputs.set(from, {
    ...before,
    properties: { ...properties, [name]: { ...record(properties[name]), ...schema } },
    ...(required && !names.includes(name) ? { required: [...names, name] } : {}),
  });
}

/** Path parameters are known by name. */
function start(machine: Machine, from: InputPart): JsonSchema {
  if (from !== 'params') return { type: 'object', properties: {} };
  const names = [...machine.endpoint.path.matchAll(/[:*]([A-Za-z_]\w*)/g)].map(([, name]) => name);
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  return { type: 'object', properties, required: names };
}

/** Joins a whole schema with what is declared of the part already. */
export function declareWhole(machine: Machine, from: InputPart, schema: JsonSchema): void {
  const before = machine.inputs.get(from);
  if (!before) {
    machine.inputs.set(from, schema);
    return;
  }
  const required = [before, schema].flatMap(({ required: names }) =>
    Array.isArray(names) ? names : [],
  );
  machine.inputs.set(from, {
    ...before,
    ...schema,
    properties: { ...record(before['properties']), ...record(schema['properties']) },
    ...(required.length > 0 ? { required: [...new Set(required)] } : {}),
  });
}

function record(value: unknown): { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: unknown })
    : {};
}
