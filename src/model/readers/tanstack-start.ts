import type { Program } from '../../repo/repo.ts';
import { ownFiles } from '../files.ts';
import { placeOf } from '../place.ts';
import type { Endpoint, Endpoints, FrameworkReader, Registered } from '../reader.ts';
import { exportOf } from './exports.ts';
import { byPrecision } from './path-order.ts';
import { functionsOf } from './tanstack-start/functions.ts';
import { library, startHandlers } from './tanstack-start/handlers.ts';
import type { Around, Part } from './tanstack-start/parts.ts';
import { givenTo, optionOf, type Route, routesOf } from './tanstack-start/routes.ts';
import { servedIn } from './tanstack-start/served.ts';
import { type Settings, settingsOf } from './tanstack-start/settings.ts';
import { type Way, waysOf } from './tanstack-start/ways.ts';

/** Reads TanStack Start apps: file routes with their handlers and pages, and functions of the server. */
export const tanstackStart = {
  name: 'tanstack-start',
  packages: ['@tanstack/react-start', '@tanstack/solid-start', '@tanstack/start'],
  semantics: { ...library, step: () => undefined },
  read(program: Program, root: string): Endpoints {
    const settings = settingsOf(program, root);
    const about = { program, root, settings, start: startIn(program, root) };
    const ways = waysOf(routesOf(program, root, settings));
    const served = ways.map((way) => servedBy(way, about));
    const endpoints = served.flatMap((each) => each.endpoints);
    const found = [...endpoints, ...pagesOf(ways, about), ...callsOf(about)];
    return {
      endpoints: found.sort(byPrecision),
      findings: served.flatMap(({ findings }) => findings),
    };
  },
} satisfies FrameworkReader;

interface About {
  readonly program: Program;
  readonly root: string;
  readonly settings: Settings;
  /** The app's own middleware, where it has any. */
  readonly start: readonly Part[];
}

function servedBy({ path, routes }: Way, { program, start }: About) {
  const own = routes.at(-1);
  if (!own) return { endpoints: [], findings: [] };
  const { handlers, findings } = servedIn(program, own);
  const before = [...start, ...middlewareOf(routes)];
  const endpoints = handlers.map(({ method, node }): Endpoint => {
    const parts = [...before, partOf('serve', own)];
    return { method, path, ...chained({ routes }, parts), at: placeOf(node) };
  });
  return { endpoints, findings };
}

/** The pages, each at a path of its own: an index goes before the layout around it. */
function pagesOf(ways: readonly Way[], about: About): Endpoint[] {
  const byPath = new Map<string, Way>();
  for (const way of ways.filter((each) => isPage(each, about.program))) {
    const key = way.path.replace(/:\w+/g, ':');
    const before = byPath.get(key)?.routes.at(-1);
    if (!before?.id.endsWith('/')) byPath.set(key, way);
  }
  return [...byPath.values()].map((way) => pageOf(way, about));
}

function isPage({ routes }: Way, program: Program): boolean {
  const own = routes.at(-1);
  if (!own || own.old) return false;
  const isServed = servedIn(program, own).handlers.some(({ method }) => /^(GET|ALL)$/.test(method));
  const shows = ['component', 'loader', 'beforeLoad'].some((name) => optionOf(own.options, name));
  return !isServed && (shows || !optionOf(own.options, 'server'));
}

function pageOf({ path, routes }: Way, { program, root, start }: About): Endpoint {
  const own = routes[routes.length - 1] as Route;
  const router = routerIn(program, root);
  const having = (...names: string[]) =>
    routes.filter(({ options }) => names.some((name) => optionOf(options, name)));
  const parts = [
    ...start,
    ...middlewareOf(routes),
    ...(router ? [{ does: 'router' as const, id: '', registered: router }] : []),
    ...having('validateSearch', 'beforeLoad').map((route) => partOf('check', route)),
    ...having('loader').map((route) => partOf('load', route)),
    partOf('show', own),
  ];
  return {
    kind: 'page',
    method: 'GET',
    path,
    ...chained({ routes }, parts),
    at: placeOf(own.node),
  };
}

function callsOf({ program, root, settings, start }: About): Endpoint[] {
  const functions = functionsOf(program, root);
  return functions.map(({ name, method, node, registered }): Endpoint => {
    const file = root === '.' ? registered.file : registered.file.slice(root.length + 1);
    const others = functions.filter((each) => each.name === name && each.node !== node);
    const parts: Part[] = [...start, { does: 'call', id: '', registered }];
    return {
      kind: 'action',
      method,
      path: `${settings.functions}/${name}`,
      ...(others.length > 0 ? { name: `of ${file}` } : {}),
      action: { by: 'tanstack-start', file, name, arguments: [] },
      ...chained({ routes: [], called: name }, parts),
      at: placeOf(node),
    };
  });
}

function partOf(does: Part['does'], { id, registered }: Route): Part {
  return { does, id, registered };
}

function middlewareOf(routes: readonly Route[]): Part[] {
  return routes
    .filter(({ options }) => optionOf(givenTo(optionOf(options, 'server')), 'middleware'))
    .map((route) => partOf('middleware', route));
}

function chained(around: Around, parts: readonly Part[]) {
  return {
    chain: parts.map(({ registered }) => registered),
    onError: [],
    semantics: startHandlers(around, parts),
  };
}

/** The app's `start.ts`: `export const startInstance = createStart(…)`. */
function startIn(program: Program, root: string): Part[] {
  const registered = exportedBy(program, root, {
    pattern: /\bcreateStart\s*\(/,
    names: ['startInstance'],
  });
  return registered ? [{ does: 'start', id: '', registered }] : [];
}

/** The app's `router.tsx`, which makes a router for each request. */
function routerIn(program: Program, root: string): Registered | undefined {
  return exportedBy(program, root, {
    pattern: /\bcreateRouter\s*\(|\bcreateTanStackRouter\s*\(/,
    names: ['getRouter', 'createRouter'],
  });
}

function exportedBy(
  program: Program,
  root: string,
  { pattern, names }: { pattern: RegExp; names: readonly string[] },
): Registered | undefined {
  const outline = program.outlined();
  for (const file of ownFiles(program.repo, root)) {
    if (!/\/(start|router)\.tsx?$/.test(file) || !program.matches(file, pattern)) continue;
    for (const name of names) {
      const found = exportOf(outline, file, name);
      if (found) return found.registered;
    }
  }
  return undefined;
}
