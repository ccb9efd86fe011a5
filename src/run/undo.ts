import { type Catalog, keyOf, LARGE_OBJECTS, type Sql, type Table } from '../db/db.ts';
import { goingAlong } from './along.ts';
import { handOn } from './hand-on.ts';
import { unlinkLarge } from './large-objects.ts';
import { entriesOf, forgetMade, type Image, type Made, othersAdjusted, readMade } from './made.ts';
import { changes, keyImage, keyText, type Net, netOf } from './net.ts';
import { type Doomed, deleteAll, present } from './reach.ts';
import { partReplaced } from './replaced.ts';
import { assertShape } from './reshaped.ts';
import { restore } from './restore.ts';
import { revive } from './revive.ts';
import { type Since, writtenSince } from './since.ts';
import { stillHeld } from './still-held.ts';
import { callsOver } from './under-way.ts';
import { assertFindable, assertGone } from './whereabouts.ts';

/** What taking a run's rows away came to. */
export interface Undone {
  readonly removed: number;
  readonly restored: number;
  /** Rows the app made that refer to ours and went with them, and the large objects those referred to. */
  readonly appRows: readonly { readonly table: string; readonly rows: number }[];
  /** Rows we changed that somebody changed again, or that came in the place of ours when their table was emptied: left as they are. */
  readonly changedSince: readonly { readonly table: string; readonly key: Image }[];
  /** Rows that somebody else made or changed while the run stood and that refer to nothing of ours: left as they are. */
  readonly leftSince: readonly Since[];
}

export interface UndoOptions {
  readonly readCatalog: (sql: Sql) => Promise<Catalog>;
  /** Whether `leftSince` is asked for: it looks through every table. Left empty when absent. */
  readonly others?: boolean;
  /** Only what the run's entries after that one say; all of them when absent. */
  readonly after?: string;
  /** So many seconds, three times, a row that somebody else holds is waited for. */
  readonly patience?: number;
}

/**
 * Takes away exactly what a run made, in one transaction: what it changed is set back where it still is
 * as we left it, its rows go, and with them the rows of the app that refer to them. Doing it twice is
 * doing it once. The order is the reverse of set-up; PostgreSQL checks foreign keys at the end.
 */
export async function undoRows(sql: Sql, run: string, options: UndoOptions): Promise<Undone> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await undoOnce(sql, run, options);
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (attempt < TRIES) continue;
      throw codeOf(error) === LOCKED ? await stillHeld(sql, error) : error;
    }
  }
}

const TRIES = 3;
const LOCKED = '55P03';

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** A deadlock, a serialisation failure, a row that a request still in flight added: gone the next time. */
function isPassing(error: unknown): boolean {
  return ['40P01', '40001', LOCKED, '23503'].includes(codeOf(error));
}

/** What `undoRows` would do, inside a transaction of the run: for the caller to take back. */
export async function rehearseUndo(
  sql: Sql,
  run: string,
  { readCatalog }: Pick<UndoOptions, 'readCatalog'>,
): Promise<void> {
  await sql.query(`set local statewright.run = ''`);
  const made = await entriesOf(sql, run);
  await undo(sql, run, { made, catalog: await readCatalog(sql), untouched: true });
}

async function undoOnce(
  sql: Sql,
  run: string,
  { readCatalog, others = false, after, patience = 10 }: UndoOptions,
): Promise<Undone> {
  // Taking away is no writing of the run's, even in a session of its own.
  await sql.query(`begin; set local statewright.run = ''`);
  try {
    const made = await readMade(sql, run, after);
    const [catalog] =
      made.length === 0
        ? [null]
        : await Promise.all([
            readCatalog(sql),
            sql.query(`set local lock_timeout = '${patience}s'`),
          ]);
    if (catalog) await callsOver(sql, made, catalog);
    const undone = catalog ? await undo(sql, run, { made, catalog }) : nothing;
    const leftSince = catalog && others ? await writtenSince(sql, run, catalog) : [];
    if (made.length > 0) await forgetMade(sql, run, after);
    await sql.query('commit');
    return { ...undone, leftSince };
  } catch (error) {
    await sql.query('rollback').catch(() => undefined);
    throw error;
  }
}

