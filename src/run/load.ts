import type { Rows } from '../bulk/bulk.ts';
import type { Copier, LayoutTable } from '../db/db.ts';
import { withKeysAtOnce } from './keys-at-once.ts';
import { advance, fitted, namesOf, type Outlook, outlookOf } from './outlook.ts';
import { refusalOf } from './refusal.ts';
import { restore, sequencesIn } from './sequences.ts';
import { settle } from './settle.ts';

/** How many rows a table got, and how long they took. */
export interface Loaded {
  readonly table: string;
  readonly rows: number;
  readonly ms: number;
}

export interface Loading {
  readonly sql: Copier;
  readonly now: () => number;
  readonly progress: (table: LayoutTable, rows: number) => void;
  /** Keeps what was written so far: rows are committed as they come. One transaction where absent. */
  readonly keep?: Keep;
}

/** How far a load that may be taken up again has come, table by oid. */
export interface Keep {
  readonly done: ReadonlyMap<number, Progress>;
  /** Called inside the transaction that wrote the rows. */
  save(table: number, progress: Progress): Promise<void>;
}

export interface Progress extends Outlook {
  readonly rows: number;
}

/** How many rows are written between two words of progress, and between two commits of a kept load. */
const STEP = 100_000;

/**
 * Writes all rows, and leaves every sequence where the next plain INSERT works: in one transaction, or,
 * with `keep`, in one for each step of a table, so that a killed load goes on where it stood.
 */
export async function loadRows(
  groups: readonly (readonly Rows[])[],
  loading: Loading,
): Promise<readonly Loaded[]> {
  const whole = () => loadGroups(groups, loading);
  return loading.keep ? await whole() : await transaction(loading.sql, whole);
}

/** Makes rows that are written as they are made, for triggers have a say in those that follow. */
type Make<T> = (write: (group: readonly Rows[]) => Promise<void>) => Promise<T>;

/** `loadRows` of rows that are made in the same transaction. */
export async function loadMade(
  make: Make<{ readonly groups: readonly (readonly Rows[])[]; readonly written: boolean }>,
  loading: Loading,
): Promise<readonly Loaded[]> {
  const loaded: Loaded[] = [];
  return await transaction(loading.sql, async () => {
    const { groups, written } = await make(async (group) => {
      loaded.push(...(await loadGroup(group, loading)));
    });
    return written ? loaded : await loadGroups(groups, loading);
  });
}

/** Makes rows as `loadMade` does, and leaves the database as it was. */
export async function rehearse<T>(make: Make<T>, loading: Loading): Promise<T> {
  const { sql } = loading;
  const sequences = await sequencesIn(sql);
  await sql.query('begin');
  try {
    return await make(async (group) => {
      await loadGroup(group, loading);
    });
  } finally {
    await sql.query('rollback');
    await restore(sequences, sql);
  }
}

async function loadGroups(
  groups: readonly (readonly Rows[])[],
  loading: Loading,
): Promise<readonly Loaded[]> {
  const loaded: Loaded[] = [];
  for (const group of groups) loaded.push(...(await loadGroup(group, loading)));
  return loaded;
}

async function transaction<T>(sql: Copier, work: () => Promise<T>): Promise<T> {
  await sql.query('begin');
  try {
    const found = await work();
    await sql.query('commit');
    return found;
  } catch (error) {
    await sql.query('rollback').catch(() => undefined);
    throw refusalOf(error, null, false);
  }
}

/** A step of its own where what is written is kept, else a part of the whole. */
function step<T>({ sql, keep }: Loading, work: () => Promise<T>): Promise<T> {
  return keep ? transaction(sql, work) : work();
}

export async function loadGroup(group: readonly Rows[], loading: Loading): Promise<Loaded[]> {
  const [only] = group;
  if (only && group.length === 1) return [await copyRows(only, loading)];
  if (only && (loading.keep?.done.get(only.job.table.oid)?.rows ?? 0) > 0) {
    return group.map(({ job }) => ({ table: job.table.sql, rows: job.count, ms: 0 }));
  }
  return await step(loading, () => writeCycle(group, loading));
}

