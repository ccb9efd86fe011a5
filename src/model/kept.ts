import type { Cache, Program } from '../repo/repo.ts';

/** Keeps nothing. */
export const NO_CACHE: Cache = { find: () => undefined, keep: () => undefined };

/**
 * What was found before under a name, or else what `work` finds now, which is kept for the next time. `work` looks at
 * code through `program` alone, and what it gives is JSON-safe.
 */
export function remembered<T>(
  { cache, program }: { readonly cache: Cache; readonly program: Program },
  name: string,
  work: () => T,
): T {
  const before = cache.find(name);
  // A cache gives back under a name what this call kept under it.
  if (before !== undefined) return before as T;
  const value = work();
  cache.keep(name, value, program.seen());
  return value;
}
