import type { Program } from '../../repo/repo.ts';
import { placeOf } from '../place.ts';
import type { Endpoint, Endpoints, FrameworkReader } from '../reader.ts';
import type { Exported } from './exports.ts';
import { methodsIn } from './methods.ts';
import { byPrecision } from './path-order.ts';
import { branchesOf } from './react-router/branches.ts';
import { library, routeHandlers } from './react-router/handlers.ts';
import { routesOf } from './react-router/module-routes.ts';
import { type Part, type Route, routeOf } from './react-router/route.ts';
import { settingsOf } from './react-router/settings.ts';
import { isResource, type Target, targetsOf } from './react-router/targets.ts';

/** Reads React Router apps in framework mode, and Remix apps: route modules in each other. */
export const reactRouter = {
  name: 'react-router',
  packages: ['@react-router/dev', '@remix-run/dev', '@remix-run/node', '@remix-run/react'],
  semantics: { ...library, step: () => undefined },
  read(program: Program, root: string): Endpoints {
    const settings = settingsOf(program, root);
    const routes = routesOf(program, root, settings);
    if (!routes) return { endpoints: [], findings: [] };
    const known = new Map<string, Route>();
    const endpoints = branchesOf(routes.root).flatMap(({ path, entries }) => {
      const way = entries.map((entry) => {
        const route = known.get(entry.file) ?? routeOf(program, entry);
        known.set(entry.file, route);
        return { ...route, id: entry.id, path: entry.path, index: entry.index };
      });
      const { app, basename } = settings;
      const whole = `${basename}${path}`.replace(/(.)\/$/, '$1');
      return endpointsOf(way, { program, app, basename, path: whole });
    });
    return { endpoints: endpoints.sort(byPrecision), findings: routes.findings };
  },
} satisfies FrameworkReader;

/** The methods an action tells apart; forms post where it tells none. */
function methodsOf({ node }: Exported, program: Program): string[] {
  const { fileName } = node.getSourceFile();
  if (!program.matches(fileName, /method/)) return ['POST'];
  program.source(fileName);
  const told = methodsIn(node, /^(POST|PUT|PATCH|DELETE)$/);
  return told.length > 0 ? told : ['POST'];
}

interface About {
  readonly program: Program;
  readonly app: string;
  readonly basename: string;
  readonly path: string;
}

function endpointsOf(routes: readonly Route[], about: About): Endpoint[] {
  const last = routes.length - 1;
  const own = routes[last];
  if (!own) return [];
  const { loader, component } = own;
  const got = component ? page(routes, component, about) : [];
  if (!isResource(own)) return [...got, ...actionsOf(routes, targetsOf(routes), about)];
  return [
    ...(loader ? [served(routes, loader, { ...about, method: 'GET' })] : []),
    ...(own.action ? methodsOf(own.action, about.program) : []).flatMap((method) =>
      own.action ? [served(routes, own.action, { ...about, method })] : [],
    ),
  ];
}

function page(routes: readonly Route[], component: Exported, about: About): Endpoint[] {
  const loads = routes.flatMap(({ loader }, route): Part[] =>
    loader ? [{ does: 'load', route, registered: loader.registered }] : [],
  );
  const show: Part = { does: 'show', route: routes.length - 1, registered: component.registered };
  const parts = [...before(routes), ...loads, show];
  return [
    { ...endpoint(routes, { parts, own: component, ...about, method: 'GET' }), kind: 'page' },
  ];
}

function actionsOf(routes: readonly Route[], targets: readonly Target[], about: About): Endpoint[] {
  return targets.flatMap(({ route, indexed }): Endpoint[] => {
    const action = routes[route]?.action;
    if (!action) return [];
    const act: Part = { does: 'act', route, registered: action.registered, indexed };
    const parts = [...before(routes), act];
    const name = indexed && targets.length > 1 ? { name: '?index' } : {};
    return methodsOf(action, about.program).map((method) => ({
      ...endpoint(routes, { parts, own: action, ...about, method }),
      ...name,
    }));
  });
}

function served(
  routes: readonly Route[],
  own: Exported,
  about: About & { readonly method: string },
): Endpoint {
  const serve: Part = { does: 'serve', route: routes.length - 1, registered: own.registered };
  return endpoint(routes, { parts: [...before(routes), serve], own, ...about });
}

function before(routes: readonly Route[]): Part[] {
  return routes.flatMap(({ middleware }, route): Part[] =>
    middleware ? [{ does: 'middleware', route, registered: middleware.registered }] : [],
  );
}

interface Making extends About {
  readonly method: string;
  readonly parts: readonly Part[];
  readonly own: Exported;
}

function endpoint(
  routes: readonly Route[],
  { method, path, app, basename, parts, own }: Making,
): Endpoint {
  return {
    method,
    path,
    chain: parts.map(({ registered }) => registered),
    onError: [],
    semantics: routeHandlers({ app, basename, routes }, parts),
    at: placeOf(own.node),
  };
}
