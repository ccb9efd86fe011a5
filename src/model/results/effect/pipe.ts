import { native, UNDEFINED, type Value } from '../../trace/values.ts';
import type { At } from './run.ts';

/** `pipe(value, first, second)`: each function is given what the one before gave. */
export function piped({ machine, node }: At, value: Value, fns: readonly Value[]): Value {
  return fns.reduce((given, fn) => machine.call(fn, [given], node), value);
}

/** `flow(first, second)`. */
export function flow({ machine }: At, [first = UNDEFINED, ...rest]: readonly Value[]): Value {
  return native('flow', (args, node) =>
    piped({ machine, node }, machine.call(first, args, node), rest),
  );
}

/** A function of the library: it takes what it works on first, or gives a function that takes it. */
export interface Operator {
  /** How many arguments it needs, what it works on included. */
  readonly needs: number;
  readonly work: (at: At, self: Value, args: readonly Value[]) => Value;
}

export function operator(needs: number, work: Operator['work']): Operator {
  return { needs, work };
}

/** Applies an operator however it was called; `isSelf` tells what it works on from its other arguments. */
export function operated(
  at: At,
  { needs, work }: Operator,
  { args, isSelf }: { readonly args: readonly Value[]; readonly isSelf: (value: Value) => boolean },
): Value {
  const [self = UNDEFINED, ...rest] = args;
  if (args.length >= needs && (needs === 1 || isSelf(self))) return work(at, self, rest);
  return native('operator', ([given = UNDEFINED], node) =>
    work({ machine: at.machine, node }, given, args),
  );
}
