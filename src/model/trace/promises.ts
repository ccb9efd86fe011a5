import type { ts } from '../../kernel/syntax.ts';
import { exitHere } from './closures.ts';
import type { Frame, Machine } from './machine.ts';
import { set, since } from './path.ts';
import { textOf } from './source.ts';
import { choose } from './terms.ts';
import { attempt } from './tries.ts';
import { cell, native, UNDEFINED, unknown, type Value } from './values.ts';

/** `new Promise((resolve, reject) => …)`: what it resolves with; what it is rejected with is thrown from here. */
export function promised(machine: Machine, executor: Value, node: ts.Node): Value {
  const result = cell<Value>(unknown(textOf(node)), choose);
  const resolve = native('resolve', ([value = UNDEFINED]) => {
    set(machine, result, value);
    return UNDEFINED;
  });
  return attempt(machine, {
    work: (frame) => {
      const reject = native('reject', ([error = UNDEFINED], at) => {
        rejected(machine, { frame, error }, at);
        return UNDEFINED;
      });
      machine.call(executor, [resolve, reject], node);
      return result.value;
    },
    handle: (error) => {
      machine.throwValue(error, node);
      return UNDEFINED;
    },
  });
}

/** Ends control where a promise is rejected, whatever catches errors between there and the promise. */
function rejected(
  machine: Machine,
  { frame, error }: { frame: Frame & { kind: 'try' }; error: Value },
  node: ts.Node,
): void {
  if (machine.path.dead || machine.path.answered) return;
  const from = machine.frames.lastIndexOf(frame);
  for (const each of machine.frames.slice(from + 1)) {
    if (each.kind === 'function') each.throws.push(since(machine, each.mark));
  }
  frame.throws.push(exitHere(machine, error, { node, mark: frame.mark }));
  machine.path.dead = true;
}
