import { all, type Formula, formulaKey, given, isFalse, isTrue, not } from './formula.ts';

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

/** Whether a conjunction of these facts says all of a formula; a shorter disjunction says a longer one. */
export function says(whole: Formula, facts: ReadonlySet<string>, formula: Formula): boolean {
  const left = given(formula, facts);
  if (isTrue(left)) return true;
  const known = partsOf(whole).filter(({ kind }) => kind === 'some');
  return (
    known.length > 0 && partsOf(left).every((part) => known.some((fact) => isWeaker(part, fact)))
  );
}

/** The conjuncts of a formula. */
export function partsOf(formula: Formula): readonly Formula[] {
  return formula.kind === 'all' ? formula.of : [formula];
}

/** The keys of a formula's conjuncts. */
export function keysOf(formula: Formula): ReadonlySet<string> {
  return new Set(partsOf(formula).map(formulaKey));
}

const ATOMS = 14;

/** Whether no choice of what holds makes all of these true; false where there is too much to try. */
export function isImpossible(formulas: readonly Formula[]): boolean {
  const atoms = new Map<string, readonly [number, boolean]>();
  for (const formula of formulas) number(formula, atoms);
  const count = new Set([...atoms.values()].map(([index]) => index)).size;
  if (count > ATOMS) return false;
  for (let world = 0; world < 2 ** count; world += 1) {
    if (formulas.every((formula) => holds(formula, { atoms, world }))) return false;
  }
  return true;
}

/** Numbers the conditions; one and its opposite have the same number. */
function number(formula: Formula, atoms: Map<string, readonly [number, boolean]>): void {
  if (formula.kind !== 'atom') {
    for (const part of formula.of) number(part, atoms);
    return;
  }
  const key = formulaKey(formula);
  if (atoms.has(key)) return;
  const index = atoms.size / 2;
  atoms.set(key, [index, true]);
  atoms.set(formulaKey(not(formula)), [index, false]);
}

function holds(
  formula: Formula,
  about: { atoms: ReadonlyMap<string, readonly [number, boolean]>; world: number },
): boolean {
  if (formula.kind === 'all') return formula.of.every((part) => holds(part, about));
  if (formula.kind === 'some') return formula.of.some((part) => holds(part, about));
  const [index, plain] = about.atoms.get(formulaKey(formula)) ?? [0, true];
  return Math.floor(about.world / 2 ** index) % 2 === (plain ? 1 : 0);
}
