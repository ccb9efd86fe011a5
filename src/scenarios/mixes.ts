import type { Condition } from '../condition/condition.ts';
import { negate } from '../condition/logic.ts';
import { pairwise, type Row } from '../kernel/pairwise.ts';
import type { App, Outcome, Route } from '../model/model.ts';
import type { Conjunction } from './alternatives.ts';
import { contradictionIn } from './feasibility.ts';
import type { Variant } from './scenarios.ts';
import { short } from './slugs.ts';
import { words } from './words.ts';

/** Mixes beyond this many take longer to set up than they tell. */
const MOST = 16;

/** What an ending leaves open: with a coupon or without, of the tier or with no tier asked for. */
type Dimension = readonly Conjunction[];

/**
 * The states of a success in which what it leaves open meets: not every mix of coupon, gift card, stock and
 * tier, but each two of their sides together at least once. The simplest mix is the scenario's own.
 */
export function mixesOf(of: {
  app: App;
  route: Route;
  outcome: Outcome;
  when: Conjunction;
}): Variant[] {
  const { app, route, outcome, when } = of;
  if ((outcome.status ?? 200) >= 400) return [];
  const dimensions = when.flatMap(dimensionOf);
  if (dimensions.length < 2) return [];
  const plain = when.filter(({ kind }) => kind !== 'any');
  const conditionsOf = (row: Row): Condition[] =>
    row.flatMap((level, at) => dimensions[at]?.[level] ?? []);
  const allows = (row: Row) =>
    contradictionIn(app, route, [...plain, ...conditionsOf(row)]) === null;
  const levels = dimensions.map((sides) => sides.length);
  const simplest = levels.map(() => 0);
  const mixes = pairwise(levels, allows, [simplest])
    .slice(0, MOST)
    .map((row): Variant => {
      const labels = row.flatMap((level, at) => (level > 0 ? labelOf(dimensions[at], level) : []));
      const told = [...new Set(labels)].join(', ');
      return {
        slug: `with ${told}`,
        title: `Together: ${told}`,
        outcome: outcome.id,
        when: conditionsOf(row),
        reads: [],
      };
    });
  return [...new Map(mixes.map((mix) => [mix.slug, mix])).values()];
}

/** The sides of a disjunction, told apart, the simplest first; another environment is no matter of data. */
function dimensionOf(condition: Condition): Dimension[] {
  if (condition.kind !== 'any') return [];
  const sides = condition.of
    .filter((side) => side.every((item) => item.kind !== 'environment' || isUnset(item)))
    .map((side) => [...othersGone(condition.of, side), ...side])
    .toSorted((a, b) => a.length - b.length || (textOf(a) < textOf(b) ? -1 : 1));
  return sides.length > 1 ? [sides] : [];
}

/** `no coupon` or a valid one: the side with a valid one has a coupon. */
function othersGone(sides: Dimension, side: Conjunction): Condition[] {
  return sides.flatMap((other) => {
    const [only] = other;
    const alone = other !== side && other.length === 1 && only;
    return alone && (only.kind === 'absent' || only.kind === 'exists') ? [negate(only)] : [];
  });
}

function isUnset({ op, right }: Condition & { kind: 'environment' }): boolean {
  return op === '=' && right.kind === 'literal' && right.value === null;
}

/** The shortest of a side's conditions that tells it from the other sides. */
function labelOf(sides: Dimension = [], level: number): string {
  const own = (sides[level] ?? [])
    .map(words)
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const others = new Set(sides.flatMap((side, at) => (at === level ? [] : side.map(words))));
  return short(own.find((text) => !others.has(text)) ?? own[0] ?? '');
}

function textOf(side: Conjunction): string {
  return side.map(words).sort().join(' and ');
}
