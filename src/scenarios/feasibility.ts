import type { Comparison, Condition } from '../condition/condition.ts';
import { conditionKey, examplesOf, negate, termKey } from '../condition/logic.ts';
import { canonicalJson } from '../kernel/digest.ts';
import type { App, Outcome, Route } from '../model/model.ts';
import type { Conjunction } from './alternatives.ts';
import { leftNoWay } from './decided.ts';
import { asMade, neverMade } from './just-made.ts';
import { lostRow, waysFound } from './read-again.ts';
import { withSameRows } from './same-row.ts';
import type { Scenario } from './scenarios.ts';
import { words } from './words.ts';

type Verdict = Pick<Scenario, 'feasibility' | 'reason'>;

/** Whether data and a request alone can bring the conditions about, and if not why. */
export function feasibilityOf(
  app: App,
  route: Route,
  { outcome, when }: { outcome: Outcome; when: Conjunction },
): Verdict {
  const conflict =
    contradictionIn(app, route, when) ??
    leftNoWay(when) ??
    notFoundSo(app, route, { outcome, when });
  if (conflict) return { feasibility: 'infeasible', reason: conflict };
  const opaque = when.find((item) => item.kind === 'opaque' && examplesOf(item).length === 0);
  if (opaque) return { feasibility: 'opaque', reason: `could not read: ${words(opaque)}` };
  const external = when.find(isOutside);
  if (external) return { feasibility: 'external', reason: words(external) };
  return { feasibility: 'solvable', reason: null };
}

/** Whether what a third party answers has a say in it. */
function isOutside(condition: Condition): boolean {
  if (condition.kind === 'external') return true;
  return (
    'left' in condition && [condition.left, condition.right].some(({ kind }) => kind === 'external')
  );
}

/** What keeps the rows that were found from being found so, in words; null where nothing does. */
function notFoundSo(
  app: App,
  { reads, writes, ...route }: Route,
  { outcome, when }: { outcome: Outcome; when: Conjunction },
): string | null {
  const ran = writes.filter(({ id }) => outcome.writes.includes(id));
  const known = { app, reads, writes: ran, when };
  const reasons = waysFound(known).map((found) => {
    const never = neverMade(known, found);
    if (never) return never;
    const { known: said, way } = asMade(known, found);
    const same = withSameRows(said, way);
    return lostRow(said, way) ?? contradictionIn(app, { ...route, reads, writes }, same);
  });
  const [first = 'no row is found so'] = reasons;
  return reasons.every((reason) => reason !== null) ? first : null;
}

/** Two exact literals that exclude each other, in words; null where none do. */
export function contradictionIn(app: App, route: Route, when: Conjunction): string | null {
  const keys = new Map(when.map((item) => [conditionKey(item), item]));
  for (const condition of when) {
    const opposite = oppositesOf(condition)
      .map((key) => keys.get(key))
      .find(Boolean);
    if (isNever(condition)) return `${words(condition)}, which never holds`;
    if (opposite && isExact(condition)) return `${words(condition)} contradicts ${words(opposite)}`;
  }
  const missing = missingRow(app, route, when);
  if (missing) return missing;
  const literals = when.flatMap(literalOf);
  for (const [index, one] of literals.entries()) {
    const other = literals.slice(index + 1).find((item) => excludes(one, item));
    if (other) return `${words(one.condition)} contradicts ${words(other.condition)}`;
    const closed = outsideType(app, route, one);
    if (closed) return `${words(one.condition)}, but ${closed}`;
  }
  return null;
}

const opposites = new WeakMap<Condition, readonly string[]>();

/** The keys of what a condition and its like exclude; of each of many mixes the same conditions are asked. */
function oppositesOf(condition: Condition): readonly string[] {
  if (condition.kind === 'any') return [];
  const known = opposites.get(condition);
  if (known) return known;
  const opposite = negate(condition);
  const made = [...new Set([opposite, turned(opposite)])].map(conditionKey);
  opposites.set(condition, made);
  return made;
}

/** An equation or its opposite with its sides changed. */
function turned(condition: Condition): Condition {
  if (!('left' in condition) || !['=', '!='].includes(condition.op)) return condition;
  return { ...condition, left: condition.right, right: condition.left };
}

