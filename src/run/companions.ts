import { type Sql, type Table, tried } from '../db/db.ts';
import { quoted } from '../kernel/sql-text.ts';
import { byKey, itsOwn, same, tableName } from './quote.ts';

/** A changed row: how it is found, and its images as SQL. */
export interface Changed {
  readonly table: Table;
  readonly by: readonly string[];
  readonly columns: readonly string[];
  /** Of the entry, which is the only parameter. */
  readonly image: (which: 'old' | 'new') => string;
  readonly entry: string;
}

/**
 * Columns beside those that we set which still are as they were after we did: whatever changed them then (a trigger
 * that keeps the time), the row's setting back is not to change them again. None where the table has no triggers.
 */
export async function companionsOf(
  sql: Sql,
  { table, by, columns, image, entry }: Changed,
): Promise<readonly string[]> {
  if (table.triggers?.length === 0) return [];
  const bound = new Set([
    ...columns,
    ...table.primaryKey,
    ...table.uniques.flatMap((unique) => unique.columns),
    ...table.foreignKeys.flatMap((key) => key.columns),
    ...table.columns
      .filter((column) => /^(generated|identity)$/.test(column.default.kind))
      .map(({ name }) => name),
  ]);
  const free = table.columns.map(({ name }) => name).filter((name) => !bound.has(name));
  if (free.length === 0) return [];
  const kept = free.map((name) => `(${same([name], ['t', 'n'])})`);
  const [row] = await sql.query(
    `select array[${kept.join(', ')}] as kept from ${tableName(table)} t, ${image('new')} n
     where ${itsOwn(table, 't')} and ${byKey(table, by, ['t', 'n'])} limit 1`,
    [entry],
  );
  const known = (row?.['kept'] ?? []) as readonly boolean[];
  return free.filter((_, index) => known[index] === true);
}

/**
 * Gives those columns their old values with the triggers off. PostgreSQL lets a superuser do that, and roles that may
 * set `session_replication_role`; for others, and where a CHECK is against it by now, what the triggers wrote stays
 * (`leftSince` tells of it).
 */
export async function settleCompanions(
  sql: Sql,
  { table, by, image, entry }: Changed,
  companions: readonly string[],
): Promise<void> {
  if (companions.length === 0) return;
  const set = companions.map((name) => `${quoted(name)} = o.${quoted(name)}`);
  const settle = async () => {
    await sql.query('set local session_replication_role = replica');
    await sql.query(
      `update ${tableName(table)} t set ${set.join(', ')} from ${image('old')} o
       where ${itsOwn(table, 't')} and ${byKey(table, by, ['t', 'o'])}
         and not (${same(companions, ['t', 'o'])})`,
      [entry],
    );
    await sql.query('set local session_replication_role = default');
  };
  await tried(sql, settle, undefined);
}
