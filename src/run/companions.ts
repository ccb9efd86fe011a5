import type { Sql, Table } from '../db/db.ts';
import { quoted } from '../kernel/sql-text.ts';
import { byKey, itsOwn, same, tableName } from './quote.ts';

/** A changed row: how it is found, and its images as SQL. */
export interface Changed {
  readonly table: Table;
  readonly by: readonly string[];
  readonly columns: readonly string[];
  readonly image: (which: 'old' | 'new') => string;
}

/**
 * Columns beside those that we set which still are as they were after we did: whatever changed them then (a trigger
 * that keeps the time), the row's setting back is not to change them again. None where the table has no triggers.
 */
export async function companionsOf(
  sql: Sql,
  { table, by, columns, image }: Changed,
  entry: string,
): Promise<readonly string[]> {
  if (table.triggers?.length === 0) return [];
  const bound = new Set([
    ...columns,
    ...table.primaryKey,
    ...table.uniques.flatMap((unique) => unique.columns),
    ...table.foreignKeys.flatMap((key) => key.columns),
    ...table.columns
      .filter((column) => column.default.kind === 'generated')
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
 * Gives those columns their old values with the triggers off; PostgreSQL lets a superuser do that, and roles that may
 * set `session_replication_role`. Others leave what their triggers wrote, and `leftSince` tells of it.
 */
export async function settleCompanions(
  sql: Sql,
  { table, by, image }: Changed,
  { entry, companions }: { entry: string; companions: readonly string[] },
): Promise<void> {
  if (companions.length === 0 || !(await withoutTriggers(sql))) return;
  const set = companions.map((name) => `${quoted(name)} = o.${quoted(name)}`);
  await sql.query(
    `update ${tableName(table)} t set ${set.join(', ')} from ${image('old')} o
     where ${itsOwn(table, 't')} and ${byKey(table, by, ['t', 'o'])}
       and not (${same(companions, ['t', 'o'])})`,
    [entry],
  );
  await sql.query('set local session_replication_role = default');
}

/** Until the transaction ends, or it is set back, no trigger runs; false, and nothing done, where the role may not say so. */
async function withoutTriggers(sql: Sql): Promise<boolean> {
  await sql.query('savepoint statewright_triggers');
  try {
    await sql.query('set local session_replication_role = replica');
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === '42501')) throw error;
    await sql.query('rollback to statewright_triggers');
    return false;
  }
}
