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

/** What was decided beside facts: formulas, by key, of which they keep no more than one way to be so. */
type Held = ReadonlyMap<string, boolean>;
const held = new WeakMap<Facts, Held>();
const NOTHING: Held = new Map();

export function heldBy(facts: Facts): Held {
  return held.get(facts) ?? NOTHING;
}

/** Whether a formula was decided to hold, or to fail. */
export function heldOf(facts: Facts, formula: Formula): boolean | undefined {
  const known = held.get(facts);
  if (!known) return undefined;
  const said = known.get(formulaKey(formula));
  if (said !== undefined) return said;
  const opposite = known.get(opposedKey(formula));
  return opposite === undefined ? undefined : !opposite;
}

/** Facts with what was noted beside them, and the facts they are without. */
const holding = new WeakMap<Facts, Map<string, Facts>>();
const bare = new WeakMap<Facts, Facts>();

/** The same facts, with what was decided beside them. */
export function withHeld(facts: Facts, decided: Held): Facts {
  const known = heldBy(facts);
  const more = [...decided].filter(([key]) => !known.has(key));
  if (more.length === 0) return facts;
  const before = holding.get(facts) ?? new Map<string, Facts>();
  holding.set(facts, before);
  const name = more.join();
  const found = before.get(name);
  if (found) return found;
  const after: Facts = [...facts];
  held.set(after, new Map([...known, ...more]));
  bare.set(after, bareOf(facts));
  const together = settled.get(facts);
  if (together) settled.set(after, together);
  const open = unasked.get(facts);
  if (open) unasked.set(after, open);
  before.set(name, after);
  return after;
}

/** Facts without what was noted beside them since they were found. */
export function bareOf(facts: Facts): Facts {
  return bare.get(facts) ?? facts;
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
  if (held.has(facts)) held.set(after, heldBy(facts));
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
