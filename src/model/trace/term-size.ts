import type { Term } from '../../condition/condition.ts';

/** Terms share their parts, so that what loops and branches put together may be far larger as a tree than in memory. */
const LARGEST = 10_000;

/** Terms that hold others, or values of any depth. */
const DEEP: ReadonlySet<Term['kind']> = new Set(['arith', 'call', 'choice', 'aggregate']);

const sizes = new WeakMap<object, number>();

/** Whether a term written out would be larger than anybody could read, or a solver follow. */
export function isTooLarge(term: Term): boolean {
  const isDeep = term.kind === 'literal' ? typeof term.value === 'object' : DEEP.has(term.kind);
  return isDeep && sizeOf(term) > LARGEST;
}

/** As many values as it holds when written out, at any depth. */
function sizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  const known = sizes.get(value);
  if (known !== undefined) return known;
  let size = 1;
  for (const part of Object.values(value)) size += sizeOf(part);
  sizes.set(value, size);
  return size;
}
