import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import { respond } from '../trace/chain.ts';
import type { Machine } from '../trace/machine.ts';
import { side } from '../trace/path.ts';
import { literal, native, UNDEFINED, type Value } from '../trace/values.ts';
import { optionsOf, pastLimit, refuse } from './limit.ts';

/** hono-rate-limiter: middleware that answers 429, or as its handler or message say. */
export const honoRateLimiter = {
  name: 'hono-rate-limiter',
  from: /^hono-rate-limiter$/,
  call: (machine, { name, args: [options] }) =>
    name.split('.').at(-1) === 'rateLimiter'
      ? native('rateLimiter', ([c = UNDEFINED, next = UNDEFINED], node) =>
          limited(machine, { options, c, next }, node),
        )
      : undefined,
} satisfies LibraryReader;

interface Going {
  readonly options: Value | undefined;
  readonly c: Value;
  readonly next: Value;
}

function limited(machine: Machine, { options, c, next }: Going, node: ts.Node): Value {
  const said = optionsOf(options);
  side(machine, pastLimit('hono-rate-limiter', node), () => {
    const handler = said.get('handler');
    const answer = handler && machine.settle(machine.call(handler, [c, next], node), node);
    if (answer) respond(machine, answer, node);
    const message = said.get('message') ?? literal('Too many requests, please try again later.');
    const body = message.kind === 'closure' ? machine.call(message, [c], node) : message;
    if (!answer) refuse(machine, { status: said.get('statusCode'), body }, node);
  });
  return machine.call(next, [], node);
}
