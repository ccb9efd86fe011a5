import type { Rows } from '../bulk/bulk.ts';
import { type Copier, type LayoutTable, tried } from '../db/db.ts';
import { copyStep, give, STEP } from './copy-step.ts';
import { withKeysAtOnce } from './keys-at-once.ts';
import { advance, fitted, type Outlook, outlookOf } from './outlook.ts';
import { refusalOf } from './refusal.ts';
import { restore, sequencesIn } from './sequences.ts';
import { settle } from './settle.ts';
import { transaction } from './transaction.ts';
import { writeCycle } from './write-cycle.ts';
import { turnsOf, writeInTurn } from './write-in-turn.ts';

/** How many rows a table got, and how long they took. */
export interface Loaded {
  readonly table: string;
  readonly rows: number;
  /** How many more it was given, which a trigger dropped; absent where none. */
  readonly dropped?: number;
  readonly ms: number;
}

export interface Loading {
  readonly sql: Copier;
  readonly now: () => number;
  readonly progress: (table: LayoutTable, rows: number) => void;
  /** Told what a table's triggers make of its rows. */
  readonly looked?: (table: LayoutTable, outlook: Outlook) => void;
}

/** Writes all rows in one transaction, and leaves every sequence where the next plain INSERT works. */
export async function loadRows(
  groups: readonly (readonly Rows[])[],
  loading: Loading,
): Promise<readonly Loaded[]> {
  return await loadMade(async () => ({ groups, written: false }), loading);
}

/** Makes rows that are written as they are made, for triggers have a say in those that follow. */
type Make<T> = (write: (group: readonly Rows[]) => Promise<void>) => Promise<T>;

/** `loadRows` of rows that are made in the same transaction. */
export async function loadMade(
  make: Make<{ readonly groups: readonly (readonly Rows[])[]; readonly written: boolean }>,
  loading: Loading,
): Promise<readonly Loaded[]> {
  const loaded: Loaded[] = [];
  const write = async (group: readonly Rows[]) => {
    loaded.push(...(await loadGroup(group, loading)));
  };
  await transaction({ sql: loading.sql, kept: false }, async () => {
    const { groups, written } = await make(write);
    if (!written) for (const group of groups) await write(group);
  });
  return loaded;
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

/** Writes a table's rows, or those of tables that need each other, inside the open transaction. */
export async function loadGroup(group: readonly Rows[], loading: Loading): Promise<Loaded[]> {
  const { now } = loading;
  const start = now();
  const [only] = group;
  const dropped = only && group.length === 1 ? await copyRows(only, loading) : 0;
  if (group.length > 1) await copyCycle(group, loading);
  const ms = (now() - start) / group.length;
  return group.map(({ job }) => ({
    ...{ table: job.table.sql, rows: job.count - dropped, ms },
    ...(dropped > 0 && { dropped }),
  }));
}

/** Tables that need each other at once, or in turn where triggers refuse that. */
async function copyCycle(group: readonly Rows[], loading: Loading): Promise<void> {
  const { sql, progress } = loading;
  const atOnce = async () => {
    await writeCycle(group, { sql, kept: false });
    for (const { job } of group) progress(job.table, job.count);
    return true;
  };
  const turns = group.some(({ job }) => job.table.triggers) ? turnsOf(group) : null;
  if (!turns) await atOnce();
  else if (!(await tried(sql, atOnce, false)))
    await writeInTurn(turns, (rows) => copyRows(rows, loading), sql);
}

/** Gives how many rows a trigger dropped. */
async function copyRows(given: Rows, { sql, progress, looked }: Loading): Promise<number> {
  const { table, count } = given.job;
  const outlook = await outlookOf(given, sql);
  looked?.(table, outlook);
  await give(outlook.settings, sql);
  const rows = fitted(given, outlook);
  const steps = async () => {
    let taken = 0;
    for (let from = 0; from < count; from += STEP) {
      const to = Math.min(count, from + STEP);
      taken += await copyStep(rows, { from, to }, { sql });
      progress(table, to);
    }
    return taken;
  };
  let dropped = 0;
  try {
    if (table.triggers) dropped = count - (await orSettled(rows, steps, sql));
    else await withKeysAtOnce(rows.job, sql, steps);
  } catch (error) {
    throw refusalOf(error, rows, false);
  }
  await advance(rows, count, sql);
  return dropped;
}

/** Triggers that refuse rows are asked row by row, and what they take is written; gives how many rows that is. */
async function orSettled(rows: Rows, write: () => Promise<number>, sql: Copier): Promise<number> {
  await sql.query('savepoint statewright_rows');
  try {
    return await write();
  } catch (error) {
    await sql.query('rollback to savepoint statewright_rows');
    if (rows.columns.length === 0) throw error;
    return await settle(rows, sql);
  }
}
