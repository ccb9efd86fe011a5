import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';

/** The first of the two numbers of a clone's advisory lock; the second is the hash of its name. */
const lockClass = 21335;

/** Installs what counts the clones of a server, in its maintenance database. */
export async function preparePlaces(sql: Sql): Promise<void> {
  await sql.query(placesSql);
}

/**
 * Takes the clone's lock if fewer than the limit stand or are being made, by any process. Who counts
 * holds another lock meanwhile, so two can't both take the last place.
 */
export async function tryPlace(sql: Sql, name: string, limit: number): Promise<boolean> {
  const [row] = await sql.query(
    'select statewright.take_place($1, $2) as taken',
    [name, limit],
    'sw_take_place',
  );
  return row?.['taken'] === true;
}

/** The same, waiting up to a minute for a place; throws `branch.full` then. */
export async function takePlace(
  sql: Sql,
  name: string,
  { limit, signal }: { limit: number; signal: AbortSignal },
): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await tryPlace(sql, name, limit))) {
    if (performance.now() > deadline) throw full(limit);
    await sleep(50, undefined, { signal });
  }
}

/** Whether this session holds the clone's lock. */
export async function holdsPlace(sql: Sql, name: string): Promise<boolean> {
  const rows = await sql.query(
    `select from pg_locks
     where locktype = 'advisory' and classid = ${lockClass} and objsubid = 2 and granted
       and objid = (hashtext($1)::int8 & 4294967295)::oid and pid = pg_backend_pid()`,
    [name],
    'sw_holds_place',
  );
  return rows.length > 0;
}

/** Frees the clone's place. */
export async function leavePlace(sql: Sql, name: string): Promise<void> {
  await sql.query(`select pg_advisory_unlock(${lockClass}, hashtext($1))`, [name]);
}

/** Sees off every session: dropping waits 100 ms as soon as it meets one, ending or not. */
export async function emptyDatabase(sql: Sql, name: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const left = await sql.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
      [name],
      'sw_empty',
    );
    if (left.length === 0) return;
    await sleep(1);
  }
}

const placesSql = `
  begin;
  select pg_advisory_xact_lock(hashtextextended('statewright:places', 0));
  create schema if not exists statewright;
  create or replace function statewright.take_place(clone text, places int8) returns boolean
  language plpgsql as $$
  declare standing int;
  begin
    perform pg_advisory_xact_lock(hashtextextended('statewright:places', 0));
    select count(*) into standing from (
      select (hashtext(datname)::int8 & 4294967295)::oid from pg_database
      where datname like 'sw\\_c\\_%'
      union
      select objid from pg_locks
      where locktype = 'advisory' and classid = ${lockClass} and objsubid = 2 and granted
    ) clones;
    if standing >= places then return false; end if;
    perform pg_advisory_lock(${lockClass}, hashtext(clone));
    return true;
  end $$;
  commit`;

function full(limit: number): StatewrightError {
  const message = `${limit} clones stand on this server already, and none was dropped within a minute.`;
  return new StatewrightError('branch.full', message, {
    hint: 'Run `statewright gc` to remove what dead runs left, or use fewer workers.',
    facts: { limit },
  });
}
