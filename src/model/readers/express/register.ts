import type { Finding } from '../../../kernel/finding.ts';
import { ts } from '../../../kernel/syntax.ts';
import type { Registered } from '../../reader.ts';
import { registered, registeredBy } from '../../static/registered.ts';
import type { Call, Native, Semantics, Value } from '../../static/value.ts';
import { native, nativeOf, plainText, UNKNOWN } from '../../static/value.ts';
import { unresolved } from '../unresolved.ts';
import { AWAITING, hear, isHeard } from './awaited.ts';
import { anywhere, CONNECT, catching, connected, isConnected } from './connect.ts';
import { initialized, OPENAPI } from './openapi.ts';
import { controllersIn, decoratorOf, OVERNIGHT } from './overnight.ts';
import { paramFor } from './params.ts';
import { normalPaths } from './path.ts';
import { pathsOfPattern } from './pattern.ts';
import { prototypeNamed, prototypeOf } from './prototypes.ts';
import { flat, roleOf } from './role.ts';
import { createRouter, type Layer, type Routed, type Router } from './tree.ts';

/** What running an app's modules left behind. */
export interface ExpressRun {
  readonly semantics: Semantics;
  readonly routers: Router[];
  readonly findings: Finding[];
  readonly seen: Set<ts.Node>;
  readonly put: Map<string, Registered>;
}

type NamedCall = Call & { readonly name: string };

export const VERBS = 'get post put patch delete options head all'.split(' ');
const CONFIGURING = new Set('set enable disable engine on once disabled enabled render'.split(' '));

/** What Express's own exports mean while an app is put together. */
export function createExpress(): ExpressRun {
  const run = { routers: [] as Router[], findings: [] as Finding[], seen: new Set<ts.Node>() };
  const put = new Map<string, Registered>();
  const make = (call: Call, isApp: boolean) => {
    const router = createRouter(call.node, isApp, call.under);
    run.routers.push(router);
    return native(router);
  };
  const semantics: Semantics = {
    call: (machine, callee, call) => {
      const name = callee.path.filter((each) => each !== 'default').at(-1);
      if (AWAITING.test(callee.package)) return awaiting(name, call, make);
      if (CONNECT.test(callee.package)) return connected(name, call, make);
      if (callee.package === 'express' && name === undefined) return make(call, true);
      if (callee.package === 'express' && name === 'Router') return make(call, false);
      if (callee.package === OVERNIGHT && name === 'Server' && call.isNew) return make(call, true);
      if (/^(node:)?https?$/.test(callee.package)) serve(call.args);
      if (callee.package === OPENAPI && name === 'initialize') {
        if (!initialized(machine, call)) giveUp(call, run, 'its paths are not known');
        return UNKNOWN;
      }
      return decoratorOf(callee, call);
    },
    method: (machine, receiver, call) => {
      if (isRouted(receiver))
        return hearing(receiver.router, call, (as) => verb(receiver, as, run));
      if (!isRouter(receiver)) return undefined;
      if (call.name !== 'addControllers')
        return hearing(receiver, call, (as) => method(receiver, as, run));
      receiver.layers.push(...controllersIn(machine, call.args[0]));
      return native(receiver);
    },
    property: (_machine, receiver, name) => {
      if (!isRouter(receiver) || !receiver.isApp) return undefined;
      // A server of OvernightJS is known by the app it makes.
      return name === 'app' ? native(receiver) : prototypeNamed(name);
    },
    assign: (owner, name, value) => {
      const run = registered(value);
      const part = prototypeOf(owner);
      if (run && part) put.set(`${part}.${name}`, run);
    },
    escape: (_machine, values) => serve(values),
  };
  return { ...run, put, semantics };
}

/** An app or router that waits for what is registered on it; `addAsync(app)` gives one more methods for that. */
function awaiting(
  name: string | undefined,
  call: Call,
  make: (call: Call, isApp: boolean) => Value,
): Value | undefined {
  if (name === 'addAsync') return call.args[0];
  if (name === 'wrap') return undefined;
  const made = make(call, false);
  const router = nativeOf(made);
  if (router && name !== 'Router') hear(router);
  return made;
}

/** `getAsync`, `useAsync` are `get` and `use` that wait. */
function hearing(
  router: Router,
  call: NamedCall,
  work: (call: NamedCall) => Value | undefined,
): Value | undefined {
  const known = new Set<object>([...router.layers, ...router.params]);
  const name = call.name.replace(/Async$/, '');
  const found = work({ ...call, name });
  if (isHeard(router) || name !== call.name)
    for (const step of [...router.layers, ...router.params].filter((each) => !known.has(each)))
      if ('run' in step) hear(step.run);
  return found;
}

type Ledger = Pick<ExpressRun, 'findings' | 'seen'>;

export function isRouter(value: Native | undefined): value is Router {
  return value?.type === 'express';
}

function isRouted(value: Native): value is Routed {
  return value.type === 'express-route';
}

function serve(values: readonly Value[]): void {
  for (const value of values) {
    const found = nativeOf(value);
    if (isRouter(found) && found.isApp) found.served.yes = true;
  }
}

