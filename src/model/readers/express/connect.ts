import { registered } from '../../static/registered.ts';
import type { Call, Value } from '../../static/value.ts';
import { entryOf, literal, nativeOf } from '../../static/value.ts';
import { hear } from './awaited.ts';
import type { Layer, Router } from './tree.ts';

/** Routers for single functions `(req, res)` of a host, which says where they stand by itself. */
export const CONNECT = /^next-connect$/;

const errors = new WeakMap<Router, Layer>();
const known = new WeakSet<Router>();

/** `nextConnect({ onError })` up to version 0, `createRouter()` since. */
export function connected(
  name: string | undefined,
  call: Call,
  make: (call: Call, isApp: boolean) => Value,
): Value | undefined {
  if (name === 'expressWrapper') return call.args[0];
  if (name !== undefined && name !== 'createRouter') return undefined;
  const made = make(call, false);
  const router = nativeOf(made) as Router;
  known.add(router);
  router.mounted.yes = true;
  hear(router);
  catching(router, call);
  return made;
}

export function isConnected(router: Router): boolean {
  return known.has(router);
}

/** `nextConnect({ onError })`, `router.handler({ onError })`. */
export function catching(router: Router, { args: [options], node }: Call): void {
  const run = registered(entryOf(options, 'onError'));
  if (!run) return;
  const of = { role: 'error', method: 'ALL', path: '', group: {}, last: true } as const;
  errors.set(router, { kind: 'use', run, node, ...of });
}

/** What is registered without a path stands for all of them. */
export function anywhere<One extends Call>(router: Router, call: One, hasPath: boolean): One {
  return hasPath || !known.has(router) ? call : { ...call, args: [literal('/*'), ...call.args] };
}

/** The router with what takes its errors behind all else: a mounted one leaves its own to who mounts it. */
export function withErrors(router: Router): Router {
  const last = errors.get(router);
  return last ? { ...router, layers: [...router.layers, last] } : router;
}
