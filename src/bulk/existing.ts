import type { Parents } from './bulk.ts';
import { put } from './sink.ts';
import { encoded } from './variants.ts';

/** Rows that a table has already: the cells of each in the order of `columns`. */
export function existingRows(
  columns: readonly number[],
  cells: readonly (readonly (string | null)[])[],
): Parents {
  const positions = new Map(columns.map((number, position) => [number, position]));
  const cell = (column: number, index: number) =>
    cells[index]?.[positions.get(column) ?? -1] ?? null;
  return {
    size: cells.length,
    cell,
    writer(column) {
      const texts = cells.map((_, index) => encoded(cell(column, index)));
      return (sink, index) => {
        const bytes = texts[index];
        if (!bytes) return false;
        put(sink, bytes);
        return true;
      };
    },
  };
}
