import type { Route } from './route.ts';

/** A route whose action takes what is sent to a path; `indexed` where `?index` says that it is the one inside. */
export interface Target {
  readonly route: number;
  readonly indexed: boolean;
}

/** The routes of a way whose actions take a document's forms: the last with a path of its own, and an index inside it. */
export function targetsOf(routes: readonly Route[]): Target[] {
  const last = routes.length - 1;
  const plain = routes.findLastIndex(({ path }, index) => index === 0 || path !== null);
  const own = routes[last]?.index === true && plain !== last;
  return [
    { route: plain, indexed: false },
    ...(own ? [{ route: last, indexed: true }] : []),
  ].filter(({ route }) => routes[route]?.action);
}

/** A route that shows nothing answers on its own, whatever stands around it. */
export function isResource({ component, boundary }: Route): boolean {
  return !component && !boundary;
}
