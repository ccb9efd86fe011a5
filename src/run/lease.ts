import type { Sql } from '../db/db.ts';

/**
 * How long a run may stand: as long as the process that made it (`held`: its advisory lock is the pulse)
 * or for a time by the database's clock (`leased`).
 */
export type Term = { readonly hold: 'held' } | { readonly hold: 'leased'; readonly ttlMs: number };

/** Who holds a run's lock may change it; a dead process holds none. The session must be the ledger's. */
export async function lockRun(sql: Sql, run: string): Promise<boolean> {
  const [row] = await sql.query(`select pg_try_advisory_lock(${runKey}) as got`, [run], 'sw_lock');
  return row?.['got'] === true;
}

export async function unlockRun(sql: Sql, run: string): Promise<void> {
  await sql.query(`select pg_advisory_unlock(${runKey})`, [run], 'sw_unlock');
}

/** A run's lock, where $1 is its id. */
export const runKey = `hashtextextended('statewright:run:' || $1, 0)`;

/** What makes a run due: its maker stopped in the middle, its holder is gone (the lock tells), its lease is over. */
export const dueSql = `(r.state in ('opening', 'closing')
  or r.hold = 'held' or r.expires_at <= clock_timestamp())`;
