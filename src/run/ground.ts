import { type Driver, databaseName, type Session, type Sql, withDatabase } from '../db/db.ts';
import { addressOf, assertEnrolled } from './guard.ts';
import type { ControlLedger } from './ledger.ts';

/**
 * The URL of the database that a run wrote to under that name. A name may be given to another database
 * since: where the ledger is in the run's own database, that is the one, whatever it is called by now.
 * Null where the database is gone, and what the run left with it.
 */
export async function groundOf(
  ledger: Pick<ControlLedger, 'url' | 'sql'>,
  run: string,
  name: string,
): Promise<string | null> {
  const { url, sql } = ledger;
  if (databaseName(url) === name || (await hasEntries(sql, run))) return url;
  const [named] = await sql.query(
    `select exists (select from pg_catalog.pg_database where datname = $1) as there,
       to_regclass('statewright.stamp') is not null as stamped`,
    [name],
  );
  if (named?.['there'] === true) return withDatabase(url, name);
  return named?.['stamped'] === true ? url : null;
}

/**
 * Works in a database that may have become another's since the run wrote to it: the guard is asked
 * again. One that was made anew has no ledger of rows, and nothing of ours; null then.
 */
export async function inEnrolled<T>(
  driver: Pick<Driver, 'open'>,
  url: string,
  work: (sql: Session) => Promise<T>,
): Promise<T | null> {
  await using sql = await driver.open(url);
  if (!(await isPrepared(sql))) return null;
  await assertEnrolled(sql, addressOf(url));
  return await work(sql);
}

async function hasEntries(sql: Sql, run: string): Promise<boolean> {
  if (!(await isPrepared(sql))) return false;
  const entries = await sql.query('select from statewright.made where run = $1 limit 1', [run]);
  return entries.length > 0;
}

async function isPrepared(sql: Sql): Promise<boolean> {
  const [made] = await sql.query("select to_regclass('statewright.made') is not null as there");
  return made?.['there'] === true;
}
