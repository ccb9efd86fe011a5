import { type Formula, isTrue, some } from './formula.ts';
import type { Exit, Machine } from './machine.ts';
import { type Side, set } from './path.ts';
import type { Cell } from './values.ts';

/** Sets what was set within a `try` before an error came up; what was done by then is told by the error itself. */
export function setBefore(machine: Machine, { left }: Exit): void {
  for (const [cell, value] of left ?? []) if (!isLog(machine, cell)) set(machine, cell, value);
}

interface Way {
  readonly when: Formula;
  readonly side: Pick<Side<unknown>, 'changed'>;
}

/** What every way leaves in the variables: through the `try` to its end, where there is one, and out of its `catch`. */
export function mergeWays(
  machine: Machine,
  normal: Way['side'] | null,
  caught: readonly Way[],
): void {
  const sides = [...(normal ? [normal] : []), ...caught.map(({ side }) => side)];
  for (const cell of new Set(sides.flatMap(({ changed }) => [...changed.keys()]))) {
    const first = normal?.changed.has(cell) ? normal.changed.get(cell) : cell.value;
    const ways = isLog(machine, cell)
      ? caught.filter(({ side }) => side.changed.has(cell))
      : caught;
    set(machine, cell, merged(cell, { first, ways }));
  }
}

/** Ways that leave the same are one. */
function merged(
  cell: Cell<unknown>,
  { first, ways }: { first: unknown; ways: readonly Way[] },
): unknown {
  const lefts = new Map<unknown, Formula[]>();
  for (const { when, side } of ways) {
    const left = side.changed.has(cell) ? side.changed.get(cell) : cell.value;
    lefts.set(left, [...(lefts.get(left) ?? []), when]);
  }
  return [...lefts].reduce((value, [left, whens]) => {
    if (left === value) return value;
    const when = some(whens);
    return isTrue(when) ? left : cell.merge(when, left, value);
  }, first);
}

/** What was read, written and assigned on the way is no variable of the code. */
function isLog({ done, assigned }: Machine, cell: Cell<unknown>): boolean {
  return cell === done || cell === assigned;
}
