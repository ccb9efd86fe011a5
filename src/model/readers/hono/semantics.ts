import type { Finding } from '../../../kernel/finding.ts';
import type { ts } from '../../../kernel/syntax.ts';
import { registered } from '../../static/registered.ts';
import type { Call, Machine, Native, PackageValue, Semantics, Value } from '../../static/value.ts';
import { list, native, nativeOf, UNKNOWN } from '../../static/value.ts';
import { createRouter, type Router } from '../routing-tree.ts';
import { isRouter, registerCall } from './register.ts';

/** What running an app's modules left behind. */
export interface HonoRun {
  readonly semantics: Semantics;
  readonly routers: Router[];
  readonly findings: Finding[];
  /** The calls that registered something, or said that they could not. */
  readonly seen: Set<ts.Node>;
}

interface Factory extends Native {
  readonly type: 'factory';
  readonly init: Value | null;
}

const ROUTERS = new Set(['Hono', 'OpenAPIHono']);
/** They look at a router and serve nobody. */
const LOOKERS = new Set(['hono/dev', 'hono/testing', 'hono/client', 'hono/ssg']);

/** What Hono's own exports mean. */
export function createHono(): HonoRun {
  const run = { routers: [] as Router[], findings: [] as Finding[], seen: new Set<ts.Node>() };
  const semantics: Semantics = {
    call: (_machine, callee, call) => exportCall(callee, { call, run }),
    method: (machine, receiver, call) => {
      if (isRouter(receiver)) return registerCall(machine, receiver, { call, run });
      return isFactory(receiver) ? factoryMethod(machine, receiver, { call, run }) : undefined;
    },
    property: (_machine, receiver, name) => {
      if (!isRouter(receiver)) return undefined;
      if (name === 'fetch' || name === 'fire') serve(receiver);
      return name === 'fetch' ? native(receiver) : undefined;
    },
    escape: (_machine, values) => {
      for (const value of values) escapeFrom(value, 0);
    },
  };
  return { ...run, semantics };
}

type Run = Pick<HonoRun, 'routers' | 'findings' | 'seen'>;

function exportCall(
  callee: PackageValue,
  { call, run }: { call: Call; run: Run },
): Value | undefined {
  const name = callee.path.at(-1) ?? '';
  const [first] = call.args;
  if (LOOKERS.has(callee.package)) return UNKNOWN;
  if (callee.package === 'chanfana' && name === 'fromHono') return first;
  if (!/^(?:jsr:)?@?hono(?:\/|$)/.test(callee.package)) return undefined;
  if (call.isNew && ROUTERS.has(name)) return newRouter(call, run);
  if (name === 'createRoute' || name === '$' || name === 'defineOpenAPIRoute') return first;
  if (name === 'createMiddleware') return first;
  if (name !== 'createFactory' && name !== 'Factory') return undefined;
  const init = first?.kind === 'object' ? (first.entries.get('initApp') ?? null) : null;
  const factory: Factory = { type: 'factory', init };
  return native(factory);
}

function newRouter(call: Call, run: Run): Value {
  const router = createRouter(call.node, call.under);
  const [options] = call.args;
  const hook = options?.kind === 'object' ? options.entries.get('defaultHook') : undefined;
  router.onInvalid = registered(hook);
  run.routers.push(router);
  return native(router);
}

function factoryMethod(
  machine: Machine,
  factory: Factory,
  { call, run }: { call: Call & { name: string }; run: Run },
): Value | undefined {
  if (call.name === 'createHandlers') return list([...call.args]);
  if (call.name === 'createMiddleware') return call.args[0];
  if (call.name !== 'createApp') return undefined;
  const app = newRouter(call, run);
  if (factory.init) machine.apply(factory.init, { ...call, args: [app] });
  return app;
}

function isFactory(receiver: Native): receiver is Factory {
  return receiver.type === 'factory';
}

function serve(router: Router): void {
  router.served.by ??= router;
}

/** A router that went into a package's hands (`serve`, `handle`, `instrument`) is what the world talks to. */
function escapeFrom(value: Value, depth: number): void {
  const found = nativeOf(value);
  if (found && isRouter(found)) serve(found);
  if (depth > 2) return;
  if (value.kind === 'object')
    for (const item of value.entries.values()) escapeFrom(item, depth + 1);
  if (value.kind === 'list') for (const item of value.items) escapeFrom(item, depth + 1);
}
