import type { Sql } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { type ForeignPart, foreignParts } from './foreign.ts';
import { prepareLedger } from './ledger.ts';
import { madeTableSql } from './made.ts';

/** What an enrolled database carries, and is checked against on every use. */
export interface Stamp {
  readonly environment: string;
  /** The database it was found true of. */
  readonly database: string;
  readonly expiresAt: string | null;
}

/** A database that was found to carry a stamp of its own, and what of it the stamp doesn't speak for. */
export interface Enrolled extends Stamp {
  readonly foreign: readonly ForeignPart[];
}

export interface Enrolment {
  /** What the user calls it: `test`, `staging`, `clone`. */
  readonly environment: string;
  /**
   * `host:port` as the user reaches it; a copy of the whole server answers elsewhere. Null for a database
   * of our own making: neither that nor its tables are checked.
   */
  readonly address: string | null;
  /** Days until it has to be enrolled again; never when null. */
  readonly days: number | null;
}

/** Stamps a database as one that Statewright may write to, and makes its row ledger (in a given one the control ledger too). Stamping again replaces the stamp. */
export async function enroll(sql: Sql, { environment, address, days }: Enrolment): Promise<Stamp> {
  await sql.query(`${madeTableSql}; ${stampTableSql}`);
  // So that a role which only sets up and takes down need not make tables.
  if (address !== null) await prepareLedger(sql);
  const rows = await sql.query(
    `with gone as (delete from statewright.stamp where database_oid is distinct from ${OID})
     insert into statewright.stamp
       (database_oid, system_identifier, environment, address, expires_at, tables)
     select ${OID}, ${SYSTEM}, $1, $2, now() + $3::float8 * interval '1 day',
       case when $2::text is null then '{}' else ${TABLES} end
     on conflict (database_oid) do update set system_identifier = excluded.system_identifier,
       environment = excluded.environment, address = excluded.address,
       enrolled_at = now(), expires_at = excluded.expires_at, tables = excluded.tables
     returning current_database() as database, to_json(expires_at) #>> '{}' as expires_at`,
    [environment, normalized(address), days],
  );
  const [row] = rows;
  return {
    environment,
    database: String(row?.['database']),
    expiresAt: row?.['expires_at'] == null ? null : String(row['expires_at']),
  };
}

/**
 * Fails closed: a database without a stamp of its own is refused (`guard.notEnrolled`,
 * `guard.copiedStamp`, `guard.expired`, `guard.readOnly`) before anything is written, and so is one whose tables were all
 * replaced since (`guard.rebuilt`): what was restored into it may be production's.
 */
export async function assertEnrolled(sql: Sql, address: string | null = null): Promise<Stamp> {
  const [there] = await sql.query(
    `select current_database() as database, to_regclass('statewright.stamp') is not null as stamped,
       pg_catalog.current_setting('transaction_read_only') as only_reads`,
  );
  const database = String(there?.['database']);
  if (there?.['stamped'] !== true) throw notEnrolled(database);
  if (there['only_reads'] === 'on') throw onlyReads(database);
  const rows = await sql.query(
    `select environment, address, to_json(expires_at) #>> '{}' as expires_at,
       coalesce(expires_at <= now(), false) as expired,
       system_identifier = ${SYSTEM} and database_oid = ${OID} as own,
       known.tables = '[]' or exists (
         select from jsonb_array_elements_text(known.tables) t join pg_catalog.pg_class c on c.oid = t.value::oid
       ) as kept
     from statewright.stamp s,
       lateral (select coalesce(to_jsonb(s) -> 'tables', '[]') as tables) known
     order by own desc`,
  );
  const [stamp] = rows;
  if (!stamp) throw notEnrolled(database);
  const enrolledAt = stamp['address'] === null ? null : String(stamp['address']);
  const here = normalized(address);
  const moved = enrolledAt !== null && here !== null && enrolledAt !== here;
  if (stamp['own'] !== true || moved) throw copied(database, enrolledAt);
  const expiresAt = stamp['expires_at'] === null ? null : String(stamp['expires_at']);
  if (stamp['expired'] === true) throw expired(database, expiresAt);
  if (stamp['kept'] !== true) throw rebuilt(database);
  return { environment: String(stamp['environment']), database, expiresAt };
}

