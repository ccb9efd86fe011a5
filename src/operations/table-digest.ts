import type { Table } from '../db/db.ts';
import type { App } from '../model/model.ts';

/** Tables and all they refer to, in a few lines each: columns with their types, keys and checks. */
export function tableDigest(app: App, touched: Iterable<string>): string {
  const tables = new Map(app.tables.map((table) => [table.id, table]));
  const all = new Set(touched);
  for (const id of all) {
    for (const key of tables.get(id)?.foreignKeys ?? []) all.add(key.table);
  }
  return [...all]
    .sort()
    .flatMap((id) => tableText(tables.get(id)))
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
