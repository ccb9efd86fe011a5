import type { Machine } from '../trace/machine.ts';
import { native, type Special, UNDEFINED, type Value } from '../trace/values.ts';

/** A promise of a query: it runs when it is first awaited. */
export function lazily(machine: Machine, run: () => Value): Special {
  let result: Value | undefined;
  const settle = () => {
    result ??= run();
    return result;
  };
  const then = native('then', ([work = UNDEFINED], node) => machine.call(work, [settle()], node));
  return {
    kind: 'special',
    name: 'query',
    settle,
    get: (name) => (name === 'then' ? then : undefined),
  };
}
