import { type MadeRow, sources } from './draft.ts';
import { isNumbered } from './sequence.ts';

/** Rows of one table that go in with one INSERT; its CTE has the name of the first. */
export interface Group {
  readonly name: string;
  readonly rows: readonly MadeRow[];
}

/** Where a row stands: in which CTE, from which of its rows on, and whether the CTE has no other. */
export interface Seat {
  readonly group: string;
  readonly offset: number;
  readonly alone: boolean;
  /** The row itself, and from which of all rows of the statement on; null where it is drawn ahead of any. */
  readonly made: { readonly row: MadeRow; readonly from: number } | null;
}

/**
 * Ordered rows, those of one table together as far as their sources allow: an INSERT costs PostgreSQL more
 * than a row does. A row joins an earlier INSERT only if all it needs comes before that. Rows with numbers of their own
 * come first in theirs, so that the sequence draws past them.
 */
export function groupRows(rows: readonly MadeRow[]): Group[] {
  const groups: { name: string; rows: MadeRow[] }[] = [];
  const place = new Map<string, number>();
  for (const row of rows) {
    const needs = row.tuples.flatMap(sources).map((name) => place.get(name) ?? -1);
    const first = Math.max(-1, ...needs) + 1;
    const at = groups.findIndex(
      (group, index) => index >= first && group.rows[0]?.table.id === row.table.id,
    );
    if (at >= 0) groups[at]?.rows.push(row);
    else groups.push({ name: row.name, rows: [row] });
    place.set(row.name, at >= 0 ? at : groups.length - 1);
  }
  return groups.map((group) => ({ ...group, rows: numberedFirst(group.rows) }));
}

function numberedFirst(rows: readonly MadeRow[]): readonly MadeRow[] {
  const numbered = new Set(rows.filter(isNumbered));
  return numbered.size === 0 ? rows : [...numbered, ...rows.filter((row) => !numbered.has(row))];
}

/** The seats of all rows, by name. */
export function seatRows(groups: readonly Group[]): Map<string, Seat> {
  const seats = new Map<string, Seat>();
  let before = 0;
  for (const { name: group, rows } of groups) {
    const total = rows.reduce((sum, row) => sum + row.tuples.length, 0);
    let offset = 0;
    for (const row of rows) {
      const made = { row, from: before + offset };
      seats.set(row.name, { group, offset, alone: total === 1, made });
      offset += row.tuples.length;
    }
    before += total;
  }
  return seats;
}
