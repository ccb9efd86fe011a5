import type { Machine } from '../../trace/machine.ts';
import { object } from '../../trace/terms.ts';
import { literal, type Special, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { requestOf } from '../express/request.ts';
import { responseOf } from '../express/response.ts';
import { contextOf } from '../hono/context.ts';
import { cookiesOf, headersOf } from '../request-parts.ts';
import type { Called } from './parts.ts';

/** What `createContext` is given by any adapter: the request in both manners, and Hono's context beside it. */
export function contextArguments(machine: Machine, { procedure }: Called): Value[] {
  const info = object([['type', literal(procedure.kind)]], true);
  const options = object([
    ['req', eitherRequest(machine)],
    ['res', responseOf(machine)],
    ['resHeaders', quiet('resHeaders')],
    ['info', info],
  ]);
  return [options, contextOf(machine)];
}

/** What a function that serves requests is given: the request, or Node's pair. */
export function requestArguments(machine: Machine): Value[] {
  return [eitherRequest(machine), responseOf(machine)];
}

/** A request as Node, Express and Fastify have it, and as the web does. */
function eitherRequest(machine: Machine): Special {
  const node = requestOf(machine);
  return {
    ...node,
    get: (name, at) => {
      if (name === 'headers') return headersOf(machine);
      if (name === 'cookies') return webCookies();
      if (name === 'raw' || name === 'nextUrl') return unknown(`req.${name}`);
      return node.get?.(name, at);
    },
  };
}

/** `req.cookies.name`, and Next's `req.cookies.get('name')?.value`. */
function webCookies(): Special {
  const own = cookiesOf();
  return {
    ...own,
    invoke: (method, [name], node) => {
      if (method !== 'get' || name?.kind !== 'term' || name.term.kind !== 'literal')
        return undefined;
      const value = own.get?.(String(name.term.value), node) ?? UNDEFINED;
      return object([['value', value]]);
    },
  };
}

function quiet(name: string): Special {
  return { kind: 'special', name, invoke: () => UNDEFINED };
}
