import type { Condition } from '../condition/condition.ts';
import { conditionKey, waysOf } from '../condition/logic.ts';

/** More ways to the same ending than this are left as they are. */
const LIMIT = 24;

export type Conjunction = readonly Condition[];

/**
 * The ways to an ending: its own disjunctions (those no other ending of the route shares) told apart,
 * without repetitions, none implied by another. Those that differ only in how the same field of the
 * request is wrong are one, but for a token: none and one that is refused are two. Disjunctions that merely say what earlier exits left open stay as they are.
 */
export function alternativesOf(
  when: Conjunction,
  isOwn: (any: Condition) => boolean,
): Conjunction[] {
  const left = distinct(when.filter((condition) => condition.kind === 'any' && !isOwn(condition)));
  const own = when.filter((condition) => condition.kind !== 'any' || isOwn(condition));
  const expanded = take(waysOf(own), LIMIT).map(distinct);
  const minimal = expanded.filter(
    (one, index) =>
      !expanded.some((other, at) => {
        if (at === index || !includesAll(one, other)) return false;
        return other.length < one.length || at < index;
      }),
  );
  const shared = new Set(
    minimal[0]?.map(conditionKey).filter((key) => minimal.every((one) => has(one, key))),
  );
  const merged = new Map<string, Conjunction>();
  for (const one of minimal.toSorted(byContent)) {
    const apart = one.filter((condition) => !shared.has(conditionKey(condition)));
    const fields = apart.map(fieldOf);
    const key = fields.every((field) => field !== null)
      ? `field ${[...new Set(fields)].sort().join(' ')}`
      : apart.map(conditionKey).sort().join('\n');
    if (!merged.has(key)) merged.set(key, [...one, ...left]);
  }
  return [...merged.values()];
}

function take<T>(items: Iterable<T>, count: number): T[] {
  const taken: T[] = [];
  for (const item of items) {
    if (taken.push(item) >= count) break;
  }
  return taken;
}

/** Each condition once; of those that stand in several places, the same one whatever their order. */
function distinct(when: Conjunction): Conjunction {
  const inOrder = when.toSorted((a, b) => (a.at.hash < b.at.hash ? 1 : -1));
  const last = new Map(inOrder.map((item) => [conditionKey(item), item]));
  const kept = new Map(
    when.map((item) => [conditionKey(item), last.get(conditionKey(item)) ?? item]),
  );
  return [...kept.values()];
}

function has(when: Conjunction, key: string): boolean {
  return when.some((item) => conditionKey(item) === key);
}

function includesAll(whole: Conjunction, part: Conjunction): boolean {
  return part.every((item) => has(whole, conditionKey(item)));
}

/** The one field of the request or variable a condition is about; null where it is about anything else. */
function fieldOf(condition: Condition): string | null {
  if (condition.kind === 'environment' && condition.left.kind === 'env') {
    return `env.${condition.left.name}`;
  }
  if (condition.kind !== 'input') return null;
  if (condition.is !== 'compare') {
    const field = [condition.from, ...condition.path].join('.');
    return isRefused(condition) ? `${field} refused` : field;
  }
  const { left, right } = condition;
  const subject = left.kind === 'call' ? left.args[0] : left;
  if (subject?.kind !== 'input' || right.kind !== 'literal') return null;
  return [subject.from, ...subject.path].join('.');
}

/** A cookie or header that carries something that is not good: expired, or signed by somebody else. */
function isRefused({ from, is, path }: Plain) {
  return is === 'invalid' && path.length > 0 && (from === 'cookies' || from === 'headers');
}

type Plain = Exclude<Condition & { kind: 'input' }, { is: 'compare' }>;

function byContent(left: Conjunction, right: Conjunction): number {
  const [a, b] = [left, right].map((one) => one.map(conditionKey).sort().join('\n'));
  if (left.length !== right.length) return left.length - right.length;
  return (a ?? '') < (b ?? '') ? -1 : 1;
}
