import type { Table } from '../db/db.ts';
import { literal, quoted } from '../kernel/sql-text.ts';

export function tableName(table: Table): string {
  return `${quoted(table.schema)}.${quoted(table.name)}`;
}

export function columnList(alias: string, columns: readonly string[]): string {
  return columns.map((column) => `${alias}.${quoted(column)}`).join(', ');
}

/** Rows of the table and its partitions; those of tables that inherit from it are another's. */
export function itsOwn(table: Table, alias: string): string {
  const oid = `${literal(tableName(table))}::regclass::oid`;
  return `${alias}.tableoid in (select ${oid} union select relid from pg_partition_tree(${oid}))`;
}

/** Joins two aliases by the key of a row: by `=`, which an index serves, where the table has a key. */
export function byKey(table: Table, columns: readonly string[], [left, right]: Aliases): string {
  if (columns.length === table.columns.length) return same(columns, [left, right]);
  return columns.map((name) => `${left}.${quoted(name)} = ${right}.${quoted(name)}`).join(' and ');
}

type Aliases = readonly [left: string, right: string];

/** Equal in all these columns, if any; null is equal to null, and json (which has no equality) by its jsonb. */
export function same(columns: readonly string[], [left, right]: Aliases): string {
  const each = columns.map((column) => {
    const its = quoted(column);
    return `to_jsonb(${left}.${its}) is not distinct from to_jsonb(${right}.${its})`;
  });
  return each.length > 0 ? each.join(' and ') : 'true';
}
