import type { JsonSchema } from '../reader.ts';
import { isSchema, valuesOf } from './possible-value.ts';

/** The schema of a property or array element inside a schema: by its name, or as any other name's. */
export function propertySchema(schema: JsonSchema | null, name: string): JsonSchema | null {
  const properties = schema?.['properties'];
  const found = isSchema(properties) ? properties[name] : undefined;
  if (isSchema(found)) return found;
  const items = schema?.['items'];
  if (isSchema(items) && /^\d+$/.test(name)) return items;
  for (const part of together(schema)) {
    const own = propertySchema(part, name);
    if (own) return own;
  }
  const others = schema?.['additionalProperties'];
  return isSchema(others) ? others : null;
}

/** All that a property is which every member of a union lists: the tag that tells them apart. */
export function tagSchema(schema: JsonSchema | null, name: string): JsonSchema | null {
  const { anyOf, oneOf } = schema ?? {};
  const members = anyOf ?? oneOf;
  if (!Array.isArray(members) || members.length === 0) return null;
  const listed = members.map((member) => {
    const own = isSchema(member) && isRequired(member, name) ? propertySchema(member, name) : null;
    return own && valuesOf(own);
  });
  return listed.every(Array.isArray) ? { enum: [...new Set(listed.flat())] } : null;
}

/** The schema of a part inside a schema. */
export function partAt(schema: JsonSchema | null, path: readonly string[]): JsonSchema | null {
  return path.reduce<JsonSchema | null>((at, name) => propertySchema(at, name), schema);
}

/** Whether a schema asks for a property. */
export function isRequired(schema: JsonSchema | null, name: string): boolean {
  const required = schema?.['required'];
  if (Array.isArray(required) && required.includes(name)) return true;
  return together(schema).some((part) => isRequired(part, name));
}

/** The schemas that a value must all satisfy. */
function together(schema: JsonSchema | null): JsonSchema[] {
  const all = schema?.['allOf'];
  return Array.isArray(all) ? all.filter(isSchema) : [];
}
