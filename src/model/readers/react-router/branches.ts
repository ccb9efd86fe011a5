import type { Entry } from './entry.ts';

/** A way through the routes to one that answers, the root first. */
export interface Branch {
  /** Normalised, without the app's basename. */
  readonly path: string;
  readonly entries: readonly Entry[];
}

/** A branch with its path as it is written. */
interface Way extends Branch {
  readonly index: boolean;
}

/** What of an app's routes can be asked for; of those with one path the one that React Router takes. */
export function branchesOf(root: Entry): Branch[] {
  const ways = waysFrom(root.children, { path: '', entries: [root] });
  const chosen = new Map<string, Way>();
  for (const way of ways) {
    const key = way.path.replace(/:[\w-]+/g, ':');
    const before = chosen.get(key);
    if (!before || (way.index && !before.index)) chosen.set(key, way);
  }
  return [...chosen.values()].map(({ path, entries }) => ({ path: normalPath(path), entries }));
}

function waysFrom(entries: readonly Entry[], around: Branch): Way[] {
  return entries.flatMap((entry) =>
    written(entry.path ?? '').flatMap((own) => {
      const path = joined(around.path, own);
      const way = { path, entries: [...around.entries, entry] };
      const inside = waysFrom(entry.children, way);
      const answers = entry.index || entry.path !== null;
      return answers ? [...inside, { ...way, index: entry.index }] : inside;
    }),
  );
}

/** A path that starts at the root says all of the way. */
function joined(around: string, own: string): string {
  if (own.startsWith('/')) return own.slice(1);
  return [around, own].filter((part) => part !== '').join('/');
}

/** The ways to write a path out. */
function written(path: string): string[] {
  const start = path.startsWith('/') ? '/' : '';
  return explode(path.replace(/^\/|\/$/g, '')).map((way) => start + way);
}

/** `a?/b` is `a/b` and `b`. */
function explode(path: string): string[] {
  const [first = '', ...rest] = path.split('/');
  const tails = rest.length === 0 ? [''] : explode(rest.join('/'));
  const own = first.replace(/\?$/, '');
  const withOwn = tails.map((tail) => [own, tail].filter((part) => part !== '').join('/'));
  return own === first ? withOwn : [...withOwn, ...tails];
}

/** `files/*` is `/files/*splat`: the rest goes by a name. */
function normalPath(path: string): string {
  return `/${path.replace(/(^|\/)\*$/, '$1*splat')}`;
}