type Own = Omit<Undone, 'leftSince'>;
const nothing: Own = { removed: 0, restored: 0, appRows: [], changedSince: [] };

async function undo(
  sql: Sql,
  run: string,
  {
    made,
    catalog,
    untouched = false,
  }: { made: readonly Made[]; catalog: Catalog; untouched?: boolean },
): Promise<Own> {
  const tables = new Map(catalog.tables.map((table) => [table.id, table]));
  assertShape(made, tables);
  const net = netOf(made, tables);
  const { gone } = net;
  const { own, replaced } = await partReplaced(sql, net.own, made);
  const entries = made.map(({ id }) => id);
  const there = await present(sql, own);
  const keyless = await assertFindable(sql, own, { there, entries, tables, untouched });
  const ours = new Set(own.flatMap(({ table, rows }) => rows.map((row) => keyText(table, row))));
  const keyed = gone.filter(({ table }) => keyOf(table).length > 0);
  const adjusted = await handOn(sql, net.adjusted, tables);
  const early = await bringBack(sql, { gone: keyed, adjusted }, tables);
  const changed = new Set([
    ...net.adjusted.flatMap((entry) => changes(entry, tables)).map(({ text }) => text),
    ...keyed.map(({ table, row }) => keyText(table, row)),
  ]);
  const keep = (table: Table, row: Image) => changed.has(keyText(table, row));
  const others = own.length > 0 ? await othersAdjusted(sql, run) : [];
  const along = { run, catalog, keep, ours, others };
  const { doomed, pointed } = await goingAlong(sql, there, along);
  const removed = await deleteAll(sql, doomed, entries);
  if (doomed.some(({ table }) => table.departures)) await assertGone(sql, own, keyless);
  const large = await unlinkLarge(sql, run, doomed);
  // What was deleted just now, or a trigger on it, may have stood in the way.
  const late = await bringBack(sql, early, tables);
  const unkeyed = gone.filter(({ table }) => keyOf(table).length === 0);
  const lost = [...late.gone, ...(await revive(sql, unkeyed))];
  return {
    removed,
    restored: adjusted.length - late.adjusted.length + gone.length - lost.length,
    appRows: [
      ...doomed.flatMap(({ table, rows }) => {
        const count = rows.filter((row) => !ours.has(keyText(table, row))).length;
        return count > 0 ? [{ table: table.id, rows: count }] : [];
      }),
      ...(large > 0 ? [{ table: LARGE_OBJECTS, rows: large }] : []),
    ],
    changedSince: [
      ...late.adjusted.flatMap((entry) => changes(entry, tables)),
      ...[...lost, ...replaced, ...pointed.flatMap(eachDoomed)].map(({ table, row }) => ({
        table: table.id,
        key: keyImage(table, row),
      })),
    ].map(({ table, key }) => ({ table, key })),
  };
}

function eachDoomed({ table, rows }: Doomed): { table: Table; row: Image }[] {
  return rows.map((row) => ({ table, row }));
}

type Back = Pick<Net, 'gone' | 'adjusted'>;

/** Again and again, for one may wait for another; gives those for which something else stands in the way. */
async function bringBack(
  sql: Sql,
  { gone, adjusted }: Back,
  tables: ReadonlyMap<string, Table>,
): Promise<Back> {
  if (gone.length + adjusted.length === 0) return { gone, adjusted };
  const away = await revive(sql, gone);
  const keys = new Set(away.map(({ table, row }) => keyText(table, row)));
  const waits = (entry: Made) => changes(entry, tables).some(({ text }) => keys.has(text));
  const now = adjusted.filter((entry) => !waits(entry));
  const left = {
    gone: away,
    adjusted: [...adjusted.filter(waits), ...(await restore(sql, now, tables))],
  };
  const more = left.gone.length + left.adjusted.length;
  return more < gone.length + adjusted.length ? bringBack(sql, left, tables) : left;
}
