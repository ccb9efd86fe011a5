import { branchValue } from '../../trace/path.ts';
import { textOf } from '../../trace/source.ts';
import { native, unknown, type Value } from '../../trace/values.ts';
import type { At } from '../effect/run.ts';
import { isSided, split } from '../effect/sided.ts';

/** How a module comes by its values: at once, or when the function that stands for one is called. */
export interface Way {
  readonly made: (at: At, work: (at: At) => Value) => Value;
  readonly run: (at: At, self: Value) => Value;
}

export const AT_ONCE: Way = { made: (at, work) => work(at), run: (_, self) => self };

export const LATER: Way = {
  made: ({ machine }, work) => native('Task', (_, node) => work({ machine, node })),
  run: ({ machine, node }, self) => machine.settle(machine.call(self, [], node), node),
};

interface Sides {
  readonly yes: (value: Value) => Value;
  readonly no: (error: Value) => Value;
}

/** What is made of each side; of what nobody knows the sides of, either may be the case. */
export function sides(at: At, self: Value, then: Sides): Value {
  const { machine, node } = at;
  if (isSided(self)) return split(at, self, then);
  if (self.kind === 'choice')
    return branchValue(machine, self.when, {
      yes: () => sides(at, self.yes, then),
      no: () => sides(at, self.no, then),
    });
  const text = textOf(node);
  return branchValue(machine, machine.truth(unknown(text), node), {
    yes: () => then.yes(unknown(text)),
    no: () => then.no(unknown(text)),
  });
}
