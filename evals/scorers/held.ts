import type { Comparison, Condition, Op, Term } from '../../src/condition/condition.ts';
import type { Table } from '../../src/db/db.ts';
import { findRoute, type Query } from '../../src/model/model.ts';
import { isMade, type Plan, type PlannedRow } from '../../src/plan/plan.ts';
import { defineScorer, endingPlans } from './scorer.ts';

/*
 * Reads the plans beside their conditions without the solver's own evaluator: a row that must exist is given,
 * one that must not is not, and what a column is compared with is kept by the literal given or the default.
 */
export const held = defineScorer('held', 'conditions that the rows of their plan keep', {
  score: (run) => {
    const judged = endingPlans(run).flatMap(({ plan, scenario }) => {
      const found = findRoute(run.model, scenario.route);
      const queries = new Map((found?.route.reads ?? []).map((query) => [query.id, query]));
      const tables = new Map((found?.app.tables ?? []).map((table) => [table.id, table]));
      return scenario.when.flatMap((condition) => {
        const keeps = keepsCondition(condition, { plan, queries, tables });
        return keeps === null ? [] : [{ id: `${plan.id}: ${condition.kind}`, keeps }];
      });
    });
    if (judged.length === 0) return null;
    const failing = judged.filter(({ keeps }) => !keeps);
    return {
      hits: judged.length - failing.length,
      of: judged.length,
      notes: failing.map(({ id }) => id),
    };
  },
});

interface Given {
  readonly plan: Plan;
  readonly queries: ReadonlyMap<string, Query>;
  readonly tables: ReadonlyMap<string, Table>;
}

function keepsCondition(condition: Condition, given: Given): boolean | null {
  switch (condition.kind) {
    case 'exists':
      return rowsOf(condition.query, given).length > 0;
    case 'absent':
      return keepsAbsence(condition.query, given);
    case 'compare':
      return keepsComparison(condition, given);
    case 'count':
      return keepsCount(condition, given);
    default:
      return null;
  }
}

/** Where only one query reads the table, no row of that name; else the row may be another query's. */
function keepsAbsence(id: string, { plan, queries }: Given): boolean | null {
  const table = queries.get(id)?.table;
  const readers = [...queries.values()].filter((query) => query.table === table);
  return readers.length === 1 ? !Object.hasOwn(plan.given.rows, id) : null;
}

function rowsOf(query: string, { plan, queries }: Given): PlannedRow[] {
  const table = queries.get(query)?.table;
  return Object.values(plan.given.rows).filter((row) => row.table === table);
}

function keepsComparison({ left, op, right }: Comparison, given: Given): boolean | null {
  const a = numberOf(left, given);
  const b = numberOf(right, given);
  if (left.kind !== 'column' || b === undefined) return null;
  // Unset and without a default: the value would be whatever the generator fills in.
  if (a === undefined || typeof b === 'symbol') return null;
  if (a === UNSET) return op === '!=' ? null : false;
  return compare(a, op, b);
}

/** A whole table without a further filter: as many rows as are made of it. */
function keepsCount({ left, op, right }: Comparison, given: Given): boolean | null {
  if (left.kind !== 'aggregate' || left.op !== 'count') return null;
  const bound = numberOf(right, given);
  if (typeof bound !== 'number') return null;
  const made = Object.entries(given.plan.given.rows).filter(
    ([, row]) => row.table === given.queries.get(left.query)?.table && isMade(row),
  );
  const total = made.reduce((sum, [, row]) => sum + (isMade(row) ? (row.count ?? 1) : 0), 0);
  return compare(total, op, bound);
}

const UNSET = Symbol('unset');
type Known = string | number | boolean | null | typeof UNSET;

/** The value of a term, instants as milliseconds from now; undefined where it can't be told. */
function numberOf(term: Term, given: Given): Known | undefined {
  if (term.kind === 'now') return 0;
  if (term.kind === 'literal') return isPlain(term.value) ? term.value : undefined;
  if (term.kind === 'column') return cellOf(term.row, term.column, given);
  if (term.kind === 'arith' && (term.op === '+' || term.op === '-')) {
    const [a, b] = [numberOf(term.left, given), numberOf(term.right, given)];
    if (typeof a !== 'number' || typeof b !== 'number') return undefined;
    return term.op === '+' ? a + b : a - b;
  }
  return undefined;
}

function cellOf(name: string, column: string, given: Given): Known | undefined {
  const row = given.plan.given.rows[name];
  if (!row) return undefined;
  const cells = isMade(row) ? row.set : { ...row.match, ...row.update };
  const value = cells[column];
  if (value === undefined) return defaultOf(given.tables.get(row.table), column);
  if (isPlain(value)) return value;
  if (typeof value === 'object' && 'now' in value) return milliseconds(value.now);
  return undefined;
}

function defaultOf(table: Table | undefined, name: string): Known | undefined {
  const column = table?.columns.find((one) => one.name === name);
  if (!column) return UNSET;
  if (column.default.kind === 'literal') {
    return isPlain(column.default.value) ? column.default.value : undefined;
  }
  if (column.default.kind !== 'none') return undefined;
  return column.nullable ? null : UNSET;
}

function isPlain(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

const UNITS = { D: 86_400_000, H: 3_600_000, M: 60_000, S: 1000 };

function milliseconds(duration: string): number {
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)([DHMS])/g)];
  const total = parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit as keyof typeof UNITS],
    0,
  );
  return duration.startsWith('-') ? -total : total;
}

function compare(a: Exclude<Known, symbol>, op: Op, b: Known): boolean | null {
  if (op === '=') return a === b;
  if (op === '!=') return a !== b;
  if (a === null || b === null) return false;
  if (typeof a !== 'number' || typeof b !== 'number') return null;
  if (op === '<') return a < b;
  if (op === '<=') return a <= b;
  if (op === '>') return a > b;
  return op === '>=' ? a >= b : null;
}
