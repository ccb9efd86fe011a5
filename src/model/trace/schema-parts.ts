import type { JsonSchema } from '../reader.ts';

/** The schema of a property or array element inside a schema. */
export function propertySchema(schema: JsonSchema | null, name: string): JsonSchema | null {
  const properties = schema?.['properties'];
  const found = isRecord(properties) ? properties[name] : undefined;
  if (isRecord(found)) return found;
  const items = schema?.['items'];
  return isRecord(items) && /^\d+$/.test(name) ? items : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
