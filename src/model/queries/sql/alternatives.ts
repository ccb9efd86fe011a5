import { type Formula, isFalse, isTrue, not } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { assume, branchValue, open } from '../../trace/path.ts';
import type { Value } from '../../trace/values.ts';

/** As many alternatives of one text are followed on both sides; of those behind them the plainer side is assumed. */
const ALTERNATIVES = 3;

interface Alternative {
  readonly when: Formula;
  /** How many stood before it. */
  readonly followed: number;
  /** The side under the condition adds nothing. */
  readonly isEmpty: boolean;
}

/** Follows what a text is under a condition and otherwise. */
export function alternative(
  machine: Machine,
  { when, followed, isEmpty }: Alternative,
  sides: { readonly yes: () => Value; readonly no: () => Value },
): Value {
  if (followed < ALTERNATIVES) return branchValue(machine, when, sides);
  const known = open(machine, when);
  const isYes = isTrue(known) || (!isFalse(known) && isEmpty);
  assume(machine, isYes ? when : not(when));
  return isYes ? sides.yes() : sides.no();
}
