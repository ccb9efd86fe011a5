import type { Value } from '../../static/value.ts';
import { entryOf, plainText, truthOf } from '../../static/value.ts';
import { literalSql, rawOf } from '../migrations/ddl.ts';

/** `'users'`, `{ schema: 'app', name: 'users' }` or a literal, as an identifier; a dot in a text is part of the name. */
export function nameOf(value: Value | undefined): string {
  const written = rawOf(value);
  if (written !== undefined) return written;
  const schema = plainText(entryOf(value, 'schema'));
  return `${schema ? `${quote(schema)}.` : ''}${quote(bareName(value))}`;
}

/** The name without its schema: what node-pg-migrate calls constraints and indexes after. */
export function bareName(value: Value | undefined): string {
  return plainText(value) ?? plainText(entryOf(value, 'name')) ?? '';
}

/** A name that stands in the same schema as another. */
export function besideOf(value: Value | undefined, name: string): string {
  const schema = plainText(entryOf(value, 'schema'));
  return `${schema ? `${quote(schema)}.` : ''}${quote(name)}`;
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function listed(value: Value | undefined): readonly Value[] {
  if (value === undefined) return [];
  return value.kind === 'list' ? value.items : [value];
}

export function namesOf(value: Value | undefined): string {
  return listed(value).map(nameOf).join(', ');
}

/** A value as node-pg-migrate escapes it (its `utils/escapeValue.ts`): lists are arrays. */
export function valueSql(value: Value): string {
  if (value.kind !== 'list') return literalSql(value);
  const items = value.items.map((item) => {
    const sql = valueSql(item);
    return item.kind === 'list' ? sql.slice('ARRAY'.length) : sql;
  });
  return `ARRAY[${items.join(', ')}]`;
}

export function isSet(value: Value | undefined): boolean {
  return value !== undefined && truthOf(value) === true;
}

/** Whether an option is there at all; one that is `undefined` is not. */
export function isGiven(value: Value | undefined): value is Value {
  if (value === undefined || value.kind === 'unknown') return false;
  return !(value.kind === 'literal' && value.value === undefined);
}
