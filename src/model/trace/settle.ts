import type { ts } from '../../kernel/syntax.ts';
import type { Machine } from './machine.ts';
import { branchValue } from './path.ts';
import type { Value } from './values.ts';

/** What `await value` gives: a query is read, everything else is its own result. */
export function settle(machine: Machine, value: Value, node: ts.Node): Value {
  if (value.kind === 'special' && value.settle) return value.settle();
  if (value.kind !== 'choice' || !waits(value)) return value;
  return branchValue(machine, value.when, {
    yes: () => settle(machine, value.yes, node),
    no: () => settle(machine, value.no, node),
  });
}

function waits(value: Value): boolean {
  if (value.kind === 'choice') return waits(value.yes) || waits(value.no);
  return value.kind === 'special' && value.settle !== undefined;
}
