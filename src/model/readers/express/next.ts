import { passError } from '../../trace/errors.ts';
import type { Machine } from '../../trace/machine.ts';
import { literalOf, native, stringOf, UNDEFINED, type Value } from '../../trace/values.ts';

/** Express's `next`: with an error it goes to the error handlers, without one to what follows. */
export function nextOf(machine: Machine, goOn: Value): Value {
  return native('next', ([error], node) => {
    const plain = !error || error.kind === 'undefined' || literalOf(error) === null;
    const word = stringOf(error);
    if (plain || word === 'route' || word === 'router') return machine.call(goOn, [], node);
    passError(machine, error, node);
    return UNDEFINED;
  });
}
