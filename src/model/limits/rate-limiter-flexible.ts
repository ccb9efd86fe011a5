import type { LibraryReader } from '../reader.ts';
import { builtIn } from '../trace/classes.ts';
import { mayThrow } from '../trace/errors.ts';
import type { Machine } from '../trace/machine.ts';
import { called } from '../trace/terms.ts';
import { type Special, typed, unknown } from '../trace/values.ts';
import { pastLimit } from './limit.ts';

/** rate-limiter-flexible: `consume` rejects, with what it has counted and no error, past the limit. */
export const rateLimiterFlexible = {
  name: 'rate-limiter-flexible',
  from: /^rate-limiter-flexible$/,
  call: (machine, { name, made }) =>
    made && /^(RateLimiter|BurstyRateLimiter)/.test(name.split('.').at(-1) ?? name)
      ? limiter(machine)
      : undefined,
} satisfies LibraryReader;

function limiter(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'RateLimiter',
    invoke: (method, _, node) => {
      if (method !== 'consume') return unknown(`limiter.${method}()`);
      const number = () => called('random', [], typed('number'));
      const value = builtIn(
        ['RateLimiterRes'],
        [
          ['msBeforeNext', number()],
          ['remainingPoints', number()],
          ['consumedPoints', number()],
        ],
      );
      mayThrow(machine, { when: pastLimit('rate-limiter-flexible', node), value }, node);
      return unknown('limiter.consume()');
    },
  };
}
