import type { Condition } from '../../condition/condition.ts';
import { toConditions } from './conditions.ts';
import {
  bareOf,
  type Facts,
  heldBy,
  heldOf,
  knownBy,
  openUnder,
  withFact,
  withHeld,
} from './facts.ts';
import {
  all,
  FALSE,
  type Formula,
  factsOf,
  formulaKey,
  given,
  isFalse,
  isTrue,
  not,
  some,
  TRUE,
  weightOf,
} from './formula.ts';
import type { Journal, Machine } from './machine.ts';
import { bearable, plainestSides } from './plainest.ts';
import { onceSet, whereSet } from './set-once.ts';
import { choose } from './terms.ts';
import { type Cell, newest, UNDEFINED, type Value } from './values.ts';

/** What is left open of a formula where control is. */
export function open(machine: Machine, formula: Formula): Formula {
  const said = weightOf(formula) > HEAVY ? heldOf(machine.path.facts, formula) : undefined;
  if (said !== undefined) return said ? TRUE : FALSE;
  return given(openUnder(machine.path.facts, formula), machine.found.keys);
}

/** Facts that are so anyway, but were asked for: that a row is there which was found before. */
function askedFor(machine: Machine, formula: Formula): Formula[] {
  const { path } = machine;
  const { keys: found } = machine.found;
  if (found.size === 0) return [];
  const known = knownBy(path.facts);
  return factsOf(formula).filter(({ key }) => found.has(key) && !known.has(key));
}

/** A choice that the path has decided is what was chosen: by each of its conditions, or by something set along with it. */
export function narrowed(machine: Machine, value: Value): Value {
  if (value.kind !== 'choice') return value;
  const set = onceSet(value);
  if (set && isTrue(open(machine, whereSet(value)))) return set;
  const when = open(machine, value.when);
  if (isTrue(when)) return narrowed(machine, value.yes);
  if (isFalse(when)) return narrowed(machine, value.no);
  const yes = narrowed(machine, value.yes);
  const no = narrowed(machine, value.no);
  return when === value.when && yes === value.yes && no === value.no
    ? value
    : choose(when, yes, no);
}

/** From here on the formula holds; control ends where it can't. */
export function assume(machine: Machine, formula: Formula): void {
  const { path } = machine;
  const left = all([...askedFor(machine, formula), open(machine, formula)]);
  if (isTrue(left)) return;
  const facts = isFalse(left) ? null : withFact(path.facts, left);
  if (facts) path.facts = facts;
  else path.dead = true;
}

/** What weighs more may be cut where ways meet. */
const HEAVY = 20;

/** Notes that a formula holds here or fails, whatever becomes of the facts that say so. */
function hold(machine: Machine, formula: Formula, holds: boolean): void {
  const { path } = machine;
  if (path.dead || weightOf(formula) <= HEAVY) return;
  path.facts = withHeld(path.facts, new Map([[formulaKey(formula), holds]]));
}

/** The facts since a mark as one formula; false where control has ended. */
export function since(machine: Machine, mark: number): Formula {
  if (machine.path.dead || machine.path.answered) return FALSE;
  return all(machine.path.facts.slice(mark));
}

export function set<T>(machine: Machine, target: Cell<T>, value: T): void {
  const journal = machine.journals.at(-1);
  const old: Map<unknown, unknown> | undefined = journal?.old;
  if (journal && target.born <= journal.start && !old?.has(target)) old?.set(target, target.value);
  target.value = value;
}

/** The weight of conditions kept where two ways meet. */
export const MERGED = 60;

/** What a decision may weigh: choices made of choices double with each that is asked of another. */
const HEAVIEST = 4_000;

/** The same for each part of what a read asks for. */
const TOLD = 400;

/** What a read asks for, as far as it can be told. */
export function asked(machine: Machine, formula: Formula): Condition[] {
  return factsOf(formula).flatMap((part) => toConditions(bearable(part, TOLD, machine.unbearable)));
}

/** What one side of a branch left behind. */
export interface Side<T> {
  readonly live: Formula;
  readonly value: T | undefined;
  readonly changed: ReadonlyMap<Cell<unknown>, unknown>;
  readonly answered: boolean;
  /** The facts at its end. */
  readonly facts: Facts;
  /** True where nothing but the condition itself is known at its end. */
  readonly plain: boolean;
}

