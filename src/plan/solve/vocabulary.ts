import type { Condition, Term } from '../../condition/condition.ts';
import type { App, Route } from '../../model/model.ts';
import { atomsOf } from './formula.ts';
import { sqlCheck } from './sql-check.ts';

type Vocabulary = ReadonlyMap<string, readonly string[]>;
const KNOWN = new WeakMap<App, Vocabulary>();

/** The text literals an application writes to a column or compares it with, sorted. */
export function vocabularyOf(app: App, table: string, column: string): readonly string[] {
  let vocabulary = KNOWN.get(app);
  if (!vocabulary) {
    vocabulary = collect(app);
    KNOWN.set(app, vocabulary);
  }
  return vocabulary.get(`${table}.${column}`) ?? [];
}

function collect(app: App): Vocabulary {
  const words = new Map<string, Set<string>>();
  const add = (key: string, value: unknown) => {
    if (typeof value !== 'string' || value === '') return;
    words.set(key, (words.get(key) ?? new Set()).add(value));
  };
  for (const table of app.tables) {
    for (const column of table.columns) {
      if (column.default.kind === 'literal')
        add(`${table.id}.${column.name}`, column.default.value);
    }
    for (const check of table.checks) {
      const formula = sqlCheck(check.expression, table, '');
      for (const atom of formula ? atomsOf(formula) : []) {
        if (atom.left.kind === 'variable' && atom.right.kind === 'value' && atom.op === '=') {
          add(`${table.id}${atom.left.name}`, atom.right.value);
        }
      }
    }
  }
  for (const route of [...app.routes, ...app.pages]) collectRoute(app, route, add);
  return new Map([...words].map(([key, set]) => [key, [...set].sort()]));
}

function collectRoute(app: App, route: Route, add: (key: string, value: unknown) => void): void {
  const tables = tablesOf(route);
  const nameOf = (row: string, column: string) => {
    const table = app.tables.find((candidate) => candidate.id === tables.get(row));
    const found = table?.columns.find((item) => item.name === column || item.property === column);
    return table && found ? `${table.id}.${found.name}` : null;
  };
  const pair = (left: Term, right: Term) => {
    if (left.kind !== 'column' || right.kind !== 'literal') return;
    const key = nameOf(left.row, left.column);
    if (key) add(key, right.value);
  };
  const visit = (condition: Condition): void => {
    if (condition.kind === 'any') condition.of.flat().forEach(visit);
    if (condition.kind === 'member') for (const term of condition.of) pair(condition.term, term);
    if (!('left' in condition) || (condition.op !== '=' && condition.op !== '!=')) return;
    pair(condition.left, condition.right);
    pair(condition.right, condition.left);
  };
  for (const outcome of route.outcomes) outcome.when.forEach(visit);
  for (const query of route.reads) {
    query.where.forEach(visit);
    for (const join of query.joins) join.on.forEach(visit);
  }
  for (const write of route.writes) {
    for (const [column, term] of Object.entries(write.set)) {
      pair({ kind: 'column', row: write.id, column }, term);
    }
  }
}

function tablesOf(route: Route): Map<string, string> {
  const tables = new Map<string, string>();
  for (const query of route.reads) {
    tables.set(query.id, query.table);
    for (const join of query.joins) tables.set(join.id, join.table);
  }
  for (const write of route.writes) if (!tables.has(write.id)) tables.set(write.id, write.table);
  return tables;
}
