import type { ts } from '../../../kernel/syntax.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { type InstanceValue, literal, type Value } from '../../trace/values.ts';
import { contextOf } from './context.ts';
import { refusal } from './exceptions.ts';

/** The guard whose `canActivate` runs, for what it inherits. */
const running = new WeakMap<Machine, InstanceValue[]>();

export function runningGuard(machine: Machine): InstanceValue | undefined {
  return running.get(machine)?.at(-1);
}

/** Asks a guard; where it says no the request is forbidden. */
export function guard(
  machine: Machine,
  { value, node }: { value: Value; node: ts.Node },
  then: () => void,
): void {
  if (value.kind !== 'instance' && value.kind !== 'special') {
    then();
    return;
  }
  const stack = running.get(machine) ?? [];
  running.set(machine, stack);
  if (value.kind === 'instance') stack.push(value);
  const call = { name: 'canActivate', args: [contextOf(machine)] };
  const said = machine.settle(machine.invoke(value, call, node), node);
  if (value.kind === 'instance') stack.pop();
  if (machine.path.dead) return;
  branch(machine, machine.truth(said, node), {
    yes: () => undefined,
    no: () => machine.throwValue(refusal(403, literal('Forbidden resource')), node),
  });
  if (!machine.path.dead) then();
}
