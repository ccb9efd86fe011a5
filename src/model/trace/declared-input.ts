import type { InputPart } from '../../condition/condition.ts';
import type { JsonSchema } from '../reader.ts';
import type { Machine } from './machine.ts';
import { propertySchema } from './schema-parts.ts';
import { partsOf, termsIn } from './terms.ts';
import type { Value } from './values.ts';

/** Keeps the schema a part of the request is declared with. */
export function declareInput(machine: Machine, from: InputPart, schema: JsonSchema | null): void {
  if (schema && !machine.inputs.has(from)) machine.inputs.set(from, schema);
}

/**
 * An object of fields of one part of the request, checked as a whole: the part is declared with the schema of each
 * field it is made of.
 */
export function declaredFields(machine: Machine, schema: JsonSchema | null, value: Value) {
  if (value.kind !== 'object' || value.fields.value.size === 0) return undefined;
  const fields = [...value.fields.value].map(([name, field]) => ({ name, from: inputIn(field) }));
  const [first] = fields;
  const part = first?.from?.from;
  if (!part || !fields.every(({ from }) => from?.from === part && from.path.length === 1))
    return undefined;
  const named = fields.flatMap(({ name, from }) => {
    const own = propertySchema(schema, name);
    return from && own ? [[String(from.path[0]), own, name] as const] : [];
  });
  const needed = Array.isArray(schema?.['required']) ? schema['required'] : [];
  const properties = Object.fromEntries(named.map(([path, own]) => [path, own]));
  const required = named.flatMap(([path, , name]) => (needed.includes(name) ? [path] : []));
  declareInput(machine, part, { type: 'object', properties, required });
  return { kind: 'input' as const, from: part, path: [] };
}

/** One field of a part, checked by itself: the part is declared with it. */
export function declaredField(machine: Machine, schema: JsonSchema | null, value: Value) {
  const source = inputIn(value);
  const [name, ...deeper] = source?.path ?? [];
  if (!source || !schema || value.kind !== 'term' || value.term !== source) return source;
  if (name === undefined || deeper.length > 0) return source;
  const known = machine.inputs.get(source.from);
  const fields = known === undefined ? {} : known['properties'];
  if (typeof fields !== 'object' || fields === null || name in fields) return source;
  const properties = { ...fields, [name]: schema };
  machine.inputs.set(source.from, { type: 'object', required: [], ...known, properties });
  return source;
}

/** The first of the request that a value speaks of. */
function inputIn(value: Value) {
  for (const term of termsIn(value)) {
    for (const part of partsOf(term)) if (part.kind === 'input') return part;
  }
  return undefined;
}
