import type { ts } from '../../kernel/syntax.ts';
import { placeOfCall } from '../place.ts';
import type { Declared, Endpoint, HandlerSemantics, Registered } from '../reader.ts';
import { madeUnder } from '../static/registered.ts';
import type { Undecided } from '../static/under.ts';
import { covers, joinPaths, normalPaths } from './route-path.ts';

/** Something registered on a router: it runs for the requests its method and pattern let through. */
export interface Entry {
  /** Upper case; `ALL` for any. */
  readonly method: string;
  /** The pattern as written, prefixes joined on. */
  readonly path: string;
  readonly run: Registered;
  /** `handler` answers; `passing` may answer or hand on; `middleware` runs on the way. */
  readonly role: 'middleware' | 'passing' | 'handler';
  /** Entries of one registration; a closed one (`get('/x', guard, handler)`) ends in its own handler. */
  readonly group: { readonly closed: boolean };
  readonly onError: readonly Registered[];
  readonly declared: Declared | null;
  readonly node: ts.Node;
}

/** A router while it is being built: what is registered, in order. */
export interface Router {
  readonly type: 'router';
  /** Shared by a router and its views under a base path. */
  readonly entries: Entry[];
  readonly basePath: string;
  /** The path a registration without one continues. */
  current: string;
  onError: Registered | null;
  notFound: Registered | null;
  onInvalid: Registered | null;
  /** Whether another router took it in. */
  readonly mounted: { yes: boolean };
  /** The view of it that something listens with. */
  readonly served: { by: Router | null };
  /** The conditions that it is made under. */
  readonly under: readonly Undecided[];
  readonly node: ts.Node;
}

export function createRouter(node: ts.Node, under: readonly Undecided[] = []): Router {
  return {
    type: 'router',
    entries: [],
    basePath: '/',
    current: '/',
    onError: null,
    notFound: null,
    onInvalid: null,
    mounted: { yes: false },
    served: { by: null },
    under,
    node,
  };
}

/** The same router seen from below a path: what is registered on one is there on the other. */
export function underPath(router: Router, path: string): Router {
  return { ...router, basePath: joinPaths(router.basePath, path), current: '/' };
}

/** Registers; the entry's path is joined onto the router's base path. */
export function register(router: Router, entry: Entry): void {
  router.entries.push({ ...entry, path: joinPaths(router.basePath, entry.path) });
}

/** Copies what a router holds at this moment into another one, under a prefix. */
export function mount(router: Router, prefix: string, inner: Router): void {
  inner.mounted.yes = true;
  const under = underPath(router, prefix);
  const own = inner.onError ? [inner.onError] : [];
  for (const entry of [...inner.entries]) {
    register(under, { ...entry, onError: [...entry.onError, ...own] });
  }
}

/** The endpoints of a finished router with everything that runs for each, in order; and those nothing can reach. */
export function endpointsOf(
  root: Router,
  semantics: HandlerSemantics,
): { endpoints: Endpoint[]; shadowed: Entry[] } {
  const endpoints: Endpoint[] = [];
  const shadowed: Entry[] = [];
  root.entries.forEach((entry, index) => {
    if (entry.role === 'middleware') return;
    const after = root.entries.slice(index + 1);
    if (after.some((later) => isGuardOf(entry, later))) return;
    const before = root.entries.slice(0, index);
    if (before.some((earlier) => answersAll(earlier, entry))) shadowed.push(entry);
    else endpoints.push(...endpointsAt({ root, semantics }, entry, before));
  });
  return { endpoints, shadowed };
}

/** What runs before something registered on a router for a request to one path below it. */
export function runningBefore(root: Router, request: Entry, registered: Entry): Registered[] {
  const before = root.entries.slice(0, root.entries.indexOf(registered));
  return before.filter((earlier) => runsBefore(earlier, request)).map(({ run }) => run);
}

function endpointsAt(
  { root, semantics }: { root: Router; semantics: HandlerSemantics },
  entry: Entry,
  before: readonly Entry[],
): Endpoint[] {
  const chain = before.filter((earlier) => runsBefore(earlier, entry)).map(({ run }) => run);
  const outer = root.onError ? [root.onError] : [];
  return normalPaths(entry.path).map((path) => ({
    method: entry.method,
    path,
    chain: [...chain, entry.run],
    onError: [...entry.onError, ...outer],
    notFound: root.notFound,
    ...madeUnder(root.under),
    semantics,
    ...(entry.declared ? { declared: entry.declared } : {}),
    at: placeOfCall(entry.node),
  }));
}

function runsBefore(earlier: Entry, entry: Entry): boolean {
  if (earlier.group === entry.group) {
    return earlier.method === entry.method && earlier.path === entry.path;
  }
  return isOnTheWay(earlier) && takes(earlier, entry);
}

function isOnTheWay(entry: Entry): boolean {
  return !entry.group.closed;
}

/** `all('/orders/*', async (c, next) => …)` guards what is registered below it. */
function isGuardOf(entry: Entry, later: Entry): boolean {
  if (entry.role !== 'passing' || later.role !== 'handler' || isStatic(entry)) return false;
  return (entry.path.endsWith('*') || entry.path === later.path) && takes(entry, later);
}

/** Files are served where there are some, before later routes get a chance. */
function isStatic({ run }: Entry): boolean {
  return /^serveStatic\b/.test(run.expression.getText());
}

function answersAll(earlier: Entry, entry: Entry): boolean {
  return earlier.role === 'handler' && earlier.group !== entry.group && takes(earlier, entry);
}

function takes(earlier: Entry, entry: Entry): boolean {
  const method = earlier.method === 'ALL' || earlier.method === entry.method;
  return method && covers(earlier.path, entry.path);
}
