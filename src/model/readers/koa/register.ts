import type { Finding } from '../../../kernel/finding.ts';
import { parametersOf, ts } from '../../../kernel/syntax.ts';
import type { Registered } from '../../reader.ts';
import { registered, registeredBy } from '../../static/registered.ts';
import type { Call, Native, Semantics, Value } from '../../static/value.ts';
import { entryOf, native, nativeOf, plainText } from '../../static/value.ts';
import { paramFor } from '../express/params.ts';
import { normalPaths } from '../express/path.ts';
import { createRouter, type Layer, type Router } from '../express/tree.ts';
import { unresolved } from '../unresolved.ts';

/** What running an app's modules left behind. */
export interface KoaRun {
  readonly semantics: Semantics;
  readonly routers: Router[];
  readonly findings: Finding[];
  /** The calls that made an app or router, or registered on one. */
  readonly seen: Set<ts.Node>;
}

type NamedCall = Call & { readonly name: string };

/** `router.routes()` under a prefix, an app under `mount`, or several in `compose`. */
interface Routes extends Native {
  readonly type: 'koa-routes';
  readonly layers: () => Layer[];
}

export const VERBS = 'get post put patch delete del options head all'.split(' ');
/** Routers nobody can tell the prefix of. */
const lost = new WeakSet<Router>();
const prefixes = new WeakMap<Router, string>();
const catching = new WeakSet<Registered>();

/** Whether a middleware catches what those behind it throw. */
export function isCatching(run: Registered): boolean {
  return catching.has(run);
}

/** What Koa's own exports, and its routers', mean while an app is put together. */
export function createKoa(): KoaRun {
  const run = { routers: [] as Router[], findings: [] as Finding[], seen: new Set<ts.Node>() };
  const make = (call: Call, isApp: boolean) => {
    run.seen.add(call.node);
    const router = createRouter(call.node, isApp, call.under);
    run.routers.push(router);
    prefixOf(router, { value: entryOf(call.args[0], 'prefix'), call }, run.findings);
    return native(router);
  };
  const semantics: Semantics = {
    call: (_, callee, call) => {
      const { package: from } = callee;
      if (from === 'koa') return make(call, true);
      if (/^(@koa\/router|koa-router|koa-joi-router)$/.test(from)) return make(call, false);
      if (from === 'koa-mount') return native(mounted(call));
      if (from === 'koa-compose') return native(routes(() => layersOf(call.args, '', call)));
      return undefined;
    },
    method: (_, receiver, call) => {
      if (!isRouter(receiver)) return undefined;
      run.seen.add(call.node);
      return method(receiver, call, run.findings);
    },
  };
  return { ...run, semantics };
}

/** Takes note of a router's prefix; where nobody can tell it, where its routes stand is not known. */
function prefixOf(
  router: Router,
  { value, call }: { value: Value | undefined; call: Call },
  findings: Finding[],
): void {
  const said = value && !(value.kind === 'literal' && value.value === undefined);
  const text = plainText(value);
  prefixes.set(router, text ?? prefixes.get(router) ?? '');
  if (!said || text !== undefined) return;
  lost.add(router);
  findings.push(unresolved(call.node, 'model.unresolvedRoute', 'the prefix is not known'));
}

function isRouter(value: Native | undefined): value is Router {
  return value?.type === 'express';
}

function routes(layers: () => Layer[]): Routes {
  return { type: 'koa-routes', layers };
}

/** `mount('/prefix', app)`. */
function mounted(call: Call): Routes {
  const [first, second] = call.args;
  const path = plainText(first);
  return routes(() => layersOf([path === undefined ? first : second], path ?? '', call));
}

function method(router: Router, call: NamedCall, findings: Finding[]): Value | undefined {
  const { name, args } = call;
  if (name === 'listen' || name === 'callback') router.served.yes = true;
  else if (name === 'routes' || name === 'middleware')
    return native(routes(() => mountOf(router, '')));
  else if (name === 'allowedMethods') return native(routes(() => []));
  else if (name === 'prefix') prefixOf(router, { value: args[0], call }, findings);
  else if (name === 'use') use(router, call, findings);
  else if (name === 'register') registerAll(router, call, findings);
  else if (VERBS.includes(name)) route(router, call, findings);
  else if (name === 'param') param(router, call);
  else return ['redirect', 'on', 'once'].includes(name) ? native(router) : undefined;
  return native(router);
}

/** `param('id', (id, ctx, next) => …)`. */
function param(router: Router, { args: [given, value] }: NamedCall): void {
  const run = registered(value);
  for (const name of textsOf(given) ?? []) if (run) router.params.push(paramFor(name, { ...run }));
}

/** `use(mw, …)`, `use('/path', mw, …)`, `use(['/a', '/b'], mw)`. */
function use(router: Router, call: NamedCall, findings: Finding[]): void {
  const { args, node } = call;
  const [first, ...rest] = args;
  const paths = textsOf(first);
  for (const path of paths ?? ['']) {
    router.layers.push(...layersOf(paths ? rest : args, path, call));
  }
  if (!paths && first?.kind === 'unknown' && rest.length > 0 && !first.by) {
    findings.push(unresolved(node, 'model.unresolvedRoute', 'the prefix is not known'));
  }
}

