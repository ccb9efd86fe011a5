import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** A JSON schema, as far as it says which keys there are. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

const text = readFileSync(new URL('../../fixtures/openai/schemas.json', import.meta.url), 'utf8');
const $defs: Record<string, Schema> = JSON.parse(
  text.replaceAll('"#/components/schemas/', '"#/$defs/'),
  (_key, value) => (value?.nullable === true ? orNull(value) : value),
);

/** The description still says it in the words of OpenAPI 3.0. */
function orNull({ nullable: _, ...schema }: Schema & { readonly nullable: true }): Schema {
  return { anyOf: [schema, { type: 'null' }] };
}

/** What of a value OpenAI's published description does not say so: wrong by a schema of it, or a key it lacks. */
export function faultsOf(name: string, value: unknown): string[] {
  const $schema = 'https://json-schema.org/draft/2020-12/schema';
  const shape = z.fromJSONSchema({
    $schema,
    $ref: `#/$defs/${name}`,
    $defs,
  } as z.core.JSONSchema.JSONSchema);
  const { error } = shape.safeParse(value);
  const wrong = error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
  return [...wrong, ...undescribed(value, [{ $ref: `#/$defs/${name}` }], '')];
}

/** The keys within a value that none of the schemas it may be of names. */
function undescribed(value: unknown, schemas: readonly Schema[], at: string): string[] {
  const all = schemas.flatMap((schema) => branchesOf(schema));
  if (Array.isArray(value)) {
    const items = all.flatMap((schema) => schema.items ?? []);
    return value.flatMap((item, index) => undescribed(item, items, `${at}.${index}`));
  }
  if (typeof value !== 'object' || value === null) return [];
  const open = all.some(({ additionalProperties }) => additionalProperties);
  return Object.entries(value).flatMap(([key, item]) => {
    const named = all.flatMap(({ properties }) => properties?.[key] ?? []);
    if (named.length === 0) return open ? [] : [`${at}.${key}: not described`];
    return undescribed(item, named, `${at}.${key}`);
  });
}

function branchesOf(schema: Schema, seen = new Set<string>()): Schema[] {
  const { $ref, allOf = [], anyOf = [], oneOf = [] } = schema;
  const name = $ref?.split('/').at(-1);
  if (name !== undefined && seen.has(name)) return [];
  const target = name === undefined ? [] : [$defs[name] ?? {}];
  const within = name === undefined ? seen : new Set([...seen, name]);
  return [
    schema,
    ...[...target, ...allOf, ...anyOf, ...oneOf].flatMap((one) => branchesOf(one, within)),
  ];
}
