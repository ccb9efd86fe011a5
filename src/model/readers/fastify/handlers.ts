import { pastLimit } from '../../limits/limit.ts';
import type { HandlerSemantics } from '../../reader.ts';
import { builtIn } from '../../trace/classes.ts';
import { enter } from '../../trace/closures.ts';
import type { Exit, Machine } from '../../trace/machine.ts';
import { side } from '../../trace/path.ts';
import { makeResponse } from '../../trace/responses.ts';
import { called } from '../../trace/terms.ts';
import {
  literal,
  literalOf,
  type Special,
  typed,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { httpError } from '../http-errors.ts';
import { checked } from './check.ts';
import { checkOrigin, isOriginCheck } from './cors.ts';
import { errorAnswer } from './errors.ts';
import { hook } from './hook.ts';
import { instanceOf } from './instance.ts';
import { replyOf } from './reply.ts';
import { requestOf } from './request.ts';
import { checkAt, isLimiter, type Scope } from './scopes.ts';
import { givesSession } from './session.ts';

/** What plugins give where a route stands, by what its endpoint is followed with. */
const givenWith = new WeakMap<HandlerSemantics, Scope['given']>();

/** Where requests and replies have what Fastify gives them alone. */
export const handlers: HandlerSemantics = handlersWith({
  instance: new Map(),
  request: new Map(),
  reply: new Map(),
});

function here(machine: Machine): Special {
  return instanceOf(machine, givenWith.get(machine.endpoint.semantics)?.instance ?? new Map());
}

/** Fastify's hooks and handlers: `(request, reply)`, answered by what they return or by `reply.send`. */
export function handlersWith(given: Scope['given']): HandlerSemantics {
  const argsOf = (machine: Machine): Value[] => {
    const request = requestOf(machine, given);
    return [request, replyOf(machine, { request, given: given.reply })];
  };
  const semantics: HandlerSemantics = {
    from: /^(fastify|fastify-plugin|http-errors|@fastify\/sensible)$/,
    call: (machine, { name, args, node }) => {
      const fn = name.split('.').at(-1) ?? name;
      if (isInstance(fn, args)) return here(machine);
      return httpError(machine, fn, { args, node });
    },
    step: (machine, { registered, last }, then) => {
      const node = registered.expression;
      const check = checkAt(registered);
      if (check) return checked(machine, { node, ...check }, then);
      if (isOriginCheck(registered)) return checkOrigin(machine, registered, then);
      if (givesSession(machine, registered)) return then();
      if (isLimiter(registered)) {
        side(machine, pastLimit('@fastify/rate-limit', node), () =>
          machine.throwValue(pastLimitError(), node),
        );
        then();
        return;
      }
      const value = machine.standing(registered);
      const self = instanceOf(machine, given.instance);
      if (value.kind !== 'closure' && !(value.kind === 'special' && value.call)) {
        if (!last) then();
        return;
      }
      if (last && value.kind === 'closure')
        kept(machine, enter(machine, value, { args: argsOf(machine), node, self }).returns);
      else hook(machine, { value, node }, { then, self, args: argsOf(machine) });
    },
    recover: (machine, handler, { value, node }) => {
      const fn = machine.standing(handler);
      if (fn.kind !== 'closure') return null;
      return bodies(
        machine,
        enter(machine, fn, { args: [value, ...argsOf(machine)], node }).returns,
      );
    },
    bodiless: () => 'missing',
    unhandled: (_, { value, node }) => errorAnswer(value, node),
  };
  givenWith.set(semantics, given);
  return semantics;
}

/** `Fastify({ logger: true })` beside `createError(404)`. */
function isInstance(fn: string, args: readonly Value[]): boolean {
  return /^(default|fastify)$/i.test(fn) && !args.some((each) => literalOf(each) !== undefined);
}

function pastLimitError(): Value {
  return builtIn(
    ['Error'],
    [
      ['statusCode', literal(429)],
      [
        'message',
        called('concat', [literal('Rate limit exceeded, '), unknown('retry')], typed('string')),
      ],
    ],
  );
}

function kept(machine: Machine, exits: readonly Exit[]): void {
  for (const exit of bodies(machine, exits)) {
    machine.endings.push({ exit, thrown: null, step: machine.current });
  }
}

/** What a handler returns is the body; nothing, or the reply itself, leaves it to `send`. */
function bodies(machine: Machine, exits: readonly Exit[]): Exit[] {
  return exits.flatMap((exit) => {
    const { value, node, status } = exit;
    if (value.kind === 'undefined' || (value.kind === 'special' && value.name === 'reply'))
      return [];
    const said = status.kind === 'undefined' ? null : status;
    const response = makeResponse(node, { body: machine.settle(value, node), status: said });
    return [{ ...exit, value: response }];
  });
}
