import type { ts } from '../../kernel/syntax.ts';
import { baseOf } from './classes.ts';
import type { Machine } from './machine.ts';
import { branchValue } from './path.ts';
import type { Special, Value } from './values.ts';

/** What `yield* value` gives; a generator of the repo has run by then, and is what it returned. */
export function delegated(machine: Machine, value: Value, node: ts.Node): Value {
  if (value.kind === 'choice' && isDelegate(machine, value)) {
    return branchValue(machine, value.when, {
      yes: () => delegated(machine, value.yes, node),
      no: () => delegated(machine, value.no, node),
    });
  }
  return delegateOf(machine, value)?.delegate?.(value, node) ?? value;
}

/** Whether `yield*` makes something of a value, in one case at least. */
export function isDelegate(machine: Machine, value: Value): boolean {
  if (value.kind === 'choice')
    return isDelegate(machine, value.yes) || isDelegate(machine, value.no);
  return delegateOf(machine, value)?.delegate !== undefined;
}

function delegateOf(machine: Machine, value: Value): Special | undefined {
  if (value.kind === 'special') return value;
  if (value.kind === 'class') return baseOf(machine, value);
  return value.kind === 'instance' && value.of ? baseOf(machine, value.of) : undefined;
}
