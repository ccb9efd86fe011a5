import type { Condition } from '../../condition/condition.ts';
import {
  all,
  atom,
  FALSE,
  type Formula,
  factsOf,
  formulaKey,
  isContradiction,
  isFalse,
  settledParts,
  some,
  weightOf,
} from './formula.ts';

/** Below this nothing is cut. */
const LEAST = 8;

/** As many sides of branches are kept whatever they weigh. */
const SIDES = 6;

/** As often its limit as a formula may weigh that can't be cut, or the ways to one refusal together. */
const TIMES = 10;

/**
 * Of many alternatives the plainest ones, so that formulas stay within a weight: what is left says
 * less often that it holds, never wrongly.
 */
export function plainest(formula: Formula, limit: number): Formula {
  if (weightOf(formula) <= limit || formula.kind === 'atom') return formula;
  if (formula.kind === 'all') {
    const each = Math.max(LEAST, Math.floor(limit / 2));
    const cut = all(formula.of.map((part) => (part.kind === 'some' ? plainest(part, each) : part)));
    // The plainest sides of two disjunctions may exclude each other where others don't.
    return isFalse(cut) ? formula : cut;
  }
  const ways = inTurns([...formula.of].sort(plainer));
  const kept: Formula[] = [];
  let room = limit;
  for (const [index, way] of ways.entries()) {
    const each = Math.max(LEAST, room / (ways.length - index));
    const fits = weightOf(way) <= room ? way : plainest(way, each);
    const isOver = index > 0 && weightOf(fits) > room;
    if (isOver && !isOtherSide(fits, kept)) continue;
    kept.push(fits);
    if (!isOver) room -= weightOf(fits);
    if (room <= 0) break;
  }
  return some(kept);
}

/**
 * Whether a way excludes ways that are kept, and those that it doesn't have nothing to do with where they part: without
 * it, all that only it leads to would be left out.
 */
function isOtherSide(way: Formula, kept: readonly Formula[]): boolean {
  if (kept.length >= SIDES || isPassing(way)) return false;
  const [beside = [], against = []] = [false, true].map((excluded) =>
    kept.filter((each) => isContradiction([each, way]) === excluded),
  );
  if (against.length === 0) return false;
  return !beside.some((each) => against.some((other) => isContradiction([each, other])));
}

/**
 * What an ending asks for: where cutting does not help, for what is heavy is in each of the ways, one of them in all
 * that it asks for; false where it turns out that there is none.
 */
export function told(formula: Formula, limit: number, isRefusal: boolean): Formula {
  const cut = isRefusal ? plainestReasons(formula, limit) : plainest(formula, limit);
  return orOneWay(cut, limit * TIMES);
}

function orOneWay(formula: Formula, limit: number): Formula {
  if (weightOf(formula) <= limit) return formula;
  const budget = { left: TRIES };
  const way = oneWay([formula], budget);
  if (way) return all(way);
  return budget.left > 0 ? FALSE : formula;
}

/** As many decisions as are tried for one way. */
const TRIES = 100;

/** Facts that make all parts true, the plainest tried first; none where they can't be true, or nothing is left to try with. */
function oneWay(
  parts: readonly Formula[],
  budget: { left: number },
): readonly Formula[] | undefined {
  const settled = settledParts(parts);
  const open = settled?.filter((part) => part.kind === 'some').sort(plainer)[0];
  if (!settled || open?.kind !== 'some') return settled ?? undefined;
  for (const way of [...open.of].sort(plainer)) {
    budget.left -= 1;
    if (budget.left <= 0) return undefined;
    const found = oneWay(
      settled.map((part) => (part === open ? way : part)),
      budget,
    );
    if (found) return found;
  }
  return undefined;
}

/**
 * Of ways that part at a fact, one of each side in turn: were the plainest kept alone, all that only one side leads to
 * might be left out.
 */
function inTurns(ways: readonly Formula[], from = 0): readonly Formula[] {
  if (ways.length < 3) return ways;
  let sides = new Map<string, Formula[]>();
  let at = from;
  while (sides.size < 2) {
    sides = Map.groupBy(ways, (way) => {
      const fact = factsOf(way)[at];
      return fact ? formulaKey(fact) : '';
    });
    if (sides.has('') && sides.size === 1) return ways;
    at += 1;
  }
  if (sides.size === ways.length) return ways;
  const each = [...sides.values()].map((side) => inTurns(side, at));
  const most = Math.max(...each.map((side) => side.length));
  return Array.from({ length: most }, (_, turn) =>
    each.flatMap((side) => side.slice(turn, turn + 1)),
  ).flat();
}

