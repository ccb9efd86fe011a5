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
  const walk = (value: unknown): boolean => {
    if (Array.isArray(value)) return value.some(walk);
    if (value === null || typeof value !== 'object') return false;
    return Object.entries(value).some(([name, item]) =>
      name === 'row' || name === 'query' ? item === id : name !== 'at' && walk(item),
    );
  };
  return walk(thing);
}
