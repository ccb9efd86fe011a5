import {
  type Formula,
  factsOf,
  formulaKey,
  given,
  isTouched,
  opposedKey,
  settledParts,
} from './formula.ts';
import { alsoKnown, withoutImplied } from './implied.ts';

/** What holds where control is, in the order in which it was found. */
export type Facts = readonly Formula[];

const known = new WeakMap<Facts, ReadonlySet<string>>();

export function knownBy(facts: Facts): ReadonlySet<string> {
  const before = known.get(facts);
  if (before) return before;
  const keys = new Set(facts.map(formulaKey));
  for (const fact of facts) {
    const more = alsoKnown(fact);
    if (more !== undefined) keys.add(more);
  }
  known.set(facts, keys);
  return keys;
}

/** What followed from facts with another one. */
const further = new WeakMap<Facts, Map<Formula, Facts | null>>();

/** As many facts as are recalled to have been found after others. */
const MOST = 20_000;

let first: Facts = [];
let recalled = 0;

/** Where nothing is known yet: what was found from there on before is recalled. */
export function noFacts(): Facts {
  if (recalled > MOST) {
    first = [];
    recalled = 0;
  }
  return first;
}

/** With another fact, of which is left what the others don't decide; null where they can't hold together. */
export function withFact(facts: Facts, fact: Formula): Facts | null {
  const before = further.get(facts) ?? new Map<Formula, Facts | null>();
  further.set(facts, before);
  const found = before.get(fact);
  if (found !== undefined) return found;
  const after = extended(facts, fact);
  before.set(fact, after);
  recalled += 1;
  return after;
}

function extended(facts: Facts, fact: Formula): Facts | null {
  const added = factsOf(fact);
  const together = settledWith(settled.get(facts) ?? facts, added);
  if (!together) return null;
  const after = shortened(facts, added);
  settled.set(after, together);
  return after;
}

/** What is left open of formulas where facts hold. */
const opened = new WeakMap<Facts, Map<Formula, Formula>>();

export function openUnder(facts: Facts, formula: Formula): Formula {
  const before = opened.get(facts) ?? new Map<Formula, Formula>();
  opened.set(facts, before);
  const found = before.get(formula);
  if (found) return found;
  const left = given(formula, knownBy(facts));
  before.set(formula, left);
  recalled += 1;
  return left;
}

/** What facts come to together. */
const settled = new WeakMap<Facts, Facts>();

/** The same as `settledParts` of all, where most often the new ones touch none of the others. */
function settledWith(before: Facts, added: Facts): Facts | null {
  const all = [...before, ...added];
  return areApart(before, added) && withoutImplied(all)?.length === all.length
    ? all
    : settledParts(all);
}

function areApart(before: Facts, added: Facts): boolean {
  const old = knownBy(before);
  const keys = new Set(added.map(formulaKey));
  return (
    added.every((fact) => !old.has(formulaKey(fact)) && !old.has(opposedKey(fact))) &&
    added.every((fact) => fact.kind === 'atom' || !isTouched(fact, old)) &&
    before.every((fact) => fact.kind === 'atom' || !isTouched(fact, keys))
  );
}

/** Facts that their disjunctions were not asked about yet: those that became facts themselves. */
const unasked = new WeakMap<Facts, ReadonlySet<string>>();

/** Facts and further ones; disjunctions that those decide become shorter. */
function shortened(facts: Facts, added: Facts): Facts {
  const after = [...facts, ...added];
  const sure = new Set(unasked.get(facts));
  for (const fact of added) if (fact.kind !== 'some') sure.add(formulaKey(fact));
  const decided = new Set<string>();
  for (const [at, fact] of after.entries()) {
    if (fact.kind !== 'some') continue;
    const left = given(fact, sure);
    after[at] = left;
    if (left.kind !== 'some') decided.add(formulaKey(left));
  }
  if (decided.size > 0) unasked.set(after, decided);
  return after;
}
