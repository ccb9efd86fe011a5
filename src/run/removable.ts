import type { Row, Sql } from '../db/db.ts';
import type { Statement } from '../state/state.ts';
import { bindParams, type Known } from './binding.ts';
import { unremovable } from './problems.ts';

/** Inside a transaction: throws `run.unremovable` where the database's own code keeps a row (an append-only table). */
export async function assertRemovable(sql: Sql, step: Statement, known: Known): Promise<void> {
  const { departure } = step;
  if (!departure) return;
  await sql.query('savepoint statewright_departure');
  let gone: readonly Row[] | null;
  try {
    gone = await sql.query(departure.sql, bindParams(departure.params, known));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // What refers to it goes first when the time comes.
    if (!code.startsWith('23')) throw unremovable(step, error);
    gone = null;
  }
  if (gone?.length === 0) throw unremovable(step, null);
  await sql.query('rollback to savepoint statewright_departure');
}
