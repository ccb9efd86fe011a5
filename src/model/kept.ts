import type { Cache, Looked, Program } from '../repo/repo.ts';

/** Keeps nothing. */
export const NO_CACHE: Cache = { find: () => undefined, keep: () => undefined };

type View = Pick<Program, 'looked'>;

interface Within {
  readonly cache: Cache;
  readonly program: View;
  /** Another view that code is looked at through. */
  readonly beside?: View;
  /** Names of what else the value comes of. */
  readonly parts?: readonly string[];
}

/**
 * What was found before under a name, or else what `work` finds now, which is kept for the next time. `work` looks at
 * code through `program` alone, or asks for parts of it from the cache it is given, and what it gives is JSON-safe.
 */
export function remembered<T>(
  { cache, program, beside, parts = [] }: Within,
  name: string,
  work: (inner: Cache) => T,
): T {
  const before = cache.find(name);
  // A cache gives back under a name what this call kept under it.
  if (before !== undefined) return before as T;
  const asked = new Set(parts);
  const value = work(noting(cache, asked));
  const looked = beside ? both(program.looked(), beside.looked()) : program.looked();
  cache.keep(name, value, { looked: whole(looked), parts: [...asked] });
  return value;
}

function both(one: Looked, other: Looked): Looked {
  const matches = new Map(one.matches);
  for (const [pattern, answers] of other.matches)
    matches.set(pattern, new Map([...(matches.get(pattern) ?? []), ...answers]));
  return {
    files: new Set([...one.files, ...other.files]),
    imports: new Map([...one.imports, ...other.imports]),
    outlines: new Map([...one.outlines, ...other.outlines]),
    matches,
  };
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
