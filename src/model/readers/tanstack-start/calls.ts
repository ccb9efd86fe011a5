import type { ts } from '../../../kernel/syntax.ts';
import type { Machine } from '../../trace/machine.ts';
import { set } from '../../trace/path.ts';
import { makeResponse, statusOf } from '../../trace/responses.ts';
import { overChoice } from '../../trace/terms.ts';
import {
  input,
  literal,
  native,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { headerOf, headersOf } from '../request-parts.ts';
import { requestOf } from '../web-request.ts';
import { routerHook } from './hooks.ts';
import { isNotFound, isRedirect, notFoundOf, redirectTo } from './leaving.ts';
import { routeMaker, routerOf, routeWith, servedBy, serverRouteMaker, startOf } from './made.ts';
import { middlewareOf, PLAIN } from './middleware.ts';
import { builder } from './server-function.ts';

interface Called {
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

type Call = (machine: Machine, called: Called) => Value | undefined;

/** What the exports of TanStack Start and Router do; undefined for those that bear on no answer. */
export function startCall(
  machine: Machine,
  { name, made, args, node }: Called & { readonly name: string; readonly made: boolean },
): Value | undefined {
  if (made) return undefined;
  return CALLS[name]?.(machine, { args, node }) ?? routerHook(machine, { name, args, node });
}

const request: Call = (machine) => requestOf(machine, '');
const headers: Call = (machine) => headersOf(machine);
const header: Call = (machine, { args: [name] }) => headerOf(machine, stringOf(name) ?? '');
const status: Call = (machine, { args: [code] }) => {
  if (code) set(machine, machine.status, code);
  return UNDEFINED;
};
const first: Call = (_, { args: [given = UNDEFINED] }) => given;
const silent: Call = () => UNDEFINED;

const CALLS: Readonly<Record<string, Call>> = {
  createServerFn: (machine) => builder(machine),
  createMiddleware: () => middlewareOf(PLAIN),
  createCsrfMiddleware: () => middlewareOf(PLAIN),
  createStart: (_, { args: [options = UNDEFINED] }) => startOf(options),
  createFileRoute: (machine, { args: [path] }) => routeMaker(machine, stringOf(path) ?? ''),
  createRootRoute: (machine, { args: [options = UNDEFINED] }) => routeWith(machine, '', options),
  createRootRouteWithContext: (machine) => routeMaker(machine, ''),
  createServerFileRoute: (machine) => serverRouteMaker(machine),
  createAPIFileRoute: (machine) =>
    native('api', ([handlers = UNDEFINED]) => routeWith(machine, '', servedBy(handlers))),
  createRouter: (_, { args: [options = UNDEFINED] }) => routerOf(options),
  createServerOnlyFn: first,
  serverOnly: first,
  createIsomorphicFn: () => isomorphic(native('isomorphic', () => UNDEFINED)),
  useServerFn: first,
  redirect: (machine, { args, node }) => redirectTo(machine, args, node),
  notFound: (machine, { args, node }) => notFoundOf(machine, args, node),
  isRedirect: (_, { args: [value = UNDEFINED] }) => tells(value, isRedirect),
  isNotFound: (_, { args: [value = UNDEFINED] }) => tells(value, isNotFound),
  json: (_, { args: [body = UNDEFINED, init], node }) =>
    makeResponse(node, { body, ...statusOf(init) }),
  getRequest: request,
  getWebRequest: request,
  getRequestHeaders: headers,
  getHeaders: headers,
  getRequestHeader: header,
  getHeader: header,
  getRequestUrl: (machine, { node }) => machine.get(requestOf(machine, ''), 'url', node),
  getCookie: (_, { args: [name] }) =>
    input('cookies', [stringOf(name) ?? 'cookie'], { type: 'string' }),
  getCookies: () => cookies,
  setCookie: silent,
  deleteCookie: silent,
  setResponseHeader: silent,
  setResponseHeaders: silent,
  setHeader: silent,
  setHeaders: silent,
  setResponseStatus: status,
};

const cookies: Special = {
  kind: 'special',
  name: 'cookies',
  get: (name) => input('cookies', [name], { type: 'string' }),
};

/** `createIsomorphicFn().client(…).server(…)` is what it is on the server. */
function isomorphic(work: Value): Special {
  return {
    kind: 'special',
    name: 'createIsomorphicFn',
    call: (args, node) =>
      work.kind === 'special' ? (work.call?.(args, node) ?? UNDEFINED) : UNDEFINED,
    invoke: (method, [given = UNDEFINED]) => (method === 'server' ? given : isomorphic(work)),
  };
}

function tells(value: Value, is: (value: Value) => boolean): Value {
  return overChoice(value, (one) => {
    const isOpen = one.kind === 'unknown' || one.kind === 'term';
    return isOpen ? unknown('a redirect or not found') : literal(is(one));
  });
}
