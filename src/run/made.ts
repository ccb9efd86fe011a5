import { setTimeout as sleep } from 'node:timers/promises';
import type { Row, Sql } from '../db/db.ts';
import type { Json } from '../kernel/digest.ts';
import { StatewrightError } from '../kernel/errors.ts';

/** A row of one table as JSON, or the part of it that finds it. */
export type Image = { readonly [column: string]: Json };

/**
 * An entry of the row ledger, which lives in the target and is written by the statement it is about.
 * `insert`: rows a step (or the app, journaled) made; `call`: what a row that the app is being asked for
 * will be found by; `adjust`: what a row was and became; `delete`: rows the app took away.
 */
export interface Made {
  readonly id: string;
  readonly kind: 'insert' | 'call' | 'adjust' | 'delete';
  readonly shape: readonly {
    readonly table: string;
    /** The columns that find the row; absent where those of its table's key do, or all of them. */
    readonly key?: readonly string[];
    readonly count: number;
    readonly columns?: readonly string[];
    /** The columns that the ledger's own `rows` hold as a list of values each; absent where they hold rows. */
    readonly lists?: readonly string[];
    /**
     * Of a call: when the app was asked, in ms since 1970 by the database's clock; null once that is over
     * without the row having been seen, absent once it was.
     */
    readonly asked?: number | null;
  }[];
  /** The rows of one table after those of another, as `shape` counts them; for an adjustment `{old, new}`. */
  readonly rows: readonly Image[];
}

/** Asked to make a schema that is there, PostgreSQL still wants the right to make one. */
export const schemaSql = `
  do $$ begin
    if to_regnamespace('statewright') is null then create schema statewright; end if;
  end $$`;

/**
 * Without index or check: every set-up writes here, and only a teardown reads, a run's few entries at a time. `since`:
 * transactions before that one had ended when the entry was written (`at`); what writes to it later leaves both as they are.
 */
export const madeTableSql = `
  ${schemaSql};
  create table if not exists statewright.made (
    id bigint generated always as identity,
    run text not null,
    kind text not null,
    shape text not null,
    rows json not null,
    since xid8 default pg_snapshot_xmin(pg_current_snapshot()),
    at timestamptz default statement_timestamp()
  )`;

/** An entry's rows beside the table each is of. */
export function eachRow(entry: Made): { of: Made['shape'][number]; row: Image }[] {
  let from = 0;
  return entry.shape.flatMap((of) => {
    const rows = entry.rows.slice(from, from + of.count);
    from += of.count;
    return rows.map((row) => ({ of, row }));
  });
}

/** Writes down, before the request, what the row that the app is asked for will be found by. */
export async function recordCall(
  sql: Sql,
  run: string,
  row: { table: string; by: readonly string[]; values: readonly unknown[] },
): Promise<string> {
  const image = Object.fromEntries(row.by.map((name, index) => [name, row.values[index]]));
  const [entry] = await sql.query(
    `insert into statewright.made (run, kind, shape, rows) values ($1, 'call', jsonb_set(
       $2::jsonb, '{0,asked}', to_jsonb(extract(epoch from clock_timestamp()) * 1000)), $3)
     returning id::text as id`,
    [run, JSON.stringify([{ table: row.table, key: row.by, count: 1 }]), JSON.stringify([image])],
    'sw_record_call',
  );
  return String(entry?.['id']);
}

/** The row is there: from now on it is known whole. */
export async function settleCall(sql: Sql, id: string, row: string): Promise<void> {
  await sql.query(
    `update statewright.made set rows = json_build_array($2::json),
       shape = shape::jsonb #- '{0,asked}' where id = $1`,
    [id, row],
    'sw_settle_call',
  );
}

/** The app is done with the request, as far as it will ever be. */
export async function endCall(sql: Sql, id: string): Promise<void> {
  await sql.query(
    `update statewright.made set shape = jsonb_set(shape::jsonb, '{0,asked}', 'null') where id = $1`,
    [id],
  );
}

/**
 * What a run made (after that entry), the last first. Waits for statements still under way (their client may be dead, yet
 * they would commit after we looked) and keeps other teardowns of the run out until the transaction ends.
 */
export async function readMade(sql: Sql, run: string, after = '0'): Promise<Made[]> {
  const there = await sql.query("select to_regclass('statewright.made') is not null as there");
  if (there[0]?.['there'] !== true) return [];
  await lockUndo(sql, run);
  await writersGone(sql);
  return await entriesOf(sql, run, after);
}

/** Until the transaction ends, nobody else takes that run's rows away. */
export async function lockUndo(sql: Sql, run: string): Promise<void> {
  await sql.query(UNDO_LOCK, [run], 'sw_undo');
}

