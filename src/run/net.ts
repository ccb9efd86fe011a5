import { identity, keyOf, type Table } from '../db/db.ts';
import { eachRow, type Image, type Made } from './made.ts';
import type { Doomed } from './reach.ts';

/** A row that was there before and was deleted: where its image stands in the row ledger. */
export interface Gone {
  readonly table: Table;
  readonly entry: string;
  /** From 1. */
  readonly at: number;
  readonly row: Image;
  /** What the run last put in its place; null where nothing. */
  readonly instead: Image | null;
}

/** What a run's entries come to. */
export interface Net {
  /** Rows the run made, or had the app make, to take away. */
  readonly own: readonly Doomed[];
  readonly gone: readonly Gone[];
  /** Changes of rows that were there before, the last first. */
  readonly adjusted: readonly Made[];
}

export function keyText(table: Table, row: Image): string {
  return JSON.stringify([table.id, ...identity(table).map((name) => row[name] ?? null)]);
}

/**
 * Of entries (the last first): the first thing that happened to a row tells whether it was there before.
 * Rows without a key are told by all they hold, and counted.
 */
export function netOf(made: readonly Made[], tables: ReadonlyMap<string, Table>): Net {
  const own = ownRows();
  const gone = new Map<string, Gone[]>();
  const adjusted: Made[] = [];
  for (const entry of made.toReversed()) {
    for (const [index, { of, row }] of eachRow(entry).entries()) {
      const table = tables.get(of.table);
      if (!table) continue;
      const image = entry.kind === 'adjust' ? ((row['new'] ?? {}) as Image) : row;
      const key = keyText(table, image);
      const before = gone.get(key)?.at(-1);
      if (entry.kind === 'adjust') {
        if (before) gone.set(key, [{ ...before, instead: image }]);
        else if (!own.has(key)) adjusted.unshift(entry);
      } else if (entry.kind === 'delete') {
        if (before && keyOf(table).length > 0) gone.set(key, [{ ...before, instead: null }]);
        else if (!own.drop(table, key)) {
          const lost = { table, entry: entry.id, at: index + 1, row, instead: null };
          gone.set(key, [...(gone.get(key) ?? []), lost]);
        }
      } else if (!before) own.add(of, table, row);
      else if (keyOf(table).length > 0) gone.set(key, [{ ...before, instead: row }]);
      else gone.get(key)?.pop();
    }
  }
  return { own: own.all(), gone: [...gone.values()].flat(), adjusted };
}

/** Rows by table and by the columns that find them, with how often each stands there. */
function ownRows() {
  const groups = new Map<string, { table: Table; by: readonly string[]; rows: Image[] }>();
  const counts = new Map<string, number>();
  return {
    has: (key: string) => (counts.get(key) ?? 0) > 0,
    add(of: Made['shape'][number], table: Table, row: Image): void {
      // A row the app was asked for is known whole once it is there; its e-mail may change, its key not.
      const isKnown = identity(table).every((name) => name in row);
      const by = isKnown ? identity(table) : (of.key ?? identity(table));
      const place = JSON.stringify([of.table, by]);
      const known = groups.get(place) ?? { table, by, rows: [] };
      known.rows.push(row);
      groups.set(place, known);
      const key = keyText(table, row);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    /** Whether it was ours. With a key it is still found by it, should it come again; without one fewer are. */
    drop(table: Table, key: string): boolean {
      const count = counts.get(key) ?? 0;
      if (count === 0) return false;
      if (keyOf(table).length > 0) return true;
      counts.set(key, count - 1);
      const rows = groups.get(JSON.stringify([table.id, identity(table)]))?.rows ?? [];
      const at = rows.findIndex((row) => keyText(table, row) === key);
      if (at >= 0) rows.splice(at, 1);
      return true;
    },
    all: (): Doomed[] => [...groups.values()],
  };
}

/** The rows that an entry changed, as they became. */
export function changes(
  entry: Made,
  tables: ReadonlyMap<string, Table>,
): { table: string; key: Image; text: string }[] {
  return eachRow(entry).flatMap(({ of, row }) => {
    const table = tables.get(of.table);
    const image = (row['new'] ?? {}) as Image;
    if (!table) return [];
    return [{ table: of.table, key: keyImage(table, image), text: keyText(table, image) }];
  });
}

/** The part of a row that finds it. */
export function keyImage(table: Table, row: Image): Image {
  return Object.fromEntries(identity(table).map((name) => [name, row[name] ?? null]));
}
