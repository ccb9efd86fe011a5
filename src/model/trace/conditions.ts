import type { Condition, Place } from '../../condition/condition.ts';
import { all, atom, type Formula, some } from './formula.ts';

/** The conditions that together say what the formula says; a disjunction becomes one `any`. */
export function toConditions(formula: Formula): Condition[] {
  if (formula.kind === 'atom') return [formula.condition];
  if (formula.kind === 'all') return formula.of.flatMap(toConditions);
  if (formula.written === undefined) formula.written = disjunctionOf(formula);
  return formula.written ? [formula.written] : [];
}

/** Of one formula always the same condition. */
function disjunctionOf(formula: Formula & { kind: 'all' | 'some' }): Condition | null {
  const at = placeOf(formula);
  return at ? { kind: 'any', at, of: formula.of.map(toConditions) } : null;
}

/** The formula a list of conditions stands for. */
export function fromConditions(conditions: readonly Condition[]): Formula {
  return all(
    conditions.map((condition) =>
      condition.kind === 'any' ? some(condition.of.map(fromConditions)) : atom(condition),
    ),
  );
}

function placeOf(formula: Formula): Place | undefined {
  if (formula.kind === 'atom') return formula.condition.at;
  for (const part of formula.of) {
    const at = placeOf(part);
    if (at) return at;
  }
  return undefined;
}
