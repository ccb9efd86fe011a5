import { respond } from '../../trace/chain.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch, set } from '../../trace/path.ts';
import { makeResponse } from '../../trace/responses.ts';
import { literal, literalOf, type Special, UNDEFINED, type Value } from '../../trace/values.ts';
import { responseOf } from '../express/response.ts';
import { httpErrorOfMethod } from '../http-errors.ts';
import type { Given } from './scopes.ts';

const SETTERS = new Set('header headers type serializer setCookie clearCookie cookie'.split(' '));

interface Beside {
  readonly request: Special;
  /** What the app's plugins put on every reply. */
  readonly given: Given;
}

/** Fastify's `reply`. */
export function replyOf(machine: Machine, { request, given }: Beside): Special {
  const reply: Special = {
    kind: 'special',
    name: 'reply',
    get: (name) => {
      if (name === 'sent') return literal(false);
      if (name === 'raw') return responseOf(machine);
      if (name === 'request') return request;
      const own = given.get(name);
      if (own) return machine.standing(own);
      return name === 'statusCode' ? (present(machine.status.value) ?? literal(200)) : undefined;
    },
    set: (name, value) => {
      if (name === 'statusCode') set(machine, machine.status, value);
    },
    invoke: (method, [first = UNDEFINED, second], node) => {
      if (method === 'code' || method === 'status') set(machine, machine.status, first);
      else if (method === 'redirect') {
        const numbered = typeof literalOf(first) === 'number' && second;
        const location = numbered ? second : first;
        const given = numbered ? first : second;
        const status = given ?? present(machine.status.value) ?? literal(302);
        respond(machine, makeResponse(node, { kind: 'redirect', location, status }), node);
      } else if (method === 'send') sent(machine, first, node);
      else if (method === 'callNotFound')
        respond(machine, makeResponse(node, { status: literal(404), body: UNDEFINED }), node);
      else if (!SETTERS.has(method)) {
        // `reply.notFound('No such boat')`, as @fastify/sensible has it.
        const error = given.get(method)
          ? undefined
          : httpErrorOfMethod(machine, method, { args: [first], node });
        if (!error) return undefined;
        sent(machine, error, node);
      }
      return reply;
    },
  };
  return reply;
}

/** `send` of an error is as good as throwing it. */
function sent(machine: Machine, body: Value, node: Parameters<typeof respond>[2]): void {
  if (body.kind === 'choice') {
    branch(machine, body.when, {
      yes: () => sent(machine, body.yes, node),
      no: () => sent(machine, body.no, node),
    });
  } else if (isError(body)) machine.throwValue(body, node);
  else {
    const status = present(machine.status.value);
    respond(machine, makeResponse(node, { body: machine.settle(body, node), status }), node);
  }
}

function present(value: Value): Value | null {
  return value.kind === 'undefined' ? null : value;
}

function isError(value: Value): boolean {
  return value.kind === 'instance' && value.ancestry.includes('Error');
}
