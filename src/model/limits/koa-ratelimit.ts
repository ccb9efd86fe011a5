import type { LibraryReader } from '../reader.ts';
import { side } from '../trace/path.ts';
import { literal, native, UNDEFINED } from '../trace/values.ts';
import { optionsOf, pastLimit, refuse } from './limit.ts';

/** koa-ratelimit: middleware that answers 429 with a text, or with what its options say. */
export const koaRatelimit = {
  name: 'koa-ratelimit',
  from: /^(koa-ratelimit|koa2-ratelimit)$/,
  call: (machine, { args: [options] }) =>
    native('ratelimit', ([, next = UNDEFINED], node) => {
      const said = optionsOf(options);
      const body = said.get('errorMessage') ?? said.get('message');
      const text = literal('Rate limit exceeded, retry later.');
      side(machine, pastLimit('koa-ratelimit', node), () =>
        refuse(machine, { status: said.get('status'), body: body ?? text }, node),
      );
      return machine.call(next, [], node);
    }),
} satisfies LibraryReader;
