import { all, type Formula, formulaKey, given, isFalse } from './formula.ts';

/** A conjunction in which each part says only what those before it leave open. */
export function together(parts: readonly Formula[]): Formula {
  let facts: readonly Formula[] = [];
  for (const part of parts.flatMap(partsOf)) {
    const left = given(part, new Set(facts.map(formulaKey)));
    if (isFalse(left)) return left;
    facts = [...facts, ...partsOf(left)];
  }
  return all(withoutSettled(facts));
}

/** A disjunction that a later fact settles has nothing more to say. */
function withoutSettled(facts: readonly Formula[]): readonly Formula[] {
  if (!facts.some(({ kind }) => kind === 'some')) return facts;
  const sure = new Set(facts.filter(({ kind }) => kind !== 'some').map(formulaKey));
  const left = facts.map((fact) => (fact.kind === 'some' ? given(fact, sure) : fact));
  return left.filter((fact) => !left.some((other) => other !== fact && isWeaker(fact, other)));
}

/** `a ∨ b ∨ c` has nothing to say beside `a ∨ b`. */
function isWeaker(fact: Formula, other: Formula): boolean {
  if (fact.kind !== 'some' || other.kind !== 'some' || other.of.length >= fact.of.length)
    return false;
  const keys = new Set(fact.of.map(formulaKey));
  return other.of.length > 0 && other.of.every((part) => keys.has(formulaKey(part)));
}

/** The conjuncts of a formula. */
export function partsOf(formula: Formula): readonly Formula[] {
  return formula.kind === 'all' ? formula.of : [formula];
}

/** The keys of a formula's conjuncts. */
export function keysOf(formula: Formula): ReadonlySet<string> {
  return new Set(partsOf(formula).map(formulaKey));
}
