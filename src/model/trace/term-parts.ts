import type { Condition, Term } from '../../condition/condition.ts';
import { partsOf } from './terms.ts';

export function hasPart(whole: Term, kind: Term['kind']): boolean {
  return partsOf(whole).some((part) => part.kind === kind);
}

const CHANGING: ReadonlySet<Term['kind']> = new Set(['opaque', 'external', 'now']);

/** Whether a term says the same whenever a request asks for it. */
export function isSettled(whole: Term): boolean {
  return !partsOf(whole).some(({ kind }) => CHANGING.has(kind));
}

/** Whether a term or condition speaks of a row or query. */
export function mentions(thing: Term | Condition, id: string): boolean {
  return spokenOf(thing).has(id);
}

/** Whether a term or condition speaks of a row's column. */
export function speaksOf(thing: object, about: { row: string; column: string }): boolean {
  if ('row' in thing && 'column' in thing)
    return thing.row === about.row && thing.column === about.column;
  return Object.entries(thing).some(
    ([name, item]: [string, unknown]) =>
      name !== 'at' && typeof item === 'object' && item !== null && speaksOf(item, about),
  );
}

const spoken = new WeakMap<object, ReadonlySet<string>>();

/** The rows and queries that a part speaks of: found once, for it is asked for by each of them. */
function spokenOf(thing: object): ReadonlySet<string> {
  const before = spoken.get(thing);
  if (before) return before;
  const found = new Set<string>();
  for (const [name, item] of Object.entries(thing) as [string, unknown][]) {
    if (name === 'row' || name === 'query') {
      if (typeof item === 'string') found.add(item);
    } else if (name !== 'at' && typeof item === 'object' && item !== null) {
      for (const each of spokenOf(item)) found.add(each);
    }
  }
  const kept = found.size > 0 ? found : NONE;
  spoken.set(thing, kept);
  return kept;
}

const NONE: ReadonlySet<string> = new Set();
