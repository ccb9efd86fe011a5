import { ts } from '../../kernel/syntax.ts';
import type { LaterField } from './field-assignments.ts';
import { all, type Formula, not } from './formula.ts';
import { atomsOf } from './input-facts.ts';
import type { Machine } from './machine.ts';
import type { Scope } from './values.ts';

/** What the environment has to be for code to fill a field: the `if`s around it that ask for nothing else. */
export function environmentAround(
  machine: Machine,
  { value, within, scope }: LaterField & { readonly scope: Scope },
): Formula {
  const asked: Formula[] = [];
  for (let at: ts.Node = value; at !== within && at.parent; at = at.parent) {
    const { parent } = at;
    if (!ts.isIfStatement(parent) || at === parent.expression) continue;
    const { expression } = parent;
    const when = machine.truth(machine.evaluate(expression, scope), expression);
    const isEnvironment = atomsOf(when).every(({ kind }) => kind === 'environment');
    if (isEnvironment) asked.push(at === parent.thenStatement ? when : not(when));
  }
  return all(asked);
}