function method(router: Router, call: NamedCall, ledger: Ledger): Value | undefined {
  if (call.name === 'listen') {
    router.served.yes = true;
    return undefined;
  }
  if (call.name === 'handler' && isConnected(router)) catching(router, call);
  else if (call.name === 'use') use(router, call, ledger);
  else if (call.name === 'route') return routed(router, call, ledger);
  else if (call.name === 'param') param(router, call);
  else if (VERBS.includes(call.name)) route(router, call, ledger);
  else return CONFIGURING.has(call.name) ? native(router) : undefined;
  ledger.seen.add(call.node);
  return native(router);
}

function route(router: Router, given: NamedCall, ledger: Ledger): void {
  const call = anywhere(router, given, isPath(given.args[0] ?? UNKNOWN));
  const [first, ...rest] = call.args;
  if (call.name === 'get' && call.args.length === 1) return;
  const paths = pathsOf(first);
  if (!paths) giveUp(call, ledger, 'the path is not known');
  else register(router, { paths, method: call.name.toUpperCase(), handlers: rest, call, ledger });
}

/** `param('id', fn)`, `param(['id', 'page'], fn)`. */
function param(router: Router, { args: [given, value] }: NamedCall): void {
  const run = registered(value);
  if (run) for (const name of pathsOf(given) ?? []) router.params.push(paramFor(name, { ...run }));
}

function routed(router: Router, call: NamedCall, ledger: Ledger): Value {
  const paths = pathsOf(call.args[0]);
  if (!paths) giveUp(call, ledger, 'the path is not known');
  const made: Routed = { type: 'express-route', router, paths: paths ?? [] };
  return native(made);
}

function verb(target: Routed, call: NamedCall, ledger: Ledger): Value | undefined {
  if (!VERBS.includes(call.name)) return undefined;
  ledger.seen.add(call.node);
  const { router, paths } = target;
  register(router, { paths, method: call.name.toUpperCase(), handlers: call.args, call, ledger });
  return native(target);
}

interface Registration {
  readonly paths: readonly string[];
  readonly method: string;
  readonly handlers: readonly Value[];
  readonly call: NamedCall;
  readonly ledger: Ledger;
}

function register(router: Router, { paths, method, handlers, call, ledger }: Registration): void {
  const runs = flat(handlers);
  for (const path of paths) {
    if (normalPaths(path) === null) giveUp(call, ledger, `no plain path: ${path}`);
    const group = {};
    const roles = runs.map(roleOf);
    const answering = roles.findLastIndex((role) => role !== 'error');
    runs.forEach((value, index) => {
      const run = registeredBy(call, value);
      const role = roles[index];
      if (!run || !role) return;
      const last = index === answering;
      router.layers.push({ kind: 'route', method, path, run, role, group, last, node: call.node });
    });
  }
}

function use(router: Router, call: NamedCall, ledger: Ledger): void {
  const [first, ...rest] = call.args;
  const paths = first && isPath(first) ? pathsOf(first) : [''];
  if (!paths) {
    giveUp(call, ledger, 'the prefix is not known');
    for (const value of flat(rest)) for (const one of routersIn(value)) one.mounted.yes = true;
    return;
  }
  const handlers = flat(first && isPath(first) ? rest : call.args);
  for (const path of paths) {
    for (const value of handlers) router.layers.push(...used(value, { path, call, ledger }));
  }
}

function used(
  value: Value,
  { path, call, ledger }: { path: string; call: NamedCall; ledger: Ledger },
): Layer[] {
  const routers = routersIn(value);
  for (const one of routers) one.mounted.yes = true;
  if (routers.length > 0) return routers.map((router) => ({ kind: 'mount', path, router }));
  const run = registeredBy(call, value);
  if (!run) return [];
  if (path !== '' && value.kind === 'unknown' && !value.by && isRouterLike(value)) {
    giveUp(call, ledger, 'the mounted router is not known');
  }
  const common = { method: 'ALL', path, run, group: {}, last: true, node: call.node };
  return [{ kind: 'use', role: roleOf(value), ...common }];
}

function isRouterLike(value: Value): boolean {
  return /rout(er|es)/i.test(value.origin?.expression.getText() ?? '');
}

function routersIn(value: Value): Router[] {
  if (value.kind === 'either') return value.of.flatMap(routersIn);
  const found = nativeOf(value);
  return isRouter(found) ? [found] : [];
}

function isPath(value: Value): boolean {
  if (value.kind === 'literal' || value.kind === 'regex') return true;
  if (value.kind === 'list') return value.items.length > 0 && value.items.every(isPath);
  if (value.kind === 'either') return value.of.some((one) => plainText(one) !== undefined);
  const written = value.origin?.expression;
  if (value.kind !== 'unknown' || !written) return false;
  return (
    ts.isTemplateExpression(written) ||
    ts.isBinaryExpression(written) ||
    (!ts.isCallExpression(written) && /path|prefix|base|endpoint|url/i.test(written.getText()))
  );
}

function pathsOf(value: Value | undefined): string[] | undefined {
  const items = value?.kind === 'list' && !value.open.value ? value.items : value ? [value] : [];
  const texts = items.map((item) => {
    const text = plainText(item);
    if (text !== undefined) return [text];
    return item.kind === 'regex' ? pathsOfPattern(item.source) : undefined;
  });
  return texts.length > 0 && !texts.includes(undefined)
    ? texts.flatMap((each) => each ?? [])
    : undefined;
}

function giveUp(call: Call, ledger: Ledger, reason: string): Value {
  ledger.findings.push(unresolved(call.node, 'model.unresolvedRoute', reason));
  ledger.seen.add(call.node);
  return UNKNOWN;
}
