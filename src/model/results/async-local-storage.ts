import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import { keep, kept } from '../readers/request-parts.ts';
import type { Machine } from '../trace/machine.ts';
import { type Special, UNDEFINED, type Value } from '../trace/values.ts';

/** Node's `AsyncLocalStorage`: what its `run` is given is there for all that runs inside, or goes on from there, and nothing is outside. */
export const asyncLocalStorage = {
  name: 'node:async_hooks',
  from: /^(node:)?async_hooks$/,
  call: (machine, { name, made, node }) =>
    made && /(?:^|\.)AsyncLocalStorage$/.test(name) ? storage(machine, node) : undefined,
} satisfies LibraryReader;

function storage(machine: Machine, made: ts.Node): Special {
  const key = `${made.getSourceFile().fileName}:${made.getStart()}`;
  const store = () => kept(machine, key) ?? UNDEFINED;
  const enter = (value: Value) => keep(machine, key, value);
  const within = (value: Value, [work = UNDEFINED, ...args]: readonly Value[], node: ts.Node) => {
    const before = store();
    enter(value);
    const given = machine.call(work, args, node);
    enter(before);
    return given;
  };
  return {
    kind: 'special',
    name: 'AsyncLocalStorage',
    invoke: (method, args, node) => {
      const [first = UNDEFINED, ...others] = args;
      switch (method) {
        case 'getStore':
          return store();
        case 'run':
          return within(first, others, node);
        case 'exit':
          return within(UNDEFINED, args, node);
        case 'enterWith':
          enter(first);
          return UNDEFINED;
        case 'disable':
          enter(UNDEFINED);
          return UNDEFINED;
        default:
          return undefined;
      }
    },
  };
}
