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
