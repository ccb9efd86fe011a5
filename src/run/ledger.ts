import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Driver, Session, Sql } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { ProcessId } from '../kernel/process.ts';
import { lockRun, runKey, type Term, unlockRun } from './lease.ts';
import { schemaSql } from './made.ts';
import { openReserve, type Reserve } from './reserve.ts';

/** What a run may leave behind, by a name that finds it again: a process is `pid:start`, a folder its path. */
export type ResourceKind =
  | 'database'
  | 'journal'
  | 'process'
  | 'folder'
  | 'rows'
  | 'branch'
  | 'container';

/** A run as it stands in the control ledger. */
export interface RunEntry {
  readonly id: string;
  /** Committed when it resolves: call it before the thing is made. */
  record(kind: ResourceKind, name: string): Promise<void>;
  /** The thing is gone. */
  strike(kind: ResourceKind, name: string): Promise<void>;
  /** Records a process that leads a group of its own; what it returns strikes it. */
  recordProcess(process: ProcessId): Promise<() => Promise<void>>;
  /** Set-up is over: a lease begins to run and lets go of the lock. Returns its end; a held run has none. */
  opened(about?: About): Promise<string | null>;
  /** Everything is gone. */
  closed(): Promise<void>;
  /** Teardown stopped for this reason; the next sweep tries again. */
  failed(reason: string): Promise<void>;
}

/**
 * The control ledger, in the maintenance database: what every run is about to make, written down before
 * it is made, so that whatever dies, the next sweep knows. One session, kept open: its locks are the pulse.
 */
export interface ControlLedger extends AsyncDisposable {
  readonly url: string;
  readonly sql: Session;
  /** Locks a run and writes it down, in one round trip. */
  begin(run: About & { readonly id: string }): Promise<RunEntry>;
  /** A run that may leave rows in that database, mostly written down and locked ahead; `opened` says what of. */
  enter(database: string): Promise<RunEntry>;
  /** Takes over a run that nobody holds; null while somebody does. */
  claim(id: string): Promise<RunEntry | null>;
  find(id: string): Promise<{ state: string; database: string | null } | null>;
  sign(id: string): string;
  /** The run of a handle; refuses one that this ledger did not sign. */
  verify(handle: string): string;
  close(): Promise<void>;
}

/** What a run is of. */
export interface About {
  readonly plan: string;
  readonly environment: string;
  readonly term: Term;
}

/** Opens the ledger in the database of that URL, made when it isn't there. */
export async function openLedger(driver: Driver, url: string): Promise<ControlLedger> {
  const sql = await driver.open(url);
  try {
    const secret = await prepareLedger(sql);
    return ledgerFrom(sql, url, secret);
  } catch (error) {
    await sql.end();
    throw error;
  }
}

function ledgerFrom(sql: Session, url: string, secret: string): ControlLedger {
  const key = createSecretKey(Buffer.from(secret));
  const signed = (id: string) => `${id}.${createHmac('sha256', key).update(id).digest('hex')}`;
  // Handles of runs in reserve: signing is most of what entering one would cost.
  const ahead = new Map<string, string>();
  const meanwhile = (id: string) => void ahead.set(id, signed(id));
  const sign = (id: string) => {
    const handle = ahead.get(id) ?? signed(id);
    ahead.delete(id);
    return handle;
  };
  const reserves = new Map<string, Reserve>();
  const close = async () => {
    // Should the session be gone already, its locks are too, and the sweeper strikes them.
    for (const reserve of reserves.values()) await reserve.end().catch(() => undefined);
    await sql.end();
  };
  const held = new Set<string>();
  const hold = (id: string) => {
    held.add(id);
    return entryOf(sql, id, held);
  };
  return {
    url,
    sql,
    sign,
    close,
    [Symbol.asyncDispose]: close,
    async begin({ id, ...about }) {
      await sql.query(BEGIN, [id, ...columnsOf(about)], 'sw_begin');
      return hold(id);
    },
    async enter(database) {
      const reserve = reserves.get(database) ?? openReserve(sql, { database, meanwhile });
      reserves.set(database, reserve);
      return hold(await reserve.next());
    },
    async claim(id) {
      // A session gets the same lock twice, and then has to let go of it twice.
      if (held.has(id)) return hold(id);
      return (await lockRun(sql, id)) ? hold(id) : null;
    },
    async find(id) {
      const [row] = await sql.query(
        `select r.state, (select name from statewright.resource s where s.run = r.id and s.kind = 'rows')
           as database from statewright.run r where r.id = $1`,
        [id],
      );
      if (!row) return null;
      return { state: String(row['state']), database: (row['database'] as string | null) ?? null };
    },
    verify(handle) {
      const id = handle.slice(0, Math.max(0, handle.lastIndexOf('.')));
      const [given, right] = [Buffer.from(handle), Buffer.from(signed(id))];
      if (given.length === right.length && timingSafeEqual(given, right)) return id;
      throw new StatewrightError('run.foreignHandle', 'This handle was not given out here.', {
        hint: 'Use the handle that `up` printed, with the same --db. Nothing was changed.',
        ending: 'refused',
      });
    },
  };
}

