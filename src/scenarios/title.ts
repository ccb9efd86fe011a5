import type { Condition } from '../condition/condition.ts';
import { conditionKey } from '../condition/logic.ts';
import type { Outcome, Route } from '../model/model.ts';
import type { Conjunction } from './alternatives.ts';
import { short, slugOf } from './slugs.ts';
import { words } from './words.ts';

/** The conditions that tell this ending from the route's others: those fewest of them share. */
export function decidingOf(route: Route, when: Conjunction): Conjunction {
  const others = keysOf(route);
  const plain = when.filter(({ kind }) => kind !== 'any');
  const candidates = plain.length > 0 ? plain : when;
  const shared = candidates.map((item) => {
    return others.filter((keys) => keys.has(conditionKey(item))).length;
  });
  const least = Math.min(...shared);
  return candidates.filter((_, index) => shared[index] === least);
}

/** The ending and what leads to it, in plain words. */
export function titleOf(outcome: Outcome, deciding: Conjunction): string {
  const reasons = deciding.map(words).sort().slice(0, 2).map(short);
  const because = reasons.length > 0 ? ` when ${reasons.join(' and ')}` : '';
  const success = (outcome.status ?? 200) < 400 && outcome.kind === 'respond';
  if (success) return `Answers ${outcome.status ?? UNREAD}${because}`;
  if (outcome.kind === 'redirect') return `Redirects${because}`;
  if (outcome.kind === 'render') {
    const [text] = [...outcome.text].sort();
    return text ? `Shows “${text}”${because}` : `Shows the page${because}`;
  }
  const status = outcome.status === null ? '' : ` with ${outcome.status}`;
  const slug = slugOf(outcome);
  const name = slug === String(outcome.status) ? '' : ` (${slug})`;
  return `Refuses${status}${name}${because}`;
}

/** Another server's status, or an error's, that only the run tells. */
const UNREAD = 'with a status that could not be read';

const keysByRoute = new WeakMap<Route, readonly ReadonlySet<string>[]>();

/** What each of a route's endings asks for. */
function keysOf(route: Route): readonly ReadonlySet<string>[] {
  const known = keysByRoute.get(route);
  if (known) return known;
  const keys = route.outcomes.map(({ when }) => new Set(flatten(when).map(conditionKey)));
  keysByRoute.set(route, keys);
  return keys;
}

function flatten(conditions: readonly Condition[]): Condition[] {
  return conditions.flatMap((item) => (item.kind === 'any' ? flatten(item.of.flat()) : [item]));
}
