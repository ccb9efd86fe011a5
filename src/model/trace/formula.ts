import type { Condition } from '../../condition/condition.ts';
import { negate } from '../../condition/logic.ts';
import { type Literal, withoutImplied } from './implied.ts';
import { keyOf, shortened, writtenAs } from './keys.ts';
import { recalling } from './recalled.ts';

/**
 * What must hold, as a tree over conditions; `all` of nothing is true, `some` of nothing is false.
 * Made by the functions below alone: what is often asked of a formula is kept on it.
 */
export type Formula = Known &
  (
    | { readonly kind: 'atom'; readonly condition: Condition }
    | { readonly kind: 'all' | 'some'; readonly of: readonly Formula[] }
  );

interface Known {
  readonly key: string;
  /** Equal for formulas alone that are written the same at the same places. */
  readonly id: string;
  readonly weight: number;
  opposite: Formula | undefined;
  /** The key of the opposite. */
  opposed: string | undefined;
  /** The keys of all its parts and of their opposites. */
  spoken: ReadonlySet<string> | undefined;
  /** What an atom says of equality with a literal; null where it says nothing. */
  literal: Literal | null | undefined;
  /** A disjunction as a condition; null where it has none. */
  written: Condition | null | undefined;
}

const UNLIKELY: ReadonlySet<string> = new Set(['opaque', 'external', 'conflict']);

const recalled = recalling<Formula>();
/** As many as were made so far. */
let made = 0;

export const TRUE: Formula = compound('all', []);
export const FALSE: Formula = compound('some', []);

export function atom(condition: Condition, key?: string): Formula {
  return recalled(writtenAs(condition), () => {
    const weight = UNLIKELY.has(condition.kind) ? 4 : 1;
    return { kind: 'atom', condition, weight, ...unasked(key ?? keyOf(condition)) };
  });
}

function unasked(key: string) {
  made += 1;
  return {
    key,
    id: made.toString(36),
    opposite: undefined,
    opposed: undefined,
    spoken: undefined,
    literal: undefined,
    written: undefined,
  };
}

function compound(kind: 'all' | 'some', of: readonly Formula[]): Formula {
  return recalled(`${kind} ${idsOf(of)}`, () => {
    let weight = 0;
    let text = kind;
    for (const part of of) {
      weight += part.weight;
      text += part.key;
    }
    return { kind, of, weight, ...unasked(shortened(text)) };
  });
}

function idsOf(parts: readonly Formula[]): string {
  let text = '';
  for (const { id } of parts) text += `${id} `;
  return text;
}

export function isTrue(formula: Formula): boolean {
  return formula.kind === 'all' && formula.of.length === 0;
}

export function isFalse(formula: Formula): boolean {
  return formula.kind === 'some' && formula.of.length === 0;
}

/** Equal for formulas that are written the same, wherever they stand. */
export function formulaKey(formula: Formula): string {
  return formula.key;
}

/** The formula that holds exactly when this one does not. */
export function not(formula: Formula): Formula {
  formula.opposite ??= negated(formula);
  if (formula.kind === 'atom' && formula.condition.kind !== 'any')
    formula.opposite.opposite ??= formula;
  return formula.opposite;
}

/** Opposites of formulas that are written the same are written the same. */
const opposites = new Map<string, string>();

/** The key of a formula's opposite, which is made for the first of those written the same. */
export function opposedKey(formula: Formula): string {
  formula.opposed ??= formula.opposite?.key ?? opposites.get(formula.key);
  if (formula.opposed === undefined) {
    formula.opposed = not(formula).key;
    opposites.set(formula.key, formula.opposed);
  }
  return formula.opposed;
}

function negated(formula: Formula): Formula {
  if (formula.kind === 'atom') return atom(negate(formula.condition), opposites.get(formula.key));
  const chosen = formula.kind === 'some' ? eitherWay(formula.of) : undefined;
  if (chosen) return chosen;
  return formula.kind === 'all' ? some(formula.of.map(not)) : all(formula.of.map(not));
}

/** `a ? b : c` fails where `a ? ¬b : ¬c` holds. */
function eitherWay([one, other, ...more]: readonly Formula[]): Formula | undefined {
  if (one?.kind !== 'all' || other?.kind !== 'all' || more.length > 0) return undefined;
  const keys = new Set(other.of.map(formulaKey));
  const when = one.of.find((part) => keys.has(opposedKey(part)));
  if (!when) return undefined;
  const opposite = opposedKey(when);
  const yes = all(one.of.filter((part) => part !== when));
  const no = all(other.of.filter((part) => formulaKey(part) !== opposite));
  return some([all([when, not(yes)]), all([not(when), not(no)])]);
}

/** Conjunction: flattened, without repeats; false where two parts exclude each other exactly. */
export function all(parts: readonly Formula[]): Formula {
  const together = settledOf(parts);
  together.whole ??= conjunction(together.parts);
  return together.whole;
}

function conjunction(settled: readonly Formula[] | null): Formula {
  if (!settled) return FALSE;
  const [only] = settled;
  return only && settled.length === 1 ? only : compound('all', settled);
}

/** Whether a conjunction is false, without making it. */
export function isContradiction(parts: readonly Formula[]): boolean {
  return settledParts(parts) === null;
}

/** What a conjunction of parts comes to, each as short as the others leave it; null where they exclude each other. */
export function settledParts(parts: readonly Formula[]): readonly Formula[] | null {
  return settledOf(parts).parts;
}

interface Settled {
  readonly parts: readonly Formula[] | null;
  /** Them as one formula. */
  whole: Formula | undefined;
}

const conjunctions = recalling<Settled>();

