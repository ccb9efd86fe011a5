import { type SQL, sql } from 'drizzle-orm';
import { StatewrightError } from '../kernel/errors.ts';
import { type Cell, columnOf, type MadeRow } from './draft.ts';
import { sequenceOf } from './sequence.ts';
import { rowName } from './state.ts';

/** The CTE that draws ids ahead, for rows that need each other. */
export const DRAWN = 'statewright drawn';

export interface Settled {
  readonly rows: readonly MadeRow[];
  readonly drawn: readonly { readonly name: string; readonly expression: SQL }[];
}

/**
 * Makes every reference point to an earlier row: one that points forward (or to its own row) takes the
 * value itself where it is known, else both rows take it from `DRAWN`.
 */
export function settleCycles(rows: readonly MadeRow[]): Settled {
  const open = new Map(
    rows.map((row) => [row.name, { row, tuples: row.tuples.map((cells) => new Map(cells)) }]),
  );
  const drawn = new Map<string, SQL>();
  const placed = new Set<string>();

  const settle = (cell: Cell): Cell => {
    if (cell.kind !== 'ref' || placed.has(cell.row)) return cell;
    const target = open.get(cell.row);
    const cells = target?.tuples[cell.index];
    if (!target || !cells) return cell;
    const known = cells.get(cell.column);
    if (known?.kind === 'param') return known;
    if (known && known.row !== cell.row) return settle(known);
    const name = `${rowName(cell.row, cell.index)}.${cell.column}`;
    const taken: Cell = { kind: 'ref', row: DRAWN, column: name, index: 0 };
    drawn.set(name, drawnExpression(target.row, cell.column));
    cells.set(cell.column, taken);
    return taken;
  };
  for (const [name, { tuples }] of open) {
    for (const cells of tuples) {
      for (const [column, cell] of [...cells]) {
        if (cell.kind === 'ref' && cell.row !== DRAWN) cells.set(column, settle(cell));
      }
    }
    placed.add(name);
  }
  return {
    rows: [...open.values()].map(({ row, tuples }) => ({ ...row, tuples })),
    drawn: [...drawn].map(([name, expression]) => ({ name, expression })),
  };
}

/** What the database would have used itself: the default's own text, or the sequence of an identity. */
function drawnExpression(row: MadeRow, name: string): SQL {
  const { table } = row;
  const given = columnOf(table, name)?.default;
  if (given?.kind === 'expression') return sql.raw(given.text);
  const sequence = sequenceOf(table, name);
  if (sequence) return sql`nextval(${sequence})`;
  throw new StatewrightError(
    'state.cannotDraw',
    `Rows that need each other need "${table.id}.${name}" ahead, and nothing says how to make it.`,
    {
      hint: `Set "${name}" of row "${row.name}" in the plan. Nothing was written.`,
      facts: { row: row.name, table: table.id, column: name },
    },
  );
}
