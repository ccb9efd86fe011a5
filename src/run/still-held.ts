import type { Row, Sql } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';

/** Why rows could not be taken away: transactions of others hold them, and have for longer than we waited. */
export async function stillHeld(sql: Sql, cause: unknown): Promise<StatewrightError> {
  const open = await sql.query(HOLDING).catch(() => []);
  return new StatewrightError(
    'run.stillHeld',
    `Transactions that were left open hold rows of the run, or rows that refer to them${sessionsIn(open)}. Nothing was taken away.`,
    {
      hint: 'End them (stop the application, or select pg_terminate_backend(…)); then try again.',
      facts: { pids: open.map(({ pid }) => Number(pid)) },
      ending: 'refused',
      cause,
    },
  );
}

/** Sessions as they are told after what they hold; what others do may not be ours to see. */
export function sessionsIn(open: readonly Row[]): string {
  const told = open.map(({ pid, name, state, s }) => {
    const doing = state === null ? '' : `, ${state} for ${s} s`;
    return `process ${pid}${name ? ` (${name})` : ''}${doing}`;
  });
  return told.length > 0 ? `: ${told.join('; ')}` : '';
}

/** Those that have written and are older than our patience, the oldest first. */
const HOLDING = `
  select pid, application_name as name, state, extract(epoch from now() - xact_start)::int as s
  from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and backend_xid is not null
    and xact_start < now() - interval '5 s'
  order by xact_start limit 5`;
