import type { Route } from './routes.ts';

/** A way to a route that answers, from the root in. */
export interface Way {
  /** Normalised. */
  readonly path: string;
  readonly routes: readonly Route[];
}

/** Every way to a route with a path of its own, one for each of its optional parameters left out or not. */
export function waysOf(routes: readonly Route[]): Way[] {
  return routes
    .filter(({ id }) => id !== '' && !isFrame(id))
    .flatMap((route) => {
      const around = routes.filter(({ id, old }) => !old && isAround(id, route.id));
      const frames = route.old ? [] : around.sort((a, b) => a.id.length - b.id.length);
      return pathsOf(route.id).map((path) => ({ path, routes: [...frames, route] }));
    });
}

/** A layout that adds nothing to the path is nothing to ask for by itself. */
function isFrame(id: string): boolean {
  return /(^|\/)(_[^/]*|\([^/]*\))$/.test(id);
}

function isAround(outer: string, inner: string): boolean {
  return outer !== inner && inner.startsWith(outer === '' ? '/' : `${outer}/`);
}

/**
 * The paths an id says: layouts (`_app`) and groups (`(shop)`) add nothing, a `_` at the end of a segment takes its
 * route out of a frame, `$id` is a parameter, `$` the rest, `{-$lang}` a parameter that may be left out.
 */
function pathsOf(id: string): string[] {
  const segments = id.split('/').filter((part) => part !== '' && !/^_|^\(.*\)$/.test(part));
  let paths = [''];
  for (const part of segments) {
    const own = segmentOf(part.replace(/_$/, '').replace('{-$', '{$'));
    const longer = paths.map((path) => `${path}/${own}`);
    paths = part.includes('{-$') ? [...paths, ...longer] : longer;
  }
  return paths.map((path) => path || '/');
}

function segmentOf(written: string): string {
  if (written === '$') return '*splat';
  return written
    .replace(/^\$(\w+)$/, ':$1')
    .replace(/\{\$(\w+)\}/, ':$1')
    .replace('{$}', '*splat');
}
