import { type Catalog, keyOf, type Sql, type Table } from '../db/db.ts';
import { eachRow, type Image, type Made, othersMade } from './made.ts';
import { changes, keyText } from './net.ts';
import { assertLetsGo, olderOf } from './older.ts';
import { type Doomed, reachable } from './reach.ts';
import { restore } from './restore.ts';

interface Along {
  readonly run: string;
  readonly catalog: Catalog;
  /** Rows that the run's entries speak of: those were there before, or are ours. */
  readonly keep: (table: Table, row: Image) => boolean;
  readonly ours: ReadonlySet<string>;
  /** What other runs changed. */
  readonly others: readonly Made[];
}

/**
 * Rows to take away with ours: all that refer to them, but for those that were there before somebody `pointed` them at
 * ours, or that another run made: of those foreign keys let go.
 */
export async function goingAlong(
  sql: Sql,
  there: readonly Doomed[],
  along: Along,
): Promise<{ doomed: Doomed[]; pointed: readonly Doomed[] }> {
  const { run, catalog, keep, ours } = along;
  const doomed = await reachableOf(sql, there, along);
  const unknown = doomed.map((one) => ({
    ...one,
    rows: one.rows.filter((row) => !ours.has(keyText(one.table, row))),
  }));
  const parts = [olderOf(sql, run, unknown), rowsOfOthers(sql, run, unknown)];
  const older = (await Promise.all(parts)).flat();
  if (older.length === 0) return { doomed, pointed: [] };
  const texts = older.flatMap(({ table, rows }) => rows.map((row) => keyText(table, row)));
  const stays = new Set(texts);
  const left = await reachable(sql, there, {
    catalog,
    keep: (table, row) => keep(table, row) || stays.has(keyText(table, row)),
  });
  assertLetsGo(older, left);
  return { doomed: left, pointed: older };
}

/** Those of the rows that another run made which stands, and that somebody has pointed elsewhere since. */
async function rowsOfOthers(
  sql: Sql,
  run: string,
  unknown: readonly Doomed[],
): Promise<readonly Doomed[]> {
  const keyed = unknown.filter(({ table, rows }) => rows.length > 0 && keyOf(table).length > 0);
  if (keyed.length === 0) return [];
  const made = await othersMade(sql, run, [...new Set(keyed.map(({ table }) => table.id))]);
  const images = made.flatMap(eachRow);
  return keyed.flatMap((one) => {
    const { table } = one;
    const own = images.filter(({ of }) => of.table === table.id);
    const found = new Map(own.map(({ row }) => [keyText(table, row), row]));
    const rows = one.rows.filter((row) => {
      const image = found.get(keyText(table, row));
      return image && isMoved(table, row, image);
    });
    return rows.length > 0 ? [{ ...one, rows }] : [];
  });
}

/** Whether it refers to something else than when it was made, as far as that run wrote that down. */
function isMoved({ foreignKeys }: Table, row: Image, made: Image): boolean {
  const told = (image: Image, column: string) => JSON.stringify(image[column] ?? null);
  return foreignKeys.some(({ columns }) =>
    columns.some((column) => !(column in made) || told(row, column) !== told(made, column)),
  );
}

type Reaching = Parameters<typeof reachable>[2];

/**
 * `reachable`, once rows that another run made refer to ours by changing them no longer do: what they referred to
 * before is what they refer to again.
 */
async function reachableOf(
  sql: Sql,
  there: readonly Doomed[],
  { catalog, keep, others }: Reaching & { readonly others: readonly Made[] },
): Promise<Doomed[]> {
  const tables = new Map(catalog.tables.map((table) => [table.id, table]));
  const keysOf = (entry: Made) => changes(entry, tables).map(({ text }) => text);
  const changed = new Set(others.flatMap(keysOf));
  const pointed = new Set<string>();
  const doomed = await reachable(sql, there, {
    catalog,
    keep(table, row) {
      const key = keyText(table, row);
      if (changed.has(key)) pointed.add(key);
      return keep(table, row) || changed.has(key);
    },
  });
  if (pointed.size === 0) return doomed;
  const theirs = others.flatMap((entry) => {
    const [shape] = entry.shape;
    if (!shape || !keysOf(entry).some((key) => pointed.has(key))) return [];
    const keys = tables.get(shape.table)?.foreignKeys.flatMap((key) => key.columns) ?? [];
    const columns = (shape.columns ?? []).filter((column) => keys.includes(column));
    return columns.length > 0 ? [{ ...entry, shape: [{ ...shape, columns }] }] : [];
  });
  await restore(sql, theirs, tables);
  return await reachable(sql, there, { catalog, keep });
}