function settledOf(parts: readonly Formula[]): Settled {
  return conjunctions(idsOf(parts), () => ({ parts: settled(parts), whole: undefined }));
}

function settled(parts: readonly Formula[]): readonly Formula[] | null {
  const kept = flatten('all', parts);
  const left = kept && withoutImplied(kept);
  if (!left) return null;
  const shorter = withoutDecided(left);
  return shorter === left ? left : settledParts(shorter);
}

/** Disjunctions are cut to what the other parts leave open. */
function withoutDecided(parts: readonly Formula[]): readonly Formula[] {
  if (parts.length < 2 || !parts.some((part) => part.kind === 'some')) return parts;
  const sure = new Set(parts.map(formulaKey));
  const cut = parts.map((part) => {
    if (part.kind !== 'some') return part;
    const key = formulaKey(part);
    sure.delete(key);
    const left = given(part, sure);
    sure.add(key);
    return left;
  });
  return cut.every((part, index) => part === parts[index]) ? parts : cut;
}

/** Disjunction: flattened, without repeats; true where two parts complete each other. */
export function some(parts: readonly Formula[]): Formula {
  return disjunctions(idsOf(parts), () => disjunction(parts));
}

const disjunctions = recalling<Formula>();

function disjunction(parts: readonly Formula[]): Formula {
  const kept = flatten('some', parts);
  if (kept === null) return TRUE;
  const single = new Set(kept.map(formulaKey));
  const alone = kept.map((part) => (part.kind === 'all' ? withoutOpposites(part, kept) : part));
  if (alone.some(isTrue)) return TRUE;
  const fewer = alone.filter(
    (part) =>
      !isFalse(part) &&
      (part.kind !== 'all' || !part.of.some((item) => single.has(formulaKey(item)))),
  );
  const [only] = fewer;
  if (only && fewer.length === 1) return only;
  return factored(fewer) ?? compound('some', fewer);
}

/** `when ? yes : no`; `when ? true : false` is written as `when` itself is. */
export function either(when: Formula, yes: Formula, no: Formula): Formula {
  if (formulaKey(yes) === formulaKey(no)) return yes;
  if (isTrue(yes) && isFalse(no)) return when;
  return some([all([when, yes]), all([not(when), no])]);
}

/** `(a ∧ b) ∨ (a ∧ c)` is `a ∧ (b ∨ c)`. */
function factored(parts: readonly Formula[]): Formula | undefined {
  const [first, ...others] = parts.map((part) => (part.kind === 'all' ? part.of : [part]));
  if (!first) return undefined;
  const keys = others.map((each) => new Set(each.map(formulaKey)));
  const common = first.filter((each) => keys.every((set) => set.has(formulaKey(each))));
  if (common.length === 0) return undefined;
  const shared = new Set(common.map(formulaKey));
  const rest = [first, ...others].map((each) =>
    all(each.filter((item) => !shared.has(formulaKey(item)))),
  );
  return all([...common, some(rest)]);
}

/** `a ∨ (¬a ∧ b)` is `a ∨ b`. */
function withoutOpposites(part: Formula & { kind: 'all' | 'some' }, beside: readonly Formula[]) {
  const excluded = new Set(beside.filter((item) => item !== part).map(opposedKey));
  const left = part.of.filter((item) => !excluded.has(formulaKey(item)));
  return left.length === part.of.length ? part : all(left);
}

/** Null where two parts decide the whole: the neutral element of the other kind results. */
function flatten(kind: 'all' | 'some', parts: readonly Formula[]): Formula[] | null {
  const kept = new Map<string, Formula>();
  const add = (part: Formula): boolean => {
    if (part.kind === kind) return part.of.every(add);
    if (part.kind !== 'atom' && part.of.length === 0) return false;
    const key = formulaKey(part);
    if (part.kind === 'atom' && kept.has(opposedKey(part))) return false;
    if (!kept.has(key)) kept.set(key, part);
    return true;
  };
  return parts.every(add) ? [...kept.values()] : null;
}

/** What is left to say of a formula where some conditions (by key) are known to hold. */
export function given(formula: Formula, known: ReadonlySet<string>): Formula {
  if (known.size === 0) return formula;
  if (known.has(formulaKey(formula))) return TRUE;
  if (known.has(opposedKey(formula))) return FALSE;
  if (formula.kind === 'atom' || !isTouched(formula, known)) return formula;
  let parts: Formula[] | undefined;
  for (const [index, part] of formula.of.entries()) {
    const left = given(part, known);
    if (left !== part) parts ??= [...formula.of];
    if (parts) parts[index] = left;
  }
  if (!parts) return formula;
  return formula.kind === 'all' ? all(parts) : some(parts);
}

/** Whether some of the conditions (by key), or their opposites, are part of a formula. */
export function isTouched(formula: Formula, known: ReadonlySet<string>): boolean {
  formula.spoken ??= spokenIn(formula, new Set());
  const { spoken } = formula;
  const [few, many] = known.size < spoken.size ? [known, spoken] : [spoken, known];
  for (const key of few) if (many.has(key)) return true;
  return false;
}

function spokenIn(formula: Formula, keys: Set<string>): ReadonlySet<string> {
  keys.add(formula.key).add(opposedKey(formula));
  if (formula.kind === 'atom') return keys;
  for (const part of formula.of) {
    if (part.spoken) for (const key of part.spoken) keys.add(key);
    else spokenIn(part, keys);
  }
  return keys;
}

export function factsOf(formula: Formula): readonly Formula[] {
  return formula.kind === 'all' ? formula.of : [formula];
}

/** How many conditions a formula is written with; those nobody can bring about weigh more. */
export function weightOf(formula: Formula): number {
  return formula.weight;
}
