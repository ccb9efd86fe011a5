import type { Cache, Looked, Program } from '../repo/repo.ts';

/** Keeps nothing. */
export const NO_CACHE: Cache = { find: () => undefined, keep: () => undefined };

interface Within {
  readonly cache: Cache;
  readonly program: Program;
  /** Names of what else the value comes of. */
  readonly parts?: readonly string[];
}

/**
 * What was found before under a name, or else what `work` finds now, which is kept for the next time. `work` looks at
 * code through `program` alone, or asks for parts of it from the cache it is given, and what it gives is JSON-safe.
 */
export function remembered<T>(
  { cache, program, parts = [] }: Within,
  name: string,
  work: (inner: Cache) => T,
): T {
  const before = cache.find(name);
  // A cache gives back under a name what this call kept under it.
  if (before !== undefined) return before as T;
  const asked = new Set(parts);
  const value = work(noting(cache, asked));
  cache.keep(name, value, { looked: whole(program.looked()), parts: [...asked] });
  return value;
}

/** Values say on which lines things stand, which an outline does not. */
function whole(looked: Looked): Looked {
  return { ...looked, files: new Set([...looked.files, ...looked.outlines.keys()]) };
}

/** The same cache; what is found or kept through it is noted. */
function noting(cache: Cache, asked: Set<string>): Cache {
  return {
    find: (name) => {
      const found = cache.find(name);
      if (found !== undefined) asked.add(name);
      return found;
    },
    keep: (name, ...rest) => {
      asked.add(name);
      cache.keep(name, ...rest);
    },
  };
}
