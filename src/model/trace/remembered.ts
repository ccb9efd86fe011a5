import { ts } from '../../kernel/syntax.ts';
import type { Machine } from './machine.ts';
import type { Value } from './values.ts';

/** What was worked out of the code once: as modules run, or each time that a factory does (`within`). */
export function remembered(machine: Machine, within: object | undefined): WeakMap<ts.Node, Value> {
  if (!within) return machine.modules;
  const known = machine.registrations.get(within) ?? new WeakMap<ts.Node, Value>();
  machine.registrations.set(within, known);
  return known;
}

/** Whether code runs as its module does, and in no function. */
export function isTopLevel(node: ts.Node): boolean {
  for (let at = node.parent; at; at = at.parent) if (ts.isFunctionLike(at)) return false;
  return true;
}
