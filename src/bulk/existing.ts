import type { Copier, Layout } from '../db/db.ts';
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

const MOST_EXISTING = 10_000;

export interface Reading {
  readonly existing: Map<number, Existing>;
  readonly layout: Layout;
  readonly sql: Copier;
}

/** Rows that are there already, for tables of which none are made. */
export async function readExisting(
  oid: number,
  { existing, layout, sql }: Reading,
): Promise<Existing> {
  const known = existing.get(oid);
  if (known) return known;
  const table = layout.tables.find((one) => one.oid === oid);
  if (!table) return { columns: [], cells: [] };
  const names = table.columns.map((column) => `${column.sql}::text`).join(', ');
  const keys = table.uniques[0]?.parts.join(', ');
  const rows = await sql.query(`select array[${names}] as cells from ${table.from}
    ${keys ? `order by ${keys}` : ''} limit ${MOST_EXISTING}`);
  const found = {
    columns: table.columns.map(({ number }) => number),
    cells: rows.map((row) => row['cells'] as (string | null)[]),
  };
  existing.set(oid, found);
  return found;
}