/** What holds under tests or in development alone, or until a day that the code names, comes after all that a server in use does. */
function plainer(one: Formula, other: Formula): number {
  return Number(isPassing(one)) - Number(isPassing(other)) || weightOf(one) - weightOf(other);
}

function isPassing(formula: Formula): boolean {
  if (formula.kind !== 'atom')
    return formula.kind === 'all' ? formula.of.some(isPassing) : formula.of.every(isPassing);
  return isForDevelopment(formula.condition) || isUntil(formula.condition);
}

/** `new Date() < new Date('2026-04-20')`. */
function isUntil(condition: Condition): boolean {
  if (condition.kind !== 'compare' || !condition.op.startsWith('<')) return false;
  return condition.left.kind === 'now' && condition.right.kind === 'literal';
}

/** `NODE_ENV === 'test'`, `NODE_ENV !== 'production'`. */
function isForDevelopment(condition: Condition): boolean {
  if (condition.kind !== 'environment') return false;
  const { left, op, right } = condition;
  if (left.kind !== 'env' || left.name !== 'NODE_ENV' || right.kind !== 'literal') return false;
  const value = String(right.value);
  return op === '=' ? DEVELOPMENT.test(value) : op === '!=' && value === 'production';
}

const DEVELOPMENT = /^(test(ing)?|e2e|ci|jest|vitest|cypress|playwright|dev(elopment)?|local)\b/;

/** Either side of a branch, each as plain as both need: were one left out, all that only it leads to would be too. */
export function plainestSides(one: Formula, other: Formula, limit: number): Formula {
  const whole = some([one, other]);
  if (weightOf(whole) <= limit || isFalse(one) || isFalse(other)) return plainest(whole, limit);
  const left = (beside: Formula) => Math.max(limit / 2, limit - weightOf(beside));
  return some([plainest(one, left(other)), plainest(other, left(one))]);
}

/** As many ways to one refusal as are told apart. */
const WAYS = 24;

/**
 * The same for a refusal, which may come about for many reasons: what stands last says which, and keeps a way of each;
 * what stands before merely leads there.
 */
export function plainestReasons(formula: Formula, limit: number, depth = 2): Formula {
  if (weightOf(formula) <= limit || formula.kind === 'atom' || depth === 0)
    return plainest(formula, limit);
  if (formula.kind === 'some') return waysApart(formula.of, limit, depth);
  const before = plainest(all(formula.of.slice(0, -1)), limit);
  const last = formula.of.slice(-1).map((part) => plainestReasons(part, limit, depth));
  const cut = all([before, ...last]);
  return isFalse(cut) ? plainest(formula, limit) : cut;
}

/** The plainest way for each reason, then others as long as there is room. */
function waysApart(ways: readonly Formula[], limit: number, depth: number): Formula {
  const sorted = [...ways].sort(plainer);
  const plainestOf = new Map(sorted.toReversed().map((way) => [reasonOf(way), way]));
  const first = sorted.filter((way) => plainestOf.get(reasonOf(way)) === way);
  const others = sorted.filter((way) => !first.includes(way));
  const kept: Formula[] = [];
  let weight = 0;
  const keep = (way: Formula, most: number) => {
    const cut = orOneWay(plainestReasons(way, limit, depth - 1), limit * 2);
    if (kept.length >= WAYS || (kept.length > 0 && weight + weightOf(cut) > most)) return;
    kept.push(cut);
    weight += weightOf(cut);
  };
  for (const way of first) keep(way, limit * TIMES);
  for (const way of others) keep(way, limit);
  return some(kept);
}

/** What a way ends with: the fact that was found last. */
function reasonOf(way: Formula): string {
  const last = way.kind === 'all' ? way.of.at(-1) : undefined;
  return formulaKey(last ?? way);
}

/**
 * What weighs more than the limit tells nobody anything: it is one condition that can't be told, by its number among
 * those met before.
 */
export function bearable(formula: Formula, limit: number, met: Map<string, number>): Formula {
  const first = weightOf(formula) > limit && firstIn(formula);
  if (!first) return formula;
  const key = formulaKey(formula);
  const number = met.get(key) ?? met.size + 1;
  met.set(key, number);
  const text = `several branches before (${number})`;
  return atom({ kind: 'opaque', at: first.at, text, holds: true, terms: [] });
}

function firstIn(formula: Formula): Condition | undefined {
  if (formula.kind === 'atom') return formula.condition;
  const [first] = formula.of;
  return first && firstIn(first);
}
