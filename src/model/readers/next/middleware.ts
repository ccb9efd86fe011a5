import type { Step } from '../../reader.ts';
import { ended, passing } from '../../trace/chain.ts';
import { enter } from '../../trace/closures.ts';
import type { Machine } from '../../trace/machine.ts';
import type { Value } from '../../trace/values.ts';
import { PASSING } from './calls.ts';
import { waysOf } from './leaving.ts';
import { requestOf } from './request.ts';

/** Runs the middleware: what it answers is an ending, `NextResponse.next()` and nothing at all go on. */
export function guard(
  machine: Machine,
  { registered }: Step,
  { basePath, then }: { basePath: string; then: () => void },
): void {
  const node = registered.expression;
  const value = machine.standing(registered);
  if (value.kind !== 'closure') {
    then();
    return;
  }
  passing(machine, then, (next) => {
    const { returns } = enter(machine, value, { args: [requestOf(machine, basePath)], node });
    const ways = returns.flatMap(waysOf);
    ended(
      machine,
      ways.filter(({ value: answer }) => !lets(answer)),
      false,
    );
    for (const { value: answer, facts, done } of ways) {
      if (!lets(answer)) continue;
      Object.assign(machine.path, { facts, dead: false, answered: false });
      machine.done.value = done;
      machine.call(next, [], node);
    }
  });
}

function lets(value: Value): boolean {
  return value === PASSING || value.kind !== 'response';
}
