import type { Session, Sql } from '../db.ts';
import { openSession } from '../pg.ts';

/** Every user of the server holds this lock, shared, on one session in the maintenance database. */
const inUse = "hashtextextended('statewright:in-use', 0)";

/** Opens the session by which the server knows that this process needs it. */
export async function joinServer(url: string): Promise<Session> {
  const session = await openSession(url);
  await session.query(`select pg_advisory_lock_shared(${inUse})`);
  return session;
}

/** Makes what a new server needs: the table of holds. */
export async function prepareServer(sql: Sql): Promise<void> {
  await sql.query(`
    create schema if not exists statewright;
    create table if not exists statewright.holds (
      name text primary key,
      until timestamptz not null
    )`);
}

/** Whether a living process uses the server or a hold stands. One that can't be asked may well be. */
export async function isNeeded(url: string): Promise<boolean> {
  const session = await openSession(url).catch(() => null);
  if (!session) return true;
  try {
    return await isNeededBy(session);
  } finally {
    await session.end();
  }
}

/** The same, asked over an open session that isn't itself a user. */
export async function isNeededBy(sql: Sql): Promise<boolean> {
  const [row] = await sql.query(`
    select not pg_try_advisory_xact_lock(${inUse})
      or exists (select from statewright.holds where until > clock_timestamp()) as needed`);
  return row?.['needed'] === true;
}
