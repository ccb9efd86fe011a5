import type { Sql } from '../db/db.ts';

/** What a row that goes later, or comes back later, may stand in the way with. */
const IN_THE_WAY = ['23505', '23503', '23P01'];

/** Inside a transaction: false, and nothing done, where another row stands in the way. */
export async function attempt(sql: Sql, work: () => Promise<boolean>): Promise<boolean> {
  await sql.query('savepoint statewright_attempt');
  try {
    const done = await work();
    await sql.query('release statewright_attempt');
    return done;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!IN_THE_WAY.includes(code)) throw error;
    await sql.query('rollback to statewright_attempt');
    return false;
  }
}
