import { holds } from './evaluate.ts';
import type { Assignment, Problem } from './search.ts';

/** Leaves out each value without which every formula still certainly holds. */
export function minimise(problem: Problem, values: Assignment): Assignment {
  const kept = new Map(values);
  const lookup = (name: string) => kept.get(problem.of(name));
  for (const [name, value] of [...values].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (problem.known.has(name)) continue;
    kept.delete(name);
    const enough = problem.formulas.every((formula) => holds(formula, lookup) === true);
    if (!enough) kept.set(name, value);
  }
  return kept;
}