/** What a list of middleware, routers and apps adds, each under a path. */
function layersOf(values: readonly (Value | undefined)[], path: string, call: Call): Layer[] {
  return values.flatMap((value): Layer[] => {
    if (value?.kind === 'list') return layersOf(value.items, path, call);
    const made = nativeOf(value);
    if (isRouter(made)) return mountOf(made, path);
    if (made?.type === 'koa-routes') {
      return (made as Routes).layers().map((layer) => under(path, layer));
    }
    const run = registeredBy(call, value);
    if (!run) return [];
    keepCatching(run, value);
    const common = { method: 'ALL', path, run, group: {}, last: true, node: call.node };
    return [{ kind: 'use', role: roleOf(value), ...common }];
  });
}

function mountOf(router: Router, path: string): Layer[] {
  router.mounted.yes = true;
  if (lost.has(router)) return [];
  return [{ kind: 'mount', path: joined(path, prefixes.get(router) ?? ''), router }];
}

function under(path: string, layer: Layer): Layer {
  return { ...layer, path: joined(path, layer.path) };
}

function joined(prefix: string, path: string): string {
  if (path === '' || path === '/') return prefix;
  return `${prefix.replace(/\/$/, '')}${path.startsWith('/') ? '' : '/'}${path}`;
}

/** `get('/path', mw, handler)`, or with the route's name before its path. */
function route(router: Router, call: NamedCall, findings: Finding[]): void {
  const [first, second, ...rest] = call.args;
  const isNamed = textsOf(first) && textsOf(second);
  const paths = textsOf(isNamed ? second : first);
  const handlers = isNamed ? rest : call.args.slice(1);
  const word = call.name === 'del' ? 'delete' : call.name;
  add(router, { paths, methods: [word.toUpperCase()], handlers, call, findings });
}

/** `register('/path', ['GET'], [mw, handler])`. */
function registerAll(router: Router, call: NamedCall, findings: Finding[]): void {
  const [path, methods, ...handlers] = call.args;
  const words = textsOf(methods) ?? [];
  add(router, {
    paths: textsOf(path),
    methods: words.map((word) => word.toUpperCase()),
    handlers,
    call,
    findings,
  });
}

interface Added {
  readonly paths: readonly string[] | undefined;
  readonly methods: readonly string[];
  readonly handlers: readonly Value[];
  readonly call: NamedCall;
  readonly findings: Finding[];
}

function add(router: Router, { paths, methods, handlers, call, findings }: Added): void {
  const give = (reason: string) =>
    findings.push(unresolved(call.node, 'model.unresolvedRoute', reason));
  if (!paths) give('the path is not known');
  for (const path of paths ?? []) {
    if (normalPaths(path) === null) give(`no plain path: ${path}`);
    for (const method of methods) {
      const group = {};
      const runs = flat(handlers);
      runs.forEach((value, index) => {
        const run = registeredBy(call, value);
        if (!run) return;
        keepCatching(run, value);
        const last = index === runs.length - 1;
        const role = roleOf(value);
        router.layers.push({
          kind: 'route',
          method,
          path,
          run,
          role,
          group,
          last,
          node: call.node,
        });
      });
    }
  }
}

function flat(values: readonly Value[]): Value[] {
  return values.flatMap((value) => (value.kind === 'list' ? flat(value.items) : [value]));
}

function textsOf(value: Value | undefined): string[] | undefined {
  const items = value?.kind === 'list' ? value.items : value ? [value] : [];
  const texts = items.flatMap((item) => plainText(item) ?? []);
  return texts.length > 0 && texts.length === items.length ? texts : undefined;
}

/** A middleware that never calls `next` answers. */
function roleOf(value: Value | undefined): 'handler' | 'passing' {
  if (value?.kind !== 'function') return 'passing';
  const next = parametersOf(value.node)[1]?.name.getText();
  const calls = next && new RegExp(`\\b${next}\\b\\s*(\\(|[,)])`).test(bodyText(value.node));
  return calls ? 'passing' : 'handler';
}

function bodyText(node: ts.FunctionLikeDeclaration): string {
  return 'body' in node && node.body ? node.body.getText() : '';
}

function keepCatching(run: Registered, value: Value | undefined): void {
  const next = value?.kind === 'function' ? parametersOf(value.node)[1]?.name.getText() : undefined;
  if (value?.kind !== 'function' || !next) return;
  let found = false;
  const visit = (node: ts.Node): void => {
    if (ts.isTryStatement(node) && node.catchClause) {
      found ||= new RegExp(`\\b${next}\\s*\\(`).test(node.tryBlock.getText());
    }
    ts.forEachChild(node, visit);
  };
  visit(value.node);
  if (found) catching.add(run);
}
