import type { Table } from '../../db/db.ts';

/** What PostgreSQL, drizzle-kit and migrations by hand call a unique constraint nobody named. */
export function uniqueNames(table: Table, columns: readonly string[]): string[] {
  const said = [table.name, ...columns].join('_');
  const plain = ['key', 'unique', 'idx', 'index', 'uniq'].map((end) => `${said}_${end}`);
  const primary = [`${table.name}_pkey`, `${said}_pk`];
  return isPrimary(table, columns) ? [...primary, ...plain] : plain;
}

function isPrimary(table: Table, columns: readonly string[]): boolean {
  return columns.join() === table.primaryKey.join();
}

/** The same for a foreign key. */
export function foreignKeyNames(table: Table, key: Table['foreignKeys'][number]): string[] {
  if (key.name) return [key.name];
  const said = [table.name, ...key.columns].join('_');
  const target = key.table.split('.').at(-1) ?? key.table;
  const drizzle = [said, target, ...key.references, 'fk'].join('_');
  return [`${said}_fkey`, drizzle, `${said}_fk`, `${said}_foreign`];
}
