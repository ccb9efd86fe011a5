import type { Page, Route } from '../../model/model.ts';
import type { When } from '../plan.ts';

/** The route a request would reach: an exact segment before a parameter, a parameter before a catch-all. */
export function matchingRoute<R extends Route | Page>(
  routes: readonly R[],
  request: Pick<When, 'method' | 'path'>,
): R | undefined {
  const path = request.path.split(/[?#]/)[0] ?? '';
  const found = routes.filter((route) => {
    const method = route.method === 'ALL' || route.method === request.method.toUpperCase();
    return method && patternOf(route.path).test(path);
  });
  return found.toSorted((a, b) => looseness(a.path) - looseness(b.path))[0];
}

function patternOf(path: string): RegExp {
  const source = path
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\/\*[A-Za-z_]*/g, '(?:/.*)?')
    .replace(/:[A-Za-z_]\w*/g, '[^/]+');
  return new RegExp(`^${source}/?$`);
}

function looseness(path: string): number {
  return (path.match(/:/g) ?? []).length + 100 * (path.match(/\*/g) ?? []).length;
}
