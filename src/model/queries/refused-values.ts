import type { Condition, Term } from '../../condition/condition.ts';
import type { Column, Table } from '../../db/db.ts';
import type { ts } from '../../kernel/syntax.ts';
import { valueRefused } from '../trace/errors.ts';
import { all, fromConditions, isFalse, not, some, toConditions } from '../trace/formula.ts';
import type { Machine } from '../trace/machine.ts';
import { mentions } from '../trace/terms.ts';
import { emptyRefused, noCount, type Refusal, refusalOf, typeOf } from './refusals.ts';

/** What a statement gives a column of its table. */
interface Given {
  readonly column: Column;
  readonly term: Term;
  /** What else must hold for it to be given. */
  readonly beside: readonly Condition[];
}

interface Statement {
  /** The read or write, as the trace knows it. */
  readonly id: string;
  readonly table: Table;
  readonly node: ts.Node;
}

/** PostgreSQL refuses a look-up by a value of the request that its column's type can't hold. */
export function lookUpRefused(
  machine: Machine,
  statement: Statement,
  where: readonly Condition[],
): void {
  const given = where.flatMap((each) => givenBy(statement, each, []));
  const { node } = statement;
  raise(
    machine,
    given.flatMap((each) => typed(machine, statement, each)),
    node,
  );
}

/** PostgreSQL refuses to store what a column can't hold. */
export function valuesRefused(
  machine: Machine,
  statement: Statement,
  { set, made }: { set: Readonly<Record<string, Term>>; made: boolean },
): void {
  const given = statement.table.columns.flatMap((column): Given[] => {
    const term = set[column.name];
    return term ? endsOf(term).map((end) => ({ column, ...end })) : [];
  });
  const refusals = [
    ...(made ? given.flatMap((each) => empty(machine, statement, each)) : []),
    ...given.flatMap((each) => typed(machine, statement, { ...each, stored: true })),
  ];
  raise(machine, refusals, statement.node);
}

/** PostgreSQL refuses to give, or to pass over, a number of rows that is none. */
export function countsRefused(
  machine: Machine,
  { limit, offset, node }: { limit: Term | null; offset: Term | null; node: ts.Node },
): void {
  const counts = [
    { term: limit, code: '2201W' },
    { term: offset, code: '2201X' },
  ] as const;
  const refusals = counts.flatMap(({ term, code }) =>
    (term ? endsOf(term) : []).flatMap(({ term: end, beside }) => {
      const { of, least } = page(end);
      if (of.kind !== 'input') return [];
      const found = noCount(machine, { term: of, node, code, least });
      return found.map((each) => under(beside, each));
    }),
  );
  raise(machine, refusals, node);
}

/** `(page - 1) * size` rows are passed over: which value says how many, and the least it may be. */
function page(term: Term): { of: Term; least: number } {
  if (term.kind !== 'arith') return { of: term, least: 0 };
  const { op, left, right } = term;
  if (op === '*') return page(left);
  const less = op === '-' && right.kind === 'literal' ? Number(right.value) : 0;
  return { of: left, least: less };
}

function typed(
  machine: Machine,
  statement: Statement,
  { column, term, beside, stored = false }: Given & { stored?: boolean },
): Refusal[] {
  if (term.kind !== 'input') return [];
  const found = refusalOf(machine, column, { term, node: statement.node, stored });
  const known = found && isKnown(machine, statement, JSON.stringify([term, typeOf(column)]));
  return found && !known ? [under(beside, found)] : [];
}

function empty(machine: Machine, { node }: Statement, { column, term, beside }: Given): Refusal[] {
  const found = term.kind === 'input' ? emptyRefused(machine, column, { term, node }) : undefined;
  return found ? [under(beside, found)] : [];
}

/** Whether a statement that has run was refused for the same value. */
function isKnown(machine: Machine, { id }: Statement, key: string): boolean {
  const before = machine.refused.get(key) ?? [];
  if (before.some((each) => each !== id && machine.done.value.has(each))) return true;
  machine.refused.set(key, [...before, id]);
  return false;
}

/** One error a code: which of a statement's values is refused first makes no other ending. */
function raise(machine: Machine, refusals: readonly Refusal[], node: ts.Node): void {
  for (const [code, those] of Map.groupBy(refusals, (each) => each.code)) {
    const when = some(those.map((each) => each.when));
    if (!isFalse(when)) valueRefused(machine, { code, when }, node);
  }
}

function under(beside: readonly Condition[], { code, when }: Refusal): Refusal {
  return { code, when: all([fromConditions(beside), when]) };
}

/** What a choice may come to, each with what leads there. */
function endsOf(term: Term, beside: readonly Condition[] = []): Omit<Given, 'column'>[] {
  if (term.kind !== 'choice') return [{ term, beside }];
  const { when, yes, no } = term;
  const otherwise = not(fromConditions(when));
  return [
    ...endsOf(yes, [...beside, ...when]),
    ...endsOf(no, [...beside, ...toConditions(otherwise)]),
  ];
}

function givenBy(
  statement: Statement,
  condition: Condition,
  beside: readonly Condition[],
): Given[] {
  if (condition.kind === 'any') {
    return condition.of.flatMap((way) => {
      const others = way.filter((each) => !mentions(each, statement.id));
      return way.flatMap((each) => givenBy(statement, each, [...beside, ...others]));
    });
  }
  if (condition.kind !== 'compare' || !['=', '!='].includes(condition.op)) return [];
  const { left, right } = condition;
  const [own, term] = left.kind === 'column' ? [left, right] : [right, left];
  if (own.kind !== 'column' || own.row !== statement.id) return [];
  const column = statement.table.columns.find(({ name }) => name === own.column);
  return column ? [{ column, term, beside }] : [];
}
