import { type Formula, factsOf, formulaKey, opposedKey } from './formula.ts';

/** The one fact that tells a way from all the others, where there is one. */
export function apartFrom({ when }: Conditional, others: readonly Conditional[]): Formula {
  if (when.kind !== 'all') return when;
  const said = others.map((each) => new Set(factsOf(each.when).map(formulaKey)));
  return when.of.find((part) => said.every((keys) => keys.has(opposedKey(part)))) ?? when;
}

interface Conditional {
  readonly when: Formula;
}
