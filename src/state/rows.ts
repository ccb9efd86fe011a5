import type { Table } from '../db/db.ts';
import type { Plan, PlannedRow, Value } from '../plan/plan.ts';
import { cellOf } from './cells.ts';
import { type Cell, columnOf, type Draft } from './draft.ts';

/** The plan's rows with their values as cells, by name and in the plan's order. Tables and columns must exist. */
export function readRows(
  plan: Plan,
  { tables, seed }: { tables: ReadonlyMap<string, Table>; seed: string },
): Map<string, Draft> {
  const rows = new Map<string, Draft>();
  const planned = plan.given.rows;
  for (const [name, row] of Object.entries(planned)) {
    const table = tables.get(row.table);
    if (!table) continue;
    const read = (values: Readonly<Record<string, Value>>, index: number) => {
      const cells = new Map<string, Cell>();
      for (const [key, value] of Object.entries(values)) {
        const column = columnOf(table, key);
        if (!column) continue;
        const cell = cellOf(value, { seed, table, column, row: name, index });
        cells.set(key, cell.kind === 'ref' ? aligned(cell, { row, planned }) : cell);
      }
      return cells;
    };
    rows.set(name, draftOf(row, { name, table, read }));
  }
  return rows;
}

function draftOf(
  row: PlannedRow,
  { name, table, read }: { name: string; table: Table; read: Read },
): Draft {
  if ('match' in row) {
    const update = row.update ? read(row.update, 0) : null;
    return { kind: 'matched', name, table, where: read(row.match, 0), update };
  }
  const tuples = Array.from({ length: countOf(row) }, (_, index) => read(row.set, index));
  return { kind: 'made', name, table, tuples, planned: new Set(Object.keys(row.set)) };
}

type Read = (values: Readonly<Record<string, Value>>, index: number) => Map<string, Cell>;

/** Rows that come in equal numbers go together one by one; else all take the first. */
function aligned(
  cell: Cell & { kind: 'ref' },
  { row, planned }: { row: PlannedRow; planned: Plan['given']['rows'] },
): Cell {
  const source = planned[cell.row];
  const together = source && countOf(source) > 1 && countOf(source) === countOf(row);
  return { ...cell, index: together ? cell.index : 0 };
}

function countOf(row: PlannedRow): number {
  return 'set' in row ? (row.count ?? 1) : 1;
}
