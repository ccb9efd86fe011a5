import type { Table } from '../db/db.ts';
import { canonicalJson } from '../kernel/digest.ts';
import type { App, Seeded } from '../model/model.ts';

const MOST_ROWS = 20;

/**
 * Tables and all they refer to, in a few lines each: columns with their types, keys, checks and the rows that
 * migrations put there.
 */
export function tableDigest(app: App, touched: Iterable<string>): string {
  const tables = new Map(app.tables.map((table) => [table.id, table]));
  const seeded = new Map((app.seeded ?? []).map(({ table, rows }) => [table, rows]));
  const all = new Set(touched);
  for (const id of all) {
    for (const key of tables.get(id)?.foreignKeys ?? []) all.add(key.table);
  }
  return [...all]
    .sort()
    .flatMap((id) => {
      const rows = seeded.get(id) ?? [];
      return [...tableText(tables.get(id)), ...rows.slice(0, MOST_ROWS).map(rowText)];
    })
    .join('\n');
}

function tableText(table: Table | undefined): string[] {
  if (!table) return [];
  const { id, columns, checks, foreignKeys, primaryKey, uniques } = table;
  const list = columns.map(({ name, type, nullable, values }) =>
    [name, values ? values.join('|') : type, nullable ? 'null' : ''].filter(Boolean).join(' '),
  );
  const keys = [primaryKey, ...uniques.map((unique) => unique.columns)];
  return [
    `${id}(${list.join(', ')})`,
    ...keys.filter((key) => key.length > 0).map((key) => `  unique ${key.join(', ')}`),
    ...foreignKeys.map((key) => `  ${key.columns} refers to ${key.table}(${key.references})`),
    ...checks.map(({ expression }) => `  check ${expression}`),
  ];
}

function rowText(row: Seeded['rows'][number]): string {
  return `  there is ${canonicalJson(row)}`;
}
