import { isRaised } from './errors.ts';
import { all, FALSE, type Formula, isFalse, not, TRUE, weightOf } from './formula.ts';
import type { Exit, Machine } from './machine.ts';
import { mergeSide, type Side, set } from './path.ts';
import { choose } from './terms.ts';
import { UNDEFINED, type Value } from './values.ts';

/** An error, and what its handler leaves. */
export interface Caught {
  readonly exit: Exit;
  readonly side: Side<Value>;
}

interface Ways {
  readonly normal: Side<Value>;
  /** Those that go on behind the `catch`. */
  readonly swallowed: readonly Caught[];
}

/** What variables hold, and what is given, behind what may throw: on the way through, and after each error that goes on. */
export function left(
  machine: Machine,
  { through, ...ways }: Ways & { readonly through: Formula | undefined },
): Value {
  return through ? leftOver(machine, ways, through) : leftUnder(machine, ways);
}

/** What is left where nothing is thrown, but for each error what its handler leaves. */
function leftUnder(machine: Machine, { normal, swallowed }: Ways): Value {
  const ends = isFalse(normal.live);
  let value = ends ? UNDEFINED : (normal.value ?? UNDEFINED);
  if (!ends) mergeSide(machine, TRUE, normal);
  for (const { exit, side: taken } of swallowed) {
    mergeSide(machine, ends ? TRUE : exit.when, taken);
    value = choose(ends && value === UNDEFINED ? TRUE : exit.when, taken.value ?? UNDEFINED, value);
  }
  return value;
}

/** Where nothing is thrown, told from all errors at once, where that is shorter than from each of them. */
export function wayThrough(
  normal: Side<Value>,
  caught: readonly Caught[],
  swallowed: readonly Caught[],
): Formula | undefined {
  if (isFalse(normal.live) || swallowed.length < 2) return undefined;
  const possible = caught.filter(({ exit }) => isRaised(exit.value));
  const through = all([normal.live, ...possible.map(({ exit }) => not(exit.when))]);
  const errors = caught.reduce((sum, { exit }) => sum + weightOf(exit.when), 0);
  return weightOf(through) < errors ? through : undefined;
}

/** What the handler leaves of the errors, but on the way through what is left there. */
function leftOver(machine: Machine, { normal, swallowed }: Ways, through: Formula): Value {
  const sides = [normal, ...swallowed.map((each) => each.side)];
  const before = new Map(
    sides.flatMap(({ changed }) => [...changed.keys()].map((cell) => [cell, cell.value])),
  );
  const failed = leftUnder(machine, { normal: { ...normal, live: FALSE }, swallowed });
  for (const [cell, value] of before) {
    const taken = normal.changed.has(cell) ? normal.changed.get(cell) : value;
    set(machine, cell, cell.merge(through, taken, cell.value));
  }
  return choose(through, normal.value ?? UNDEFINED, failed);
}
