import { keyOf, type Table } from '../db/db.ts';
import type { Cells, MadeRow } from './draft.ts';
import { compileMatch } from './locate.ts';
import type { Block } from './order.ts';
import { splitRows } from './split.ts';
import { type Match, rowName, type Statement, type Step } from './state.ts';
import { compileStatement } from './statement.ts';

/** Rows of a name that are read again after triggers or rules ran; more than that is bulk, which nobody refers to. */
const READ_AGAIN = 100;

/**
 * Blocks as steps. Where a table has triggers or rules, all rows so far are read again: one may reach any of them; those
 * that wait for the end of the transaction do so then.
 */
export function stepsOf(blocks: readonly Block[], tables: readonly Table[]): Step[] {
  const guarded = guardedTables(tables);
  const steps: Step[] = [];
  const soFar: MadeRow[] = [];
  for (const block of blocks) {
    if (block.kind === 'step') {
      steps.push(block.step);
      continue;
    }
    steps.push(...splitRows(block.rows).map((rows) => statementOf(rows, guarded)));
    soFar.push(...block.rows);
    if (block.rows.some(mayChange)) steps.push(...soFar.flatMap(readAgain));
  }
  if (!soFar.some(({ table }) => table.deferred)) return steps;
  return [...steps, ...soFar.flatMap(readAgain).map((step) => ({ ...step, late: true as const }))];
}

function statementOf(rows: readonly MadeRow[], guarded: ReadonlySet<string>): Statement {
  const statement = compileStatement(rows);
  return rows.some(({ table }) => mayStay(table, guarded))
    ? { ...statement, departure: true }
    : statement;
}

/** Whether something may keep a row, or one that a trigger writes to it, or may hide which row it is. */
function mayStay(table: Table, guarded: ReadonlySet<string>): boolean {
  if (table.departures) return true;
  return mayChange({ table }) && (guarded.has(table.id) || keyOf(table).length === 0);
}

/** Tables that a table with a say in what leaves it refers to, through others too. */
function guardedTables(tables: readonly Table[]): ReadonlySet<string> {
  const guarded = new Set<string>();
  const byId = new Map(tables.map((table) => [table.id, table]));
  const visit = (table: Table | undefined) => {
    for (const { table: parent } of table?.foreignKeys ?? []) {
      if (guarded.has(parent)) continue;
      guarded.add(parent);
      visit(byId.get(parent));
    }
  };
  for (const table of tables) if (table.departures) visit(table);
  return guarded;
}

/** Whether the database's own code may change what was written. */
export function mayChange({ table }: Pick<MadeRow, 'table'>): boolean {
  return (table.triggers ?? []).length > 0 || table.rules !== undefined;
}

function readAgain(row: MadeRow): Match[] {
  if (keyOf(row.table).length === 0) return [];
  return row.tuples.slice(0, READ_AGAIN).map((_, index) => {
    const name = rowName(row.name, index);
    return compileMatch(name, row.table, byKey(row, index));
  });
}

/** The row's own key, as it was made. */
export function byKey(row: MadeRow, index: number): Cells {
  return new Map(
    keyOf(row.table).map((column) => [column, { kind: 'ref', row: row.name, column, index }]),
  );
}
