import type { Finding } from '../../../kernel/finding.ts';
import { ts } from '../../../kernel/syntax.ts';
import { registered } from '../../static/registered.ts';
import type { Call, Machine, Native, Value } from '../../static/value.ts';
import { native, nativeOf, plainText } from '../../static/value.ts';
import { mount, type Router, underPath } from '../routing-tree.ts';
import { unresolved } from '../unresolved.ts';
import { type Registration, registerAll, roleOf } from './entry.ts';
import { openapi } from './openapi.ts';

/** Where registering leaves its traces. */
export interface Ledger {
  readonly findings: Finding[];
  readonly seen: Set<ts.Node>;
}

type Register = (router: Router, call: NamedCall, ledger: Ledger) => Value | undefined;
type NamedCall = Call & { readonly name: string; readonly machine: Machine };

export function isRouter(value: Native): value is Router {
  return value.type === 'router';
}

/** What a method of a Hono app does; undefined for one that has nothing to do with routes. */
export function registerCall(
  machine: Machine,
  router: Router,
  { call, run }: { call: Call & { name: string }; run: Ledger },
): Value | undefined {
  const method = METHODS[call.name];
  if (!method) return undefined;
  run.seen.add(call.node);
  return method(router, { ...call, machine }, run) ?? native(router);
}

const METHODS: Readonly<Record<string, Register>> = {
  get: verb,
  post: verb,
  put: verb,
  patch: verb,
  delete: verb,
  options: verb,
  query: verb,
  all: verb,
  on: onMethods,
  use: useMiddleware,
  route: routeTo,
  basePath: below,
  mount: mountOther,
  openapi: (router, call, ledger) => openapi(router, { call, ledger }),
  openapiRoutes,
  doc: document,
  doc31: document,
  onError: (router, { args }) => {
    router.onError = registered(args[0]);
    return undefined;
  },
  notFound: (router, { args }) => {
    router.notFound = registered(args[0]);
    return undefined;
  },
};

function verb(router: Router, call: NamedCall, ledger: Ledger): undefined {
  const [first, ...rest] = call.args;
  if (!first) return;
  const path = plainText(first);
  if (path !== undefined) router.current = path;
  else if (rest.length > 0 && !isHandler(first))
    return giveUp(ledger, call, 'the path is not known');
  const run = path === undefined ? call.args : rest;
  register(router, { method: call.name.toUpperCase(), path: router.current, run, call });
}

function onMethods(router: Router, call: NamedCall, ledger: Ledger): undefined {
  const [methods, paths, ...run] = call.args;
  const names = textsOf(methods);
  const patterns = textsOf(paths);
  if (!names || !patterns) return giveUp(ledger, call, 'the methods or paths are not known');
  for (const path of patterns) {
    router.current = path;
    for (const name of names) register(router, { method: name.toUpperCase(), path, run, call });
  }
}

function useMiddleware(router: Router, call: NamedCall, ledger: Ledger): undefined {
  const [first, ...rest] = call.args;
  if (!first) return;
  const path = plainText(first);
  if (path === undefined && rest.length > 0 && isPathLike(first)) {
    return giveUp(ledger, call, 'the path of the middleware is not known');
  }
  router.current = path ?? '*';
  const run = path === undefined ? call.args : rest;
  const given = { method: 'ALL', path: router.current, call, declared: null };
  registerAll(router, { ...given, run, last: 'middleware' });
}

function routeTo(router: Router, call: NamedCall, ledger: Ledger): undefined {
  const [prefix, inner] = call.args;
  const path = plainText(prefix);
  const routers = routersIn(inner);
  for (const one of routers) one.mounted.yes = true;
  if (path === undefined) return giveUp(ledger, call, 'the prefix is not known');
  if (routers.length === 0) return giveUp(ledger, call, 'the mounted router is not known');
  for (const one of routers) mount(router, path, one);
}

function below(router: Router, call: NamedCall, ledger: Ledger): Value | undefined {
  const path = plainText(call.args[0]);
  return path === undefined
    ? giveUp(ledger, call, 'the base path is not known')
    : native(underPath(router, path));
}

/** Another framework's handler takes everything below a path. */
function mountOther(router: Router, call: NamedCall, ledger: Ledger): undefined {
  const [prefix, inner] = call.args;
  const path = plainText(prefix);
  if (path === undefined) return giveUp(ledger, call, 'the prefix is not known');
  const routers = routersIn(inner);
  for (const one of routers) mount(router, path, one);
  if (routers.length > 0 || !inner) return;
  const below = `${path.replace(/\/$/, '')}/*`;
  const given = { method: 'ALL', path: below, call, declared: null };
  registerAll(router, { ...given, run: [inner], last: 'handler' });
}

/** The OpenAPI document is a route of its own. */
function document(router: Router, call: NamedCall, ledger: Ledger): undefined {
  const [first, config] = call.args;
  const path = plainText(first);
  if (path === undefined || !config) return giveUp(ledger, call, 'the path is not known');
  router.current = path;
  register(router, { method: 'GET', path, run: [config], call });
}

function openapiRoutes(router: Router, call: NamedCall, ledger: Ledger): undefined {
  const [routes] = call.args;
  if (routes?.kind !== 'list' || routes.open.value)
    return giveUp(ledger, call, 'the routes are not known');
  for (const one of routes.items) {
    if (one.kind !== 'object') giveUp(ledger, call, 'one of the routes is not known');
    else {
      const args = ['route', 'handler', 'hook'].flatMap((key) => one.entries.get(key) ?? []);
      openapi(router, { call: { ...call, args }, ledger });
    }
  }
}

function register(
  router: Router,
  { method, path, run, call }: Pick<Registration, 'method' | 'path' | 'run'> & { call: NamedCall },
): void {
  const last = run.at(-1);
  const role = last ? roleOf(last) : 'handler';
  registerAll(router, { method, path, run, call, declared: null, last: role });
}

function giveUp(ledger: Ledger, call: NamedCall, reason: string): undefined {
  ledger.findings.push(unresolved(call.node, 'model.unresolvedRoute', reason));
  return undefined;
}

/** The routers a value may be: all branches of a choice, and what objects carry. */
function routersIn(value: Value | undefined): Router[] {
  if (value?.kind === 'either') return value.of.flatMap(routersIn);
  const found = nativeOf(value);
  return found && isRouter(found) ? [found] : [];
}

function textsOf(value: Value | undefined): string[] | undefined {
  const items = value?.kind === 'list' && !value.open.value ? value.items : value ? [value] : [];
  const texts = items.map(plainText).filter((text) => text !== undefined);
  return texts.length === items.length && texts.length > 0 ? texts : undefined;
}

/** Whether a first argument can be told to be a handler although it may be unknown what it does. */
function isHandler(value: Value): boolean {
  if (value.kind === 'function' || value.kind === 'package') return true;
  const written = value.origin?.expression;
  return value.kind === 'unknown' && written !== undefined && ts.isCallExpression(written);
}

function isPathLike(value: Value): boolean {
  const written = value.origin?.expression;
  if (value.kind === 'either') return value.of.some((one) => plainText(one) !== undefined);
  if (value.kind !== 'unknown' || !written) return false;
  if (ts.isTemplateExpression(written) || ts.isBinaryExpression(written)) return true;
  return (
    !ts.isCallExpression(written) && /path|route|url|prefix|base|endpoint/i.test(written.getText())
  );
}