/** A value that differs from itself. */
function isNever(condition: Condition): boolean {
  if (!('left' in condition) || !['!=', '<', '>'].includes(condition.op)) return false;
  return condition.left.kind === 'column' && termKey(condition.left) === termKey(condition.right);
}

/** A row that isn't there has no value: `no user` and `user.role is admin` exclude each other. */
function missingRow(app: App, route: Route, when: Conjunction): string | null {
  const gone = new Map(
    when.flatMap((item): [string, Condition][] => {
      if (item.kind === 'absent') return rowsOf(route, item.query).map((row) => [row, item]);
      const nobody = item.kind === 'actor' && item.is === 'anonymous';
      return nobody ? actorRows(app, route).map((row) => [row, item]) : [];
    }),
  );
  for (const condition of gone.size > 0 ? when : []) {
    if (!('left' in condition) || condition.left.kind !== 'column') continue;
    const { left, op, right } = condition;
    const needed = op === '=' ? right.kind === 'literal' && right.value !== null : op !== '!=';
    const absence = gone.get(left.row);
    if (absence && needed) return `${words(condition)} contradicts ${words(absence)}`;
  }
  return null;
}

function rowsOf(route: Route, query: string): string[] {
  const joins = route.reads.find(({ id }) => id === query)?.joins ?? [];
  return [query, ...joins.filter(({ inner }) => inner).map(({ id }) => id)];
}

/** The session a request carries and the user it belongs to. */
function actorRows({ auth }: App, route: Route): string[] {
  const sessions = route.reads.filter(({ table }) => table === auth?.session?.table);
  return sessions.flatMap(({ id, joins }) => [
    id,
    ...joins.filter(({ table }) => table === auth?.actor).map((join) => join.id),
  ]);
}

/** Opaque and external conditions may change between two readings; the same text is no proof. */
function isExact(condition: Condition): boolean {
  return condition.kind !== 'external' && condition.kind !== 'opaque';
}

interface Literal extends Comparison {
  readonly condition: Condition;
  readonly subject: string;
  readonly value: unknown;
}

function literalOf(condition: Condition): Literal[] {
  if (!('left' in condition) || condition.right.kind !== 'literal') return [];
  const { left, op, right } = condition;
  const exact = left.kind === 'column' || left.kind === 'input' || left.kind === 'env';
  return exact
    ? [{ condition, subject: canonicalJson(left), left, op, right, value: right.value }]
    : [];
}

function excludes(one: Literal, other: Literal): boolean {
  if (one.subject !== other.subject) return false;
  if (one.op === '=') return !satisfies(one.value, other);
  if (other.op === '=') return !satisfies(other.value, one);
  const [low, high] = one.op.startsWith('>') ? [one, other] : [other, one];
  if (!low.op.startsWith('>') || !high.op.startsWith('<')) return false;
  if (typeof low.value !== 'number' || typeof high.value !== 'number') return false;
  return (
    low.value > high.value || (low.value === high.value && (low.op === '>' || high.op === '<'))
  );
}

function satisfies(value: unknown, { op, value: bound }: Literal): boolean {
  if (op === '=') return value === bound;
  if (op === '!=') return value !== bound;
  if (value === null) return false;
  if (typeof value !== 'number' || typeof bound !== 'number') return true;
  if (op === '<') return value < bound;
  if (op === '<=') return value <= bound;
  return op === '>' ? value > bound : op !== '>=' || value >= bound;
}

/** Says so where the column's enum type doesn't have the label that is asked for. */
function outsideType(app: App, route: Route, literal: Literal): string | null {
  if (literal.left.kind !== 'column' || literal.op !== '=' || typeof literal.value !== 'string') {
    return null;
  }
  const { row, column } = literal.left;
  const read = route.reads.find((query) => query.id === row);
  const joined = route.reads.flatMap((query) => query.joins).find((join) => join.id === row);
  const table = app.tables.find((candidate) => candidate.id === (read ?? joined)?.table);
  const found = table?.columns.find((item) => item.name === column || item.property === column);
  if (!found?.values || found.values.includes(literal.value)) return null;
  return `${table?.id}.${found.name} is one of ${found.values.join(', ')}`;
}
