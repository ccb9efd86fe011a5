import { setTimeout as sleep } from 'node:timers/promises';
import type { Catalog, Sql } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { eachRow, type Made } from './made.ts';
import { byKey, tableName } from './quote.ts';

const PATIENCE_MS = 5_000;
/** An app that was asked this long ago has answered or never will; no less than what `callApp` waits. */
const LONGEST_MS = 20_000;

/**
 * A request whose answer nobody saw may still become a row: in a statement that PostgreSQL goes on with
 * though the app is dead, or later by an app that is slow. Waits for the one, and throws
 * `run.stillWriting` or `run.callUnderWay` where there is nothing to do but to come again.
 */
export async function callsOver(
  sql: Sql,
  made: readonly Made[],
  { tables }: Catalog,
): Promise<void> {
  const open = made.filter(({ kind, shape }) => kind === 'call' && shape[0]?.asked !== undefined);
  if (open.length === 0) return;
  await othersGone(sql);
  for (const { of, row } of open.flatMap(eachRow)) {
    const table = tables.find(({ id }) => id === of.table);
    if (!table || of.asked === undefined || of.asked === null) continue;
    const name = tableName(table);
    const [found] = await sql.query(
      `select exists (select from ${name} t, jsonb_populate_record(null::${name}, $1::jsonb) k
         where ${byKey(table, of.key ?? [], ['t', 'k'])}) as there,
       extract(epoch from clock_timestamp()) * 1000 - $2::float8 as age`,
      [JSON.stringify(row), of.asked],
    );
    if (found?.['there'] !== true && Number(found?.['age']) < LONGEST_MS) throw underWay(of.table);
  }
}

/** Waits until the transactions that others have open now have ended: what they write is seen then. */
async function othersGone(sql: Sql): Promise<void> {
  const open = async () => (await sql.query(OPEN, [], 'sw_open')).map((row) => String(row['it']));
  const first = await open();
  for (const deadline = performance.now() + PATIENCE_MS; ; ) {
    const now = new Set(await open());
    if (!first.some((it) => now.has(it))) return;
    if (performance.now() > deadline) throw stillWriting();
    await sleep(10);
  }
}

/** A virtual transaction's name is never used again; our own sessions make no rows of the app. */
const OPEN = `
  select l.virtualtransaction as it from pg_locks l join pg_stat_activity a on a.pid = l.pid
  where l.locktype = 'virtualxid' and l.granted and l.pid <> pg_backend_pid()
    and a.datname = current_database() and a.backend_type = 'client backend'
    and a.application_name not like 'statewright/%'`;

function underWay(table: string): StatewrightError {
  return new StatewrightError(
    'run.callUnderWay',
    `The app was asked for a row of "${table}" a moment ago and may still be at it. Nothing was taken away.`,
    { hint: 'Run `statewright gc` in half a minute; the next command does the same.' },
  );
}

function stillWriting(): StatewrightError {
  return new StatewrightError(
    'run.stillWriting',
    'A transaction of another session is open that may make a row the app was asked for. Nothing was taken away.',
    { hint: 'End it (pg_stat_activity shows it), then run `statewright gc`.' },
  );
}