/** `readMade` of a run that nobody else is at work on. */
export async function entriesOf(sql: Sql, run: string, after = '0'): Promise<Made[]> {
  const rows = await sql.query(
    `select id::text as id, kind, shape, rows::text as rows from statewright.made
     where run = $1 and id > $2 order by made.id desc`,
    [run, after],
  );
  return rows.map(entryFrom);
}

/** What other runs changed, the last first. */
export async function othersAdjusted(sql: Sql, run: string): Promise<Made[]> {
  const rows = await sql.query(
    `select id::text as id, kind, shape, rows::text as rows from statewright.made
     where run <> $1 and kind = 'adjust' order by made.id desc`,
    [run],
  );
  return rows.map(entryFrom);
}

/** What other runs made of these tables. */
export async function othersMade(
  sql: Sql,
  run: string,
  tables: readonly string[],
): Promise<Made[]> {
  const rows = await sql.query(
    `select id::text as id, kind, shape, rows::text as rows from statewright.made m
     where run <> $1 and kind in ('insert', 'call') and exists (
       select from json_array_elements(m.shape::json) s where s ->> 'table' = any ($2::text[]))`,
    [run, tables],
  );
  return rows.map(entryFrom);
}

/** Written by our own statements; the shapes are `Made`'s. */
function entryFrom(row: Row): Made {
  const shape = JSON.parse(String(row['shape'])) as Made['shape'];
  const held = parseExact(String(row['rows']));
  return {
    id: String(row['id']),
    kind: row['kind'] as Made['kind'],
    shape,
    rows: shape.some(({ lists }) => lists)
      ? listedRows(shape, held as Json[][])
      : (held as Image[]),
  };
}

/** Rows out of the lists of their columns. */
function listedRows(shape: Made['shape'], values: readonly (readonly Json[])[]): Image[] {
  let from = 0;
  return shape.flatMap(({ count, lists = [] }) => {
    const own = values.slice(from, from + lists.length);
    from += lists.length;
    return Array.from({ length: count }, (_, row) =>
      Object.fromEntries(lists.map((name, index) => [name, own[index]?.[row] ?? null])),
    );
  });
}

/** Not the run's own lock: the ledger may be in this very database, and whoever takes the run down holds that. */
const UNDO_LOCK = `select pg_advisory_xact_lock(hashtextextended('statewright:undo:' || $1, 0))`;

const PATIENCE_MS = 30_000;

/**
 * Waits until the transactions that write to the row ledger now have ended; those that begin later don't
 * matter, for a run that is being undone begins none. A lock on the table would stop every other run.
 */
async function writersGone(sql: Sql): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  let waiting: Set<string> | null = null;
  for (;;) {
    const writing = (await sql.query(WRITERS, [], 'sw_writers')).map((row) => String(row['it']));
    const first = waiting;
    const still: readonly string[] = first ? writing.filter((it) => first.has(it)) : writing;
    if (still.length === 0) return;
    if (performance.now() > deadline) throw stillWriting();
    waiting = new Set(still);
    await sleep(2);
  }
}

/** A virtual transaction's name is never used again. */
const WRITERS = `
  select virtualtransaction as it from pg_locks
  where locktype = 'relation' and relation = 'statewright.made'::regclass and mode = 'RowExclusiveLock'
    and granted and pid <> pg_backend_pid()
    and database = (select oid from pg_database where datname = current_database())`;

function stillWriting(): StatewrightError {
  const message = 'Another session has been writing states in one transaction for 30 s.';
  return new StatewrightError('run.stillWriting', `${message} Nothing was taken away.`, {
    hint: 'End the transaction that was left open (pg_stat_activity shows it); then try again.',
  });
}

export async function forgetMade(sql: Sql, run: string, after = '0'): Promise<void> {
  await sql.query('delete from statewright.made where run = $1 and id > $2', [run, after]);
}

/** JSON whose numbers JavaScript can't hold stay as their text. */
export function parseExact(text: string): unknown {
  if (!mayHoldLongNumber(text)) return JSON.parse(text);
  const exact = (_: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
      ? context.source
      : value;
  return JSON.parse(text, exact as (key: string, value: unknown) => unknown);
}

const LONG = 16;

/** Sixteen digits in a row (or dots) cover one place in sixteen: only those are looked at. */
function mayHoldLongNumber(text: string): boolean {
  for (let at = 0; at < text.length; at += LONG) {
    if (!isDigit(text, at)) continue;
    let [from, to] = [at, at];
    while (isDigit(text, from - 1)) from--;
    while (isDigit(text, to + 1)) to++;
    if (to - from + 1 >= LONG) return true;
  }
  return false;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (code >= 48 && code <= 57) || code === 46;
}
