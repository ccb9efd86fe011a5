import { type Formula, isContradiction, not } from './formula.ts';
import type { Machine } from './machine.ts';
import { choose, endsOf } from './terms.ts';
import type { Value } from './values.ts';

/** Values of more ends are left as they are. */
const ENDS = 16;

/**
 * `{ error } or { value }`, asked for what only some of its ends have: the ends that the path so far rules out (it has
 * looked which of them it is) are gone.
 */
export function possibleOwner(machine: Machine, owner: Value, name: string): Value {
  if (owner.kind !== 'choice') return owner;
  const ends = endsOf(owner);
  const lacking = ends.filter((end) => lacks(end, name)).length;
  if (lacking === 0 || lacking === ends.length || ends.length > ENDS) return owner;
  return possible(owner, machine.path.facts) ?? owner;
}

function lacks(end: Value, name: string): boolean {
  return end.kind === 'object' && !end.open.value && !end.fields.value.has(name);
}

function possible(value: Value, known: readonly Formula[]): Value | undefined {
  if (value.kind !== 'choice') return isContradiction(known) ? undefined : value;
  const yes = possible(value.yes, [...known, value.when]);
  const no = possible(value.no, [...known, not(value.when)]);
  return yes && no ? choose(value.when, yes, no) : (yes ?? no);
}
