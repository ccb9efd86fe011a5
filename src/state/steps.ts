import { type Cells, hasKey, keyOf, type MadeRow } from './draft.ts';
import { compileMatch, departureSql } from './locate.ts';
import type { Block } from './order.ts';
import { splitRows } from './split.ts';
import { rowName, type Statement, type Step } from './state.ts';
import { compileStatement } from './statement.ts';

/** Rows of a name that are read again after triggers ran; more than that is bulk, which nobody refers to. */
const READ_AGAIN = 100;

/** Blocks as steps. Where a table has triggers, all rows so far are read again: a trigger may reach any of them. */
export function stepsOf(blocks: readonly Block[]): Step[] {
  const steps: Step[] = [];
  const soFar: MadeRow[] = [];
  for (const block of blocks) {
    if (block.kind === 'step') {
      steps.push(block.step);
      continue;
    }
    steps.push(...splitRows(block.rows).map(statementOf));
    soFar.push(...block.rows);
    if (block.rows.some(hasTriggers)) steps.push(...soFar.flatMap(readAgain));
  }
  return steps;
}

/** With how its first row would go again, where triggers have a say in that. */
function statementOf(rows: readonly MadeRow[]): Statement {
  const statement = compileStatement(rows);
  const [only, ...others] = rows;
  if (!only?.table.departures || others.length > 0 || !hasKey(only.table)) return statement;
  const started = statement.rows[0]?.name === only.name;
  return started
    ? { ...statement, departure: departureSql(only.table, byKey(only, 0)) }
    : statement;
}

export function hasTriggers(row: MadeRow): boolean {
  return (row.table.triggers ?? []).length > 0;
}

function readAgain(row: MadeRow): Step[] {
  if (!hasKey(row.table)) return [];
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
