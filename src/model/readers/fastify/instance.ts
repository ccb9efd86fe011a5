import type { ts } from '../../../kernel/syntax.ts';
import { spreadItems } from '../../trace/composites.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { settled } from '../../trace/tries.ts';
import {
  literal,
  literalOf,
  native,
  type Special,
  stringOf,
  UNDEFINED,
  type Value,
} from '../../trace/values.ts';
import { errorOf, httpError, httpErrorOfMethod } from '../http-errors.ts';
import type { Given } from './scopes.ts';

/** The instance as a handler sees it: what plugins decorated it with, and what @fastify/sensible and @fastify/auth give. */
export function instanceOf(machine: Machine, given: Given): Special {
  const own = (name: string) => given.get(name);
  const instance: Special = {
    kind: 'special',
    name: 'fastify',
    get: (name) => {
      const put = own(name);
      if (put) return machine.standing(put);
      return name === 'httpErrors' ? httpErrors(machine) : undefined;
    },
    invoke: (method, args, node) => {
      if (own(method)) return undefined;
      if (BUILDING.test(method)) return instance;
      if (method === 'assert') return asserted(machine, args, node);
      return method === 'auth' ? anyOf(machine, args) : undefined;
    },
  };
  return instance;
}

/** What puts an instance together and gives it back. */
const BUILDING = /^(withTypeProvider|register|decorate\w*|add[A-Z]\w*|set[A-Z]\w*|after|ready)$/;

/** `httpErrors.notFound('No such boat')`, `httpErrors.createError(404)`, `httpErrors.getHttpError('404')`. */
function httpErrors(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'httpErrors',
    invoke: (method, args, node) => {
      if (method === 'getHttpError')
        return errorOf(literal(Number(literalOf(args[0] ?? UNDEFINED))), args[1]);
      const about = { args, node };
      return httpErrorOfMethod(machine, method, about) ?? httpError(machine, method, about);
    },
  };
}

/** `fastify.assert(condition, 404, 'No such boat')`. */
function asserted(
  machine: Machine,
  [condition = UNDEFINED, status = literal(500), message]: readonly Value[],
  node: ts.Node,
): Value {
  branch(machine, machine.truth(condition, node), {
    yes: () => UNDEFINED,
    no: () => {
      machine.throwValue(errorOf(status, message), node);
      return UNDEFINED;
    },
  });
  return UNDEFINED;
}

/** @fastify/auth: a hook of several, which lets pass what all of them do, or one of them where nothing else is said. */
function anyOf(machine: Machine, [functions = UNDEFINED, options]: readonly Value[]): Value {
  const relation = options?.kind === 'object' ? options.fields.value.get('relation') : undefined;
  const all = relation && stringOf(relation) === 'and';
  const checks = spreadItems(functions).map(({ value }) => value);
  return native('auth', (args, node) => {
    const run = (check: Value) => {
      const done = native('done', ([error = UNDEFINED], at) => {
        if (error.kind !== 'undefined') machine.throwValue(error, at);
        return UNDEFINED;
      });
      return machine.settle(machine.call(check, [...args.slice(0, 2), done], node), node);
    };
    const some = ([first, ...rest]: readonly Value[]): Value => {
      if (!first || rest.length === 0) return first ? run(first) : UNDEFINED;
      return settled(machine, { promise: () => run(first), handler: () => some(rest) });
    };
    if (!all) return some(checks);
    for (const check of checks) if (!machine.path.dead && !machine.path.answered) run(check);
    return UNDEFINED;
  });
}
