import { type Catalog, LARGE_OBJECTS, type Sql, type Table } from '../db/db.ts';
import { unlinkLarge } from './large-objects.ts';
import { eachRow, forgetMade, type Image, type Made, readMade } from './made.ts';
import { identity } from './quote.ts';
import { type Doomed, deleteAll, reachable } from './reach.ts';
import { restore } from './restore.ts';
import { type Since, writtenSince } from './since.ts';
import { callsOver } from './under-way.ts';

/** What taking a run's rows away came to. */
export interface Undone {
  readonly removed: number;
  readonly restored: number;
  /** Rows the app made that refer to ours and went with them, and the large objects those referred to. */
  readonly appRows: readonly { readonly table: string; readonly rows: number }[];
  /** Rows we changed that somebody changed again: left as they are. */
  readonly changedSince: readonly { readonly table: string; readonly key: Image }[];
  /** Rows that somebody else made or changed while the run stood and that refer to nothing of ours: left as they are. */
  readonly leftSince: readonly Since[];
}

export interface UndoOptions {
  readonly readCatalog: (sql: Sql) => Promise<Catalog>;
  /** Whether `leftSince` is asked for: it looks through every table. Left empty when absent. */
  readonly others?: boolean;
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
      if (attempt >= TRIES || !isPassing(error)) throw error;
    }
  }
}

const TRIES = 3;

/** A deadlock, a serialisation failure, a row that a request still in flight added: gone the next time. */
function isPassing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return ['40P01', '40001', '55P03', '23503'].includes(code);
}

async function undoOnce(
  sql: Sql,
  run: string,
  { readCatalog, others = false }: UndoOptions,
): Promise<Undone> {
  await sql.query('begin');
  try {
    const made = await readMade(sql, run);
    const catalog = made.length === 0 ? null : await readCatalog(sql);
    if (catalog) await callsOver(sql, made, catalog);
    const undone = catalog ? await undo(sql, run, { made, catalog }) : nothing;
    const leftSince = catalog && others ? await writtenSince(sql, run, catalog) : [];
    if (made.length > 0) await forgetMade(sql, run);
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
  { made, catalog }: { made: readonly Made[]; catalog: Catalog },
): Promise<Own> {
  const tables = new Map(catalog.tables.map((table) => [table.id, table]));
  const own = ownRows(made, tables);
  const ours = new Set(own.flatMap(({ table, rows }) => rows.map((row) => keyText(table, row))));
  const adjusted = made.filter(
    (entry) =>
      entry.kind === 'adjust' && !changes(entry, tables).some(({ text }) => ours.has(text)),
  );
  const first = await restore(sql, adjusted, tables);
  const changed = new Set(
    adjusted.flatMap((entry) => changes(entry, tables)).map(({ text }) => text),
  );
  const keep = (table: Table, row: Image) => changed.has(keyText(table, row));
  const doomed = await reachable(sql, own, { catalog, keep });
  const removed = await deleteAll(sql, doomed);
  const large = await unlinkLarge(sql, run, doomed);
  // A trigger on the rows just deleted may have undone what stood in the way.
  const second = await restore(sql, first.left, tables);
  return {
    removed,
    restored: first.restored + second.restored,
    appRows: [
      ...doomed.flatMap(({ table, rows }) => {
        const count = rows.filter((row) => !ours.has(keyText(table, row))).length;
        return count > 0 ? [{ table: table.id, rows: count }] : [];
      }),
      ...(large > 0 ? [{ table: LARGE_OBJECTS, rows: large }] : []),
    ],
    changedSince: second.left
      .flatMap((entry) => changes(entry, tables))
      .map(({ table, key }) => ({ table, key })),
  };
}

/** The rows a run inserted or had the app make, by table, found by what the ledger says finds them. */
function ownRows(made: readonly Made[], tables: ReadonlyMap<string, Table>): Doomed[] {
  const byTable = new Map<string, { table: Table; by: readonly string[]; rows: Image[] }>();
  for (const entry of made) {
    if (entry.kind === 'adjust') continue;
    for (const { of, row } of eachRow(entry)) {
      const table = tables.get(of.table);
      if (!table) continue;
      // A row the app was asked for is known whole once it is there; its e-mail may change, its key not.
      const isKnown = table.primaryKey.every((name) => name in row);
      const by = isKnown ? identity(table) : (of.key ?? identity(table));
      const place = JSON.stringify([of.table, by]);
      const known = byTable.get(place) ?? { table, by, rows: [] };
      known.rows.push(row);
      byTable.set(place, known);
    }
  }
  return [...byTable.values()];
}

function changes(
  entry: Made,
  tables: ReadonlyMap<string, Table>,
): { table: string; key: Image; text: string }[] {
  return eachRow(entry).flatMap(({ of, row }) => {
    const table = tables.get(of.table);
    const image = (row['new'] ?? {}) as Image;
    if (!table) return [];
    const by = of.key ?? identity(table);
    const key = Object.fromEntries(by.map((name) => [name, image[name] ?? null]));
    return [{ table: of.table, key, text: keyText(table, image) }];
  });
}

function keyText(table: Table, row: Image): string {
  return JSON.stringify([table.id, ...identity(table).map((name) => row[name] ?? null)]);
}