function columnsOf({ plan, environment, term }: About): unknown[] {
  return [plan, environment, term.hold, term.hold === 'leased' ? term.ttlMs : null];
}

function entryOf(sql: Session, id: string, held: Set<string>): RunEntry {
  const set = (text: string, ...more: unknown[]) =>
    sql.query(
      `update statewright.run set ${text} where id = $1 returning expires_at::text as end`,
      [id, ...more],
    );
  const letGo = async () => {
    held.delete(id);
    await unlockRun(sql, id);
  };
  const strike = async (kind: ResourceKind, name: string) => {
    const params = [id, kind, name];
    await sql.query(STRIKE, params, 'sw_strike');
  };
  const record = async (kind: ResourceKind, name: string) => {
    await sql.query(RECORD, [id, kind, name], 'sw_record');
  };
  return {
    id,
    record,
    strike,
    async recordProcess({ pid, start }) {
      const name = `${pid}:${start}`;
      await record('process', name);
      return () => strike('process', name);
    },
    async opened(about) {
      if (about) await set(ABOUT, ...columnsOf(about));
      const [row] = await set(
        `state = 'open', expires_at = clock_timestamp() + ttl_ms * interval '1 ms'`,
      );
      const end = (row?.['end'] as string | null) ?? null;
      if (end !== null) await letGo();
      return end;
    },
    async closed() {
      await set(`state = 'closed', closed_at = now(), problem = null`);
      await letGo();
    },
    async failed(reason) {
      await set(`state = 'closing', attempts = attempts + 1, problem = $2`, reason.slice(0, 500));
      await letGo();
    },
  };
}

/** A held run is as good as open from here on: its lock alone tells whether it stands. */
const BEGIN = `
  with lock as (select pg_try_advisory_lock(${runKey})),
    run as (
      insert into statewright.run (id, plan, environment, hold, ttl_ms, state)
      select $1::text, $2, $3, $4::text, $5::float8,
        case $4 when 'held' then 'open' else 'opening' end from lock)
  select`;
/** Not yet open: until its lease begins to run, its lock tells whether it stands. */
const ABOUT = `plan = $2, environment = $3, hold = $4::text, ttl_ms = $5::float8,
  state = case $4 when 'held' then 'open' else 'opening' end`;
const RECORD = `insert into statewright.resource (run, kind, name) values ($1, $2, $3)
  on conflict do nothing`;
const STRIKE = 'delete from statewright.resource where run = $1 and kind = $2 and name = $3';

/** Makes the ledger's tables where they aren't, and gives its secret. Several processes may do this at once. */
export async function prepareLedger(sql: Sql): Promise<string> {
  const [there] = await sql.query("select to_regclass('statewright.secret') is not null as there");
  if (there?.['there'] !== true) await makeTables(sql);
  const secret = async () => {
    const [row] = await sql.query('select key from statewright.secret where id = 1');
    return row ? String(row['key']) : null;
  };
  const known = await secret();
  if (known !== null) return known;
  await sql.query(
    'insert into statewright.secret (id, key) values (1, $1) on conflict (id) do nothing',
    [randomBytes(32).toString('hex')],
  );
  return String(await secret());
}

/** Others of our parts make the schema too, under locks of their own: who comes second tries again. */
async function makeTables(sql: Sql): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await sql.query(`
        begin;
        select pg_advisory_xact_lock(hashtextextended('statewright:ledger', 0));
        ${tablesSql};
        commit`);
      return;
    } catch (error) {
      await sql.query('rollback');
      if (attempt === 3) throw error;
    }
  }
}

const tablesSql = `
  ${schemaSql};
  create table if not exists statewright.run (
    id text primary key,
    plan text not null,
    environment text not null,
    hold text not null check (hold in ('held', 'leased')),
    ttl_ms float8,
    state text not null default 'opening' check (state in ('opening', 'open', 'closing', 'closed')),
    attempts int not null default 0,
    problem text,
    begun_at timestamptz not null default now(),
    expires_at timestamptz,
    closed_at timestamptz
  );
  create table if not exists statewright.resource (
    run text not null references statewright.run (id) on delete cascade,
    kind text not null,
    name text not null,
    recorded_at timestamptz not null default now(),
    primary key (run, kind, name)
  );
  create table if not exists statewright.secret (id int primary key, key text not null)`;