async function copyRows(given: Rows, loading: Loading): Promise<Loaded> {
  const { sql, now, progress, keep } = loading;
  const { table, count } = given.job;
  const start = now();
  const known = keep?.done.get(table.oid);
  const outlook = known ?? (await step(loading, () => outlookOf(given, sql)));
  for (const setting of outlook.settings) await give(setting, sql);
  const rows = fitted(given, outlook);
  const steps = async () => {
    for (let from = known?.rows ?? 0; from < count; from += STEP) {
      const to = Math.min(count, from + STEP);
      await step(loading, async () => {
        await copyStep(rows, { from, to }, sql);
        if (keep) await advance(rows, to, sql);
        await keep?.save(table.oid, { ...outlook, rows: to });
      });
      progress(table, to);
    }
  };
  try {
    if (keep) await steps();
    else if (table.triggers) await orSettled(rows, steps, sql);
    else await withKeysAtOnce(rows.job, sql, steps);
  } catch (error) {
    throw refusalOf(error, rows, keep !== undefined);
  }
  if (!keep) await advance(rows, count, sql);
  return { table: table.sql, rows: count, ms: now() - start };
}

async function copyStep(
  rows: Rows,
  { from, to }: { from: number; to: number },
  sql: Copier,
): Promise<void> {
  const { table } = rows.job;
  if (rows.columns.length > 0) {
    await sql.copyIn(`copy ${table.sql} (${namesOf(rows)}) from stdin`, rows.lines({ from, to }));
    return;
  }
  for (let at = from; at < to; at++) await sql.query(`insert into ${table.sql} default values`);
}

/** Triggers that refuse rows are asked row by row, and what they take is written. */
async function orSettled(rows: Rows, write: () => Promise<void>, sql: Copier): Promise<void> {
  await sql.query('savepoint statewright_rows');
  try {
    await write();
  } catch (error) {
    await sql.query('rollback to savepoint statewright_rows');
    if (rows.columns.length === 0) throw error;
    await settle(rows, sql);
  }
}

async function give(setting: string, sql: Copier): Promise<void> {
  await sql.query("select set_config($1, 'statewright', false)", [setting]);
}

/** Tables that need each other go in with one statement: foreign keys are checked at its end. */
async function writeCycle(group: readonly Rows[], loading: Loading): Promise<Loaded[]> {
  const { sql, now, progress, keep } = loading;
  const start = now();
  const parts: string[] = [];
  for (const [at, rows] of group.entries()) {
    const { table, count } = rows.job;
    const stage = `pg_temp."statewright load ${at}"`;
    await sql.query(`drop table if exists ${stage};
      create temp table "statewright load ${at}" as select ${namesOf(rows)} from ${table.sql} limit 0`);
    await sql.copyIn(`copy ${stage} from stdin`, rows.lines({ from: 0, to: count }));
    parts.push(`"in ${at}" as (insert into ${table.sql} (${namesOf(rows)}) overriding system value
      select * from ${stage} returning 1)`);
    progress(table, count);
  }
  const last = parts.map((_, at) => `(select count(*) from "in ${at}")`).join(' + ');
  try {
    await sql.query(`with ${parts.join(', ')} select ${last} as n`);
  } catch (error) {
    throw refusalOf(error, culprit(error, group), keep !== undefined);
  }
  for (const [at, rows] of group.entries()) {
    await sql.query(`drop table pg_temp."statewright load ${at}"`);
    await advance(rows, rows.job.count, sql);
    await keep?.save(rows.job.table.oid, { left: [], settings: [], rows: rows.job.count });
  }
  const ms = (now() - start) / group.length;
  return group.map(({ job }) => ({ table: job.table.sql, rows: job.count, ms }));
}

/** The rows of a cycle that an error speaks of. */
function culprit(error: unknown, group: readonly Rows[]): Rows | null {
  const named = error instanceof Error ? Reflect.get(error, 'table') : undefined;
  return group.find(({ job }) => job.table.name === named) ?? group[0] ?? null;
}
