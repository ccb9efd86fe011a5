import type { Condition, Term } from '../../condition/condition.ts';
import type { Column, Table } from '../../db/db.ts';
import type { ts } from '../../kernel/syntax.ts';
import { fromConditions, toConditions } from '../trace/conditions.ts';
import { valueRefused } from '../trace/errors.ts';
import { all, FALSE, type Formula, isFalse, isTrue, not, some } from '../trace/formula.ts';
import { NUL } from '../trace/input-facts.ts';
import { keyOf } from '../trace/keys.ts';
import type { Machine } from '../trace/machine.ts';
import { open } from '../trace/path.ts';
import { mentions } from '../trace/term-parts.ts';
import {
  emptyRefused,
  isText,
  noCount,
  nulRefused,
  type Refusal,
  refusalOf,
  typeOf,
} from './refusals.ts';

/** What a statement gives a column of its table. */
interface Given {
  readonly column: Column;
  readonly term: Term;
  /** What else must hold for it to be given. */
  readonly beside: readonly Condition[];
  /** Given to be matched as a pattern. */
  readonly alike?: boolean;
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
  const refusals = [
    ...given.filter((each) => !each.alike).flatMap((each) => typed(machine, statement, each)),
    ...holdingNul(machine, statement, given),
  ];
  raise(machine, refusals, statement.node);
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
    ...holdingNul(machine, statement, given),
  ];
  raise(machine, refusals, statement.node);
}

/** PostgreSQL refuses to give, or to pass over, a number of rows that is none. */
export function countsRefused(
  machine: Machine,
  {
    limit,
    offset,
    node,
    lenient = false,
  }: {
    readonly limit: Term | null;
    readonly offset: Term | null;
    readonly node: ts.Node;
    /**
     * Leaves a limit below zero out, and what is no number, as Drizzle does: its dialect writes `limit` only for
     * numbers from 0 on, `offset` only for what is truthy.
     */
    readonly lenient?: boolean;
  },
): void {
  const counts = [
    { term: lenient ? null : limit, code: '2201W' },
    { term: offset, code: '2201X' },
  ] as const;
  const refusals = counts.flatMap(({ term, code }) =>
    pagesOf(term).flatMap(({ term: end, beside, least }) => {
      if (end.kind !== 'input') return [];
      const number = lenient || beside.some((each) => isNumber(each, end));
      const found = noCount(machine, { term: end, node, code, least, number });
      return found.map((each) => under(beside, each));
    }),
  );
  raise(machine, refusals, node);
}

interface Page extends Omit<Given, 'column'> {
  /** The least it may be; null where it is held to enough. */
  readonly least: number | null;
}

/** `(page - 1) * size` rows are passed over: which values say how many, and the least each may be. */
function pagesOf(term: Term | null, least: number | null = 0): Page[] {
  if (!term) return [];
  return endsOf(term).flatMap(({ term: end, beside }): Page[] => {
    const within = (part: Term | undefined, bound: number | null) =>
      pagesOf(part ?? null, bound).map((each) => ({
        ...each,
        beside: [...beside, ...each.beside],
      }));
    if (end.kind === 'call' && /^(min|max)$/.test(end.fn)) {
      const held = end.fn === 'max' && end.args.some((each) => numberOf(each) >= (least ?? 0));
      return end.args.flatMap((each) => within(each, held ? null : least));
    }
    if (end.kind !== 'arith') return [{ term: end, beside, least }];
    const { op, left, right } = end;
    if (op === '*') return within(left, least);
    const less = op === '-' && right.kind === 'literal' ? Number(right.value) : 0;
    return within(left, least === null ? null : less);
  });
}

function numberOf(term: Term): number {
  return term.kind === 'literal' && typeof term.value === 'number' ? term.value : Number.NaN;
}

/** `Number(limit) || 10`: what is no number counts as nothing, and the other is taken. */
function isNumber(condition: Condition, term: Term): boolean {
  if (!('left' in condition) || condition.op !== '!=') return false;
  return keyOf(condition.left) === keyOf(term) && numberOf(condition.right) === 0;
}

function typed(
  machine: Machine,
  statement: Statement,
  { column, term, beside, stored = false }: Given & { stored?: boolean },
): Refusal[] {
  if (term.kind !== 'input') return [];
  const found = refusalOf(machine, column, { term, node: statement.node, stored });
  return left(machine, statement, { found, beside, key: [term, typeOf(column)] });
}

/** Which of a statement's texts holds NUL makes no other ending: the first that may stands for all. */
function holdingNul(machine: Machine, statement: Statement, given: readonly Given[]): Refusal[] {
  const found = given
    .filter(({ column }) => isText(column))
    .flatMap(({ term: whole, beside }) =>
      textsIn(whole).flatMap((term) => {
        const refusal = nulRefused(machine, { term, node: statement.node });
        return left(machine, statement, { found: refusal, beside, key: [term, NUL] });
      }),
    );
  return found.slice(0, 1);
}

/** A text that is put into another (`%text%`), or written otherwise, keeps what it holds. */
function textsIn(term: Term): (Term & { kind: 'input' })[] {
  if (term.kind === 'input') return [term];
  const keeps = term.kind === 'call' && /^(lower|upper|trim|concat)$/.test(term.fn);
  return keeps ? term.args.flatMap(textsIn) : [];
}

function empty(machine: Machine, statement: Statement, { column, term, beside }: Given): Refusal[] {
  if (term.kind !== 'input') return [];
  const found = emptyRefused(machine, column, { term, node: statement.node });
  return left(machine, statement, { found, beside, key: [term, 'nothing'] });
}

interface Told {
  readonly found: Refusal | undefined;
  readonly beside: readonly Condition[];
  readonly key: readonly unknown[];
}

/** What is left of a refusal where no statement that ran before was refused for the same value. */
function left(machine: Machine, { id }: Statement, { found, beside, key }: Told): Refusal[] {
  if (!found) return [];
  const said = JSON.stringify(key);
  const before = machine.refused.get(said) ?? [];
  machine.refused.set(said, [...before, id]);
  const ran = some(before.filter((each) => each !== id).map((each) => ranWhen(machine, each)));
  return isTrue(open(machine, ran)) ? [] : [under([...toConditions(not(ran)), ...beside], found)];
}

function ranWhen(machine: Machine, id: string): Formula {
  return machine.done.value.get(id) ?? FALSE;
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

/** A column, also in another writing (`lower(name)`). */
function columnIn(term: Term): Term {
  const [only] = term.kind === 'call' && /^(lower|upper|trim)$/.test(term.fn) ? term.args : [];
  return only ? columnIn(only) : term;
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
  if (condition.kind !== 'compare') return [];
  const alike = condition.op.endsWith('like');
  if (condition.op.endsWith('matches')) return [];
  const { left, right } = condition;
  const [own, term] = columnIn(left).kind === 'column' ? [columnIn(left), right] : [right, left];
  if (own.kind !== 'column' || own.row !== statement.id) return [];
  const column = statement.table.columns.find(({ name }) => name === own.column);
  return column ? [{ column, term, beside, alike }] : [];
}
