import type { Table } from '../../db/db.ts';
import { isMade, type PlannedRow, refOf, type Value } from '../plan.ts';
import { uniqueKeys } from '../solve/assertions.ts';
import { holds } from '../solve/evaluate.ts';
import { type Datum, variablesOf } from '../solve/formula.ts';
import { sqlCheck } from '../solve/sql-check.ts';
import { cellsOf, problem, type Rule } from './context.ts';

/** CHECK constraints that can be evaluated over the planned literals aren't broken by them. */
export const keptChecks: Rule = ({ plan, tables }) =>
  Object.entries(plan.given.rows).flatMap(([name, row]) => {
    const table = tables.get(row.table);
    if (!table) return [];
    return table.checks.flatMap((check) => {
      const formula = sqlCheck(check.expression, table, '');
      if (!formula) return [];
      const lookup = (variable: string): Datum | undefined => literalAt(row, variable.slice(1));
      const empty = [...variablesOf([formula]).keys()].some(
        (variable) => lookup(variable) === null,
      );
      if (empty || holds(formula, lookup) !== false) return [];
      return [problem('checkFails', `given.rows.${name}`, { check: check.expression })];
    });
  });

function literalAt(row: PlannedRow, column: string): Datum | undefined {
  const cells = cellsOf(row);
  const value = Object.hasOwn(cells, column) ? cells[column] : undefined;
  return typeof value === 'object' && value !== null ? undefined : value;
}

/** No two rows the plan makes agree in a unique key. */
export const distinctKeys: Rule = ({ plan, tables }) => {
  const made = Object.entries(plan.given.rows).filter(([, row]) => isMade(row));
  const seen = new Map<string, string>();
  return made.flatMap(([name, row]) => {
    const table = tables.get(row.table);
    if (!table) return [];
    return uniqueKeys(table).flatMap((columns) => {
      const key = keyText(table, row, columns);
      if (key === null) return [];
      const before = seen.get(key);
      seen.set(key, name);
      const repeated = isMade(row) && (row.count ?? 1) > 1;
      if (before === undefined && !repeated) return [];
      return [problem('duplicateKey', `given.rows.${name}`, { columns, other: before ?? name })];
    });
  });
};

/** A key's values as text; null where one isn't planned, is null or differs in every row. */
function keyText(table: Table, row: PlannedRow, columns: readonly string[]): string | null {
  const cells = cellsOf(row);
  const parts: string[] = [];
  for (const column of columns) {
    const value = Object.hasOwn(cells, column) ? cells[column] : undefined;
    if (value === undefined || value === null || !isFixed(value)) return null;
    parts.push(JSON.stringify(value));
  }
  return [table.id, columns.join(','), ...parts].join('\n');
}

function isFixed(value: Value): boolean {
  return typeof value !== 'object' || refOf(value) !== null;
}
