/** A JSON Schema node, read leniently: what isn't an object says nothing. */
export type Schema = { readonly [key: string]: unknown };

export function schemaOf(value: unknown): Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Schema)
    : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function propertiesOf(schema: Schema): ReadonlyMap<string, Schema> {
  const properties = Object.entries(schemaOf(schema['properties']));
  const own = properties.map(([name, value]): [string, Schema] => [name, schemaOf(value)]);
  const inherited = listOf(schema['allOf']).flatMap((part) => [...propertiesOf(schemaOf(part))]);
  return new Map([...inherited, ...own]);
}

export function requiredOf(schema: Schema): readonly string[] {
  const own = listOf(schema['required']).map(String);
  return [...own, ...listOf(schema['allOf']).flatMap((part) => requiredOf(schemaOf(part)))];
}

/** The JSON types a schema admits; an empty list where it says nothing. */
export function typesOf(schema: Schema): readonly string[] {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return type.map(String);
  const values = 'const' in schema ? [schema['const']] : listOf(schema['enum']);
  if (values.length > 0) return [...new Set(values.map(jsonType))];
  const options = alternativesOf(schema).flatMap(typesOf);
  return [...new Set(options)];
}

export function alternativesOf(schema: Schema): readonly Schema[] {
  return [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])].map(schemaOf);
}

export function jsonType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

/** The schema of what lies at a path, through objects, lists and alternatives; null where none is declared. */
export function schemaAt(schema: Schema, path: readonly string[]): Schema | null {
  const [head, ...rest] = path;
  if (head === undefined) return schema;
  const next = propertiesOf(schema).get(head) ?? (isIndex(head) ? itemsOf(schema) : undefined);
  if (next) return schemaAt(next, rest);
  for (const option of alternativesOf(schema)) {
    const found = schemaAt(option, path);
    if (found) return found;
  }
  return null;
}

/** Whether a request that is valid must carry what lies at the path. */
export function isRequired(schema: Schema, path: readonly string[]): boolean {
  const [head, ...rest] = path;
  if (head === undefined) return true;
  if (isIndex(head)) return (numberOf(schema['minItems']) ?? 0) > 0;
  if (!requiredOf(schema).includes(head)) return false;
  return isRequired(propertiesOf(schema).get(head) ?? {}, rest);
}

export function isIndex(segment: string): boolean {
  return /^(\d+|\*|\[\])$/.test(segment);
}

function itemsOf(schema: Schema): Schema | undefined {
  return 'items' in schema ? schemaOf(schema['items']) : undefined;
}

/** A schema with what its result is piped into: what it takes must satisfy both. */
export function piped(schema: Schema): Schema {
  const next = schema['x-pipe'];
  if (typeof next !== 'object' || next === null || Array.isArray(next)) return schema;
  const { 'x-pipe': _, ...own } = schema;
  return piped({ ...own, ...(next as Schema) });
}