/** `assertEnrolled` before states are set up, for `assertLocal` to go by. */
export async function assertWritable(sql: Sql, address: string | null = null): Promise<Enrolled> {
  const stamp = await assertEnrolled(sql, address);
  return { ...stamp, foreign: await foreignParts(sql) };
}

/** `host:port` that a URL leads to, in the form a stamp keeps; its parameters go before its authority, as they do for the driver. */
export function addressOf(url: string): string {
  const { hostname, port, searchParams } = new URL(url);
  const given = (name: string) => searchParams.getAll(name).at(-1);
  return `${given('host') || hostname}:${given('port') || port || '5432'}`;
}

/** Qualified: a schema that a search_path has before pg_catalog may hold a `pg_database` of its own. */
const OID =
  '(select oid from pg_catalog.pg_database where datname operator(pg_catalog.=) pg_catalog.current_database())';
const SYSTEM = '(select system_identifier from pg_catalog.pg_control_system())';
/** The application's tables; those that a restore or a reset makes anew have other numbers. */
const TABLES = `array(
  select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname !~ '^pg_'
    and n.nspname not in ('information_schema', 'statewright'))`;

const stampTableSql = `
  create table if not exists statewright.stamp (
    database_oid oid primary key,
    system_identifier bigint not null,
    environment text not null,
    address text,
    enrolled_at timestamptz not null default now(),
    expires_at timestamptz
  );
  alter table statewright.stamp add column if not exists tables oid[] not null default '{}'`;

/** The names of this machine are one address. */
function normalized(address: string | null): string | null {
  return (
    address?.toLowerCase().replace(/^(127\.0\.0\.1|\[::1\]|\[?::1\]?)(?=:|$)/, 'localhost') ?? null
  );
}

function notEnrolled(database: string): StatewrightError {
  return refusal('guard.notEnrolled', `Database "${database}" is not enrolled.`, {
    hint: 'If it holds nothing but test data: statewright enroll --db URL --as test',
    facts: { database },
  });
}

function onlyReads(database: string): StatewrightError {
  return refusal('guard.readOnly', `Sessions of this role in database "${database}" only read.`, {
    hint: 'It is a standby, or the role or database has default_transaction_read_only: give another server or role in --db URL.',
    facts: { database },
  });
}

function copied(database: string, address: string | null): StatewrightError {
  return refusal(
    'guard.copiedStamp',
    `Database "${database}" carries the stamp of another one${address ? ` (at ${address})` : ''}: it is a copy.`,
    {
      hint: 'If the copy itself holds nothing but test data: statewright enroll --db URL --as test',
      facts: { database, enrolledAt: address },
    },
  );
}

function rebuilt(database: string): StatewrightError {
  return refusal(
    'guard.rebuilt',
    `None of the tables that database "${database}" had when it was enrolled is there any more: others took their place.`,
    {
      hint: 'Was production restored into it? If it holds nothing but test data, enroll it again: statewright enroll --db URL --as test',
      facts: { database },
    },
  );
}

function expired(database: string, at: string | null): StatewrightError {
  return refusal('guard.expired', `The enrolment of database "${database}" ended at ${at}.`, {
    hint: 'Enrol it again: statewright enroll --db URL --as test',
    facts: { database, expiresAt: at },
  });
}

function refusal(
  code: string,
  message: string,
  about: { hint: string; facts: Record<string, string | null> },
): StatewrightError {
  return new StatewrightError(code, `${message} Nothing was written.`, {
    ...about,
    ending: 'refused',
  });
}
