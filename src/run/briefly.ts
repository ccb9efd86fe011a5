import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { sessionsIn } from './still-held.ts';

/** Tables that statements lock, and what to say where somebody holds them. */
export interface Locking {
  /** As SQL names them. */
  readonly tables: readonly string[];
  /** Whether who only reads them is in the way too. */
  readonly alone: boolean;
  /** What it is for, and how things stand without. */
  readonly standing: string;
}

/** Longer than PostgreSQL takes to have a vacuum give way. */
const WAIT = '1500ms';
const PAUSE_MS = 500;
const TRIES = 4;

/**
 * Runs statements that lock tables as one, without making others wait behind them for long: while somebody holds a table,
 * it gives way and comes again. Throws `run.tableHeld`, which names who that is, when it has been in vain.
 */
export async function briefly(sql: Sql, text: string, locking: Locking): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await sql.query(`set local lock_timeout = '${WAIT}'; ${text}`);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === '55P03')) throw error;
      if (attempt === TRIES) throw await tableHeld(sql, locking, error);
      await sleep(PAUSE_MS);
    }
  }
}

async function tableHeld(
  sql: Sql,
  { tables, alone, standing }: Locking,
  cause: unknown,
): Promise<StatewrightError> {
  const open = await sql.query(HOLDERS, [tables, alone]).catch(() => []);
  return new StatewrightError(
    'run.tableHeld',
    `A transaction that was left open holds ${tables.join(', ')}${sessionsIn(open)}. ${standing}`,
    {
      hint: 'End it (stop the application, or select pg_terminate_backend(…)); then try again.',
      facts: { tables: [...tables], pids: open.map(({ pid }) => Number(pid)) },
      ending: 'refused',
      cause,
    },
  );
}

const HOLDERS = `
  select a.pid, a.application_name as name, a.state, extract(epoch from now() - a.xact_start)::int as s
  from pg_stat_activity a
  where a.pid <> pg_backend_pid() and exists (
    select from pg_locks l
    where l.pid = a.pid and l.granted and l.locktype = 'relation'
      and l.database = (select oid from pg_database where datname = current_database())
      and l.relation in (select to_regclass(t) from unnest($1::text[]) t)
      and ($2 or l.mode not in ('AccessShareLock', 'RowShareLock')))
  order by a.xact_start limit 5`;
