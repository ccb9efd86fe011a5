import type { Existing, Parents } from './bulk.ts';
import { textsOf } from './variants.ts';

/** Of a table without rows. */
export const NOBODY: Parents = { size: 0, cell: () => null, writer: () => () => false };

/** Rows that a table has already, as what foreign keys can point at. */
export function existingRows({ columns, cells }: Existing): Parents {
  const positions = new Map(columns.map((number, position) => [number, position]));
  const cell = (column: number, index: number) =>
    cells[index]?.[positions.get(column) ?? -1] ?? null;
  return {
    size: cells.length,
    cell,
    writer: (column) => textsOf(cells.length, (index) => cell(column, index)),
  };
}

/** What a key within the table points at: its rows to come, behind them those that were there. */
export function withStanding(rows: Parents, standing: Parents): Parents {
  const { size } = rows;
  return {
    size: size + standing.size,
    cell: (column, index) =>
      index < size ? rows.cell(column, index) : standing.cell(column, index - size),
    writer: (column) => {
      const [own, theirs] = [rows.writer(column), standing.writer(column)];
      return (sink, index) => (index < size ? own(sink, index) : theirs(sink, index - size));
    },
  };
}
