import type { Column, Table } from '../db/db.ts';
import type { Param } from './state.ts';

/** Where a column's value comes from: a parameter, or a column of another row (`index` of its several). */
export type Cell =
  | { readonly kind: 'param'; readonly param: Param }
  | { readonly kind: 'ref'; readonly row: string; readonly column: string; readonly index: number };

export type Cells = ReadonlyMap<string, Cell>;

/** A row to insert, one set of cells for each of its `count`; columns without a cell take their default. */
export interface MadeRow {
  readonly kind: 'made';
  readonly name: string;
  readonly table: Table;
  readonly tuples: readonly Cells[];
  /** Columns the plan itself sets; the rest was generated. */
  readonly planned: ReadonlySet<string>;
}

/** A row that is there, found by `where`, changed by `update`. */
interface MatchedRow {
  readonly kind: 'matched';
  readonly name: string;
  readonly table: Table;
  readonly where: Cells;
  readonly update: Cells | null;
}

/** A row the app itself makes, asked through its API; `set` is what the plan wants of it. */
export interface CalledRow {
  readonly kind: 'called';
  readonly name: string;
  readonly table: Table;
  readonly set: Cells;
  readonly reason: string;
}

export type Draft = MadeRow | MatchedRow | CalledRow;

/** The cells the plan gives a row: of several, those of the first. */
export function cellsOf(row: Draft): Cells {
  if (row.kind === 'made') return row.tuples[0] ?? new Map();
  return row.kind === 'called' ? row.set : row.where;
}

/** The names of the rows that cells take values from. */
export function sources(cells: Cells): string[] {
  return [...cells.values()].flatMap((cell) => (cell.kind === 'ref' ? [cell.row] : []));
}

export function columnOf(table: Table, name: string): Column | undefined {
  return table.columns.find((column) => column.name === name);
}

/** Whether the database fills the column when an INSERT leaves it out. */
export function fillsItself(column: Column): boolean {
  return column.nullable || !['none', 'application'].includes(column.default.kind);
}
