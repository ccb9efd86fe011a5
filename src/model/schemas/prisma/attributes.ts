import type { BlockAttribute, Field, Model } from '@mrleebo/prisma-ast';

/** An attribute's arguments: those by name, and the rest in order. */
export interface Arguments {
  readonly named: ReadonlyMap<string, unknown>;
  readonly rest: readonly unknown[];
}

interface Written {
  readonly name: string;
  readonly group?: string | undefined;
  readonly args?: readonly { readonly value: unknown }[] | undefined;
}

function argumentsOf({ args = [] }: Written): Arguments {
  const named = new Map<string, unknown>();
  const rest: unknown[] = [];
  for (const { value } of args) {
    if (isKind(value, 'keyValue')) named.set(String(value['key']), value['value']);
    else rest.push(value);
  }
  return { named, rest };
}

export function isKind(value: unknown, type: string): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === type;
}

/** A field's attribute by name (`db.VarChar` for a native type). */
export function attributeOf(field: Field, name: string): Arguments | undefined {
  const found = (field.attributes ?? []).find(
    (each) => (each.group ? `${each.group}.${each.name}` : each.name) === name,
  );
  return found && argumentsOf(found as Written);
}

/** The native type a field is given (`@db.VarChar(20)`). */
export function nativeTypeOf(field: Field): { name: string; args: readonly unknown[] } | undefined {
  const found = (field.attributes ?? []).find((each) => each.group === 'db');
  return found && { name: found.name, args: argumentsOf(found as Written).rest };
}

/** A block's attributes of a name (`@@unique` may be there more than once). */
export function blockAttributes(
  properties: readonly (Model['properties'][number] | BlockAttribute)[],
  name: string,
): Arguments[] {
  return properties.flatMap((each) =>
    each.type === 'attribute' && each.name === name ? [argumentsOf(each as Written)] : [],
  );
}

/** A text argument without its quotes. */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return /^"[\s\S]*"$/.test(value) ? String(JSON.parse(value)) : value;
}

/** The names in a list of fields, options of each (`sort: Desc`) left out. */
export function namesIn(value: unknown): string[] {
  if (!isKind(value, 'array')) return [];
  const items = Array.isArray(value['args']) ? value['args'] : [];
  return items.flatMap((item: unknown) => {
    if (typeof item === 'string') return [item];
    return isKind(item, 'function') ? [String(item['name'])] : [];
  });
}
