import type { Catalog, Sql } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Statement } from '../state/state.ts';
import { unremovable } from './problems.ts';
import { rehearseUndo } from './undo.ts';

/**
 * Inside a transaction: takes away all that the run has made, and takes that back. Throws `run.unremovable` where
 * the database's own code keeps a row (an append-only table).
 */
export async function assertRemovable(
  sql: Sql,
  run: string,
  {
    steps,
    readCatalog,
  }: { steps: readonly Statement[]; readCatalog: (sql: Sql) => Promise<Catalog> },
): Promise<void> {
  // What is deferred speaks at the end of the transaction, of rows that come and of rows that go.
  await sql.query('set constraints all immediate; savepoint statewright_departure');
  try {
    await rehearseUndo(sql, run, { readCatalog });
  } catch (error) {
    throw isRefusal(error) ? unremovable(steps, error) : error;
  }
  await sql.query('rollback to savepoint statewright_departure');
}

/** What the database says of rows; not a lost connection, a deadlock or a full disk. */
function isRefusal(error: unknown): boolean {
  if (error instanceof StatewrightError) return error.code.startsWith('run.rows');
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(?!08|40|53|55|57|58|XX)[0-9A-Z]{5}$/.test(code);
}
