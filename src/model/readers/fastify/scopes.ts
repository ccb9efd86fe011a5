import type { ts } from '../../../kernel/syntax.ts';
import { placeOfCall } from '../../place.ts';
import type { Declared, Endpoint, HandlerSemantics, Registered } from '../../reader.ts';
import { madeUnder } from '../../static/registered.ts';
import type { Undecided } from '../../static/under.ts';
import type { Value } from '../../static/value.ts';
import { normalPaths } from '../express/path.ts';

export type Hook = 'onRequest' | 'preParsing' | 'preValidation' | 'preHandler';
export const HOOKS: readonly Hook[] = ['onRequest', 'preParsing', 'preValidation', 'preHandler'];

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly hooks: Readonly<Record<Hook, readonly Registered[]>>;
  readonly handler: Registered;
  readonly onError: Registered | null;
  readonly declared: Declared | null;
  readonly bodyLimit: Registered | null;
  /** What the app says of the route to itself, and how it declares what is sent. */
  readonly config: Registered | null;
  readonly schema: Registered | null;
  readonly node: ts.CallExpression;
}

/** Functions of an app's own, by their names. */
export type Given = Map<string, Registered>;

/** An instance as a plugin sees it: its own routes, hooks and handlers inside those of its parents. */
export interface Scope {
  readonly type: 'fastify';
  readonly parent: Scope | null;
  readonly prefix: string;
  readonly routes: Route[];
  readonly hooks: Record<Hook, Registered[]>;
  readonly inner: Scope[];
  onError: Registered | null;
  /** How many bytes a body may have, where the app says so. */
  readonly bodyLimit: Registered | null;
  /** A limiter that was registered here: for every route, or for those that ask. */
  limit: { readonly all: boolean } | null;
  /** What `decorate` put on the instance. */
  readonly decorated: Map<string, Value>;
  /** What every request and every reply of its routes has besides. */
  readonly given: Readonly<Record<'instance' | 'request' | 'reply', Given>>;
  /** The conditions that the whole instance is made under. */
  readonly under: readonly Undecided[];
  readonly node: ts.Expression;
}

type Made = Pick<Scope, 'prefix' | 'bodyLimit' | 'under'>;

export function createScope(
  node: ts.Expression,
  parent: Scope | null,
  { prefix = '', bodyLimit = null, under = parent?.under ?? [] }: Partial<Made> = {},
): Scope {
  const hooks = { onRequest: [], preParsing: [], preValidation: [], preHandler: [] };
  const made: Scope = {
    type: 'fastify',
    parent,
    prefix,
    routes: [],
    hooks,
    inner: [],
    onError: null,
    bodyLimit: bodyLimit ?? parent?.bodyLimit ?? null,
    limit: null,
    decorated: new Map(),
    given: { instance: new Map(), request: new Map(), reply: new Map() },
    under,
    node,
  };
  parent?.inner.push(made);
  return made;
}

type Check = Pick<Route, 'bodyLimit' | 'config' | 'schema'>;

/** Steps at which the framework itself parses and checks a request. */
const checks = new WeakMap<Registered, Check>();

export function checkAt(step: Registered): Check | undefined {
  return checks.get(step);
}

/** An option that an endpoint's route was registered with. */
export function optionOf({ chain }: Endpoint, name: 'config' | 'schema'): Registered | null {
  return chain.map(checkAt).find(Boolean)?.[name] ?? null;
}

/** Steps at which `@fastify/rate-limit` counts a request. */
const limits = new WeakSet<Registered>();

export function limiterAt(node: ts.CallExpression): Registered {
  const step: Registered = { file: node.getSourceFile().fileName, expression: node };
  limits.add(step);
  return step;
}

export function isLimiter(step: Registered): boolean {
  return limits.has(step);
}

/** Whether routes of a scope are limited, where they say nothing themselves (`all`), or could ask to be. */
export function limitOf(scope: Scope): Scope['limit'] {
  const found = outwards(scope).flatMap(({ limit }) => limit ?? []);
  return found.find(({ all }) => all) ?? found[0] ?? null;
}

/** What an instance was decorated with, itself or around it. */
export function decorationOf(scope: Scope, name: string): Value | undefined {
  return outwards(scope)
    .map(({ decorated }) => decorated.get(name))
    .find(Boolean);
}

/** What the instance, requests and replies of a scope's routes have besides, by itself or from around it. */
function givenIn(around: readonly Scope[]): Scope['given'] {
  const of = (kind: keyof Scope['given']) =>
    new Map([...around].reverse().flatMap(({ given }) => [...given[kind]]));
  return { instance: of('instance'), request: of('request'), reply: of('reply') };
}

/** The endpoints of an instance and of all plugins in it. */
export function endpointsOf(
  scope: Scope,
  semanticsFor: (given: Scope['given']) => HandlerSemantics,
): Endpoint[] {
  const around = outwards(scope);
  const semantics = semanticsFor(givenIn(around));
  const prefix = [...around].reverse().map((one) => one.prefix.replace(/\/$/, ''));
  const own = scope.routes.flatMap((route) =>
    (normalPaths([...prefix, route.path].join('/').replace(/\/+/g, '/')) ?? []).map(
      (path): Endpoint => ({
        method: route.method,
        path,
        chain: chainOf(route, [...around].reverse()),
        onError: [route.onError, ...around.map(({ onError }) => onError)].filter(
          (one) => one !== null,
        ),
        ...madeUnder(scope.under),
        semantics,
        ...(route.declared ? { declared: route.declared } : {}),
        at: placeOfCall(route.node),
      }),
    ),
  );
  return [...own, ...scope.inner.flatMap((one) => endpointsOf(one, semanticsFor))];
}

/** From a scope to the instance it is in. */
function outwards(scope: Scope): Scope[] {
  return [scope, ...(scope.parent ? outwards(scope.parent) : [])];
}

/** The instance that all of its scopes are in. */
export function wholeOf(scope: Scope): Scope {
  return scope.parent ? wholeOf(scope.parent) : scope;
}

function chainOf(route: Route, scopes: readonly Scope[]): Registered[] {
  const of = (hook: Hook) => [...scopes.flatMap((one) => one.hooks[hook]), ...route.hooks[hook]];
  const check: Registered = { file: route.node.getSourceFile().fileName, expression: route.node };
  const bodyLimit = route.bodyLimit ?? scopes.at(-1)?.bodyLimit ?? null;
  checks.set(check, { bodyLimit, config: route.config, schema: route.schema });
  return [
    ...of('onRequest'),
    ...of('preParsing'),
    ...of('preValidation'),
    check,
    ...of('preHandler'),
    route.handler,
  ];
}
