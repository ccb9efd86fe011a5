import type { ts } from '../../../kernel/syntax.ts';
import type { Machine } from '../../trace/machine.ts';
import { object } from '../../trace/terms.ts';
import { native, type Special, UNDEFINED, type Value } from '../../trace/values.ts';
import { routeHook } from './hooks.ts';

const options = new WeakMap<Value, Value>();

/** What a route, a router or the app's start was made with. */
export function madeWith(value: Value): Value {
  return options.get(value) ?? UNDEFINED;
}

/** `createFileRoute('/posts/$id')`, which is called with the route's options. */
export function routeMaker(machine: Machine, id: string): Special {
  return {
    kind: 'special',
    name: 'createFileRoute',
    call: ([given = UNDEFINED]) => routeWith(machine, id, given),
  };
}

/** A route: its hooks are those of its own id. */
export function routeWith(machine: Machine, id: string, given: Value): Special {
  const route: Special = {
    kind: 'special',
    name: 'route',
    get: (name) => (name === 'options' ? given : undefined),
    invoke: (name, args, node) => routeHook(machine, { name, id, args, node }) ?? route,
  };
  options.set(route, given);
  return route;
}

/** `createServerFileRoute('/api/x').methods({ GET })`, or `.methods((api) => ({ GET: api.middleware([…]).handler(fn) }))`. */
export function serverRouteMaker(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'createServerFileRoute',
    invoke: (method, [given = UNDEFINED], node) =>
      method === 'methods' ? routeWith(machine, '', serving(machine, given, node)) : undefined,
  };
}

function serving(machine: Machine, given: Value, node: ts.Node): Value {
  const isMade = given.kind === 'closure';
  const handlers = isMade ? machine.settle(machine.call(given, [method()], node), node) : given;
  return servedBy(handlers);
}

/** The options of a route that has handlers and nothing else. */
export function servedBy(handlers: Value): Value {
  return object([['server', object([['handlers', handlers]])]]);
}

function method(middleware: Value = UNDEFINED): Special {
  return {
    kind: 'special',
    name: 'api',
    invoke: (name, [given = UNDEFINED]) => {
      if (name === 'middleware') return method(given);
      if (name !== 'handler') return undefined;
      return object([
        ['middleware', middleware],
        ['handler', given],
      ]);
    },
  };
}

/** `createStart(() => ({ requestMiddleware, functionMiddleware }))`. */
export function startOf(given: Value): Special {
  const start: Special = { kind: 'special', name: 'start' };
  options.set(start, given);
  return start;
}

/** `createRouter({ routeTree, context })`. */
export function routerOf(given: Value): Special {
  const router: Special = {
    kind: 'special',
    name: 'router',
    get: (name) => (name === 'options' ? given : undefined),
    invoke: () => UNDEFINED,
  };
  options.set(router, given);
  return router;
}

/** The handlers of a route by their methods, where a function makes them, too. */
export function handlersOf(machine: Machine, route: Value, node: ts.Node): Value {
  const server = machine.get(madeWith(route), 'server', node);
  const handlers = machine.get(server, 'handlers', node);
  if (handlers.kind !== 'closure') return handlers;
  const createHandlers = native('createHandlers', ([given = UNDEFINED]) => given);
  const args = [object([['createHandlers', createHandlers]])];
  return machine.settle(machine.call(handlers, args, node), node);
}