/** Runs one way on from here and takes everything back; what it left is in the result. */
export function side<T>(machine: Machine, when: Formula, work: () => T): Side<T> {
  const { path } = machine;
  const { facts: before, answered: answeredBefore } = path;
  const journal: Journal = { start: newest(), old: new Map() };
  machine.journals.push(journal);
  assume(machine, when);
  const entered = path.facts;
  const value = path.dead ? undefined : work();
  const live = path.dead || path.answered ? FALSE : all(path.facts.slice(before.length));
  const changed = new Map([...journal.old.keys()].map((cell) => [cell, cell.value]));
  for (const [cell, old] of journal.old) cell.value = old;
  machine.journals.pop();
  const { answered, facts } = path;
  const plain = !path.dead && !answered && bareOf(facts) === bareOf(entered);
  Object.assign(path, { facts: before, dead: false, answered: answeredBefore });
  return { live, value, changed, answered, facts, plain };
}

/** The plainest of several ways, or all of them where those exclude what was known before. */
export function assumeEither(machine: Machine, cut: Formula, ways: readonly Formula[]): void {
  assume(machine, cut);
  if (!machine.path.dead) return;
  machine.path.dead = false;
  assume(machine, some(ways));
}

/**
 * Runs both sides of a decision, each under its own side of the condition, then goes on with what
 * either left: control where it ended in neither, and every variable as a choice. A side that can't
 * be is not run and gives undefined.
 */
export function branch<T>(
  machine: Machine,
  when: Formula,
  sides: { yes: () => T; no: () => T },
): { yes: T | undefined; no: T | undefined; when: Formula } {
  const left = bearable(open(machine, when), HEAVIEST, machine.unbearable);
  if (isTrue(left) || isFalse(left)) assume(machine, isTrue(left) ? when : not(when));
  if (isTrue(left)) return { yes: sides.yes(), no: undefined, when: left };
  if (isFalse(left)) return { yes: undefined, no: sides.no(), when: left };
  const yes = side(machine, left, () => {
    hold(machine, when, true);
    return sides.yes();
  });
  const no = side(machine, not(left), () => {
    hold(machine, when, false);
    return sides.no();
  });
  const { path } = machine;
  const live = plainestSides(yes.live, no.live, MERGED);
  if (isFalse(yes.live) && isFalse(no.live)) {
    if (yes.answered || no.answered) path.answered = true;
    else path.dead = true;
  } else if (!(yes.plain && no.plain)) assumeEither(machine, live, [yes.live, no.live]);
  const onwards = [yes, no].filter((each) => !isFalse(each.live));
  carryHeld(machine, onwards);
  mergeCells(machine, left, { yes, no });
  return {
    yes: isFalse(yes.live) ? undefined : yes.value,
    no: isFalse(no.live) ? undefined : no.value,
    when: left,
  };
}

/** Goes on from where ways ended: what was noted on each of them is known here. */
export function carryHeld(machine: Machine, ways: readonly { readonly facts: Facts }[]): void {
  const { path } = machine;
  const [first, ...others] = ways.map(({ facts }) => heldBy(facts));
  if (!first || first.size === 0 || path.dead) return;
  const everywhere = [...first].filter(([key, said]) =>
    others.every((each) => each.get(key) === said),
  );
  path.facts = withHeld(path.facts, new Map(everywhere));
}

/** Keeps what a side left in the variables, under a condition. */
export function mergeSide(
  machine: Machine,
  when: Formula,
  { changed }: Pick<Side<unknown>, 'changed'>,
): void {
  for (const [cell, value] of changed) {
    set(machine, cell, isTrue(when) ? value : cell.merge(when, value, cell.value));
  }
}

/** The value of `when ? yes : no`, each side evaluated under its side of the condition. */
export function branchValue(
  machine: Machine,
  when: Formula,
  sides: { yes: () => Value; no: () => Value },
): Value {
  const { yes, no, when: left } = branch(machine, when, sides);
  if (yes === undefined) return no ?? UNDEFINED;
  return no === undefined ? yes : choose(left, yes, no);
}

function mergeCells<T>(machine: Machine, when: Formula, sides: { yes: Side<T>; no: Side<T> }) {
  const { yes, no } = sides;
  for (const cell of new Set([...yes.changed.keys(), ...no.changed.keys()])) {
    const taken = yes.changed.has(cell) ? yes.changed.get(cell) : cell.value;
    const other = no.changed.has(cell) ? no.changed.get(cell) : cell.value;
    if (isFalse(yes.live)) set(machine, cell, other);
    else if (isFalse(no.live)) set(machine, cell, taken);
    else set(machine, cell, cell.merge(when, taken, other));
  }
}
