import type { ts } from '../../kernel/syntax.ts';
import { ended, passing } from '../trace/chain.ts';
import { enter } from '../trace/closures.ts';
import type { Exit, Machine } from '../trace/machine.ts';
import type { ClosureValue, Value } from '../trace/values.ts';
import { waysOf } from './leaving.ts';

interface Guard {
  readonly value: ClosureValue;
  /** What it is called with, given the function that goes on. */
  readonly args: (next: Value) => readonly Value[];
  readonly node: ts.Node;
  /** Whether what it returned lets the request through. */
  readonly lets: (answer: Value) => boolean;
  /** Put around its run: what it throws to leave is answered there. */
  readonly within?: (work: () => void) => void;
}

/** Runs a function before the rest: what it answers is an ending, what it lets through goes on. */
export function goThrough(machine: Machine, guard: Guard, then: () => void): void {
  const { value, args, node, lets, within = (work) => work() } = guard;
  passing(machine, then, (next) => {
    let ways: readonly Exit[] = [];
    within(() => {
      ways = enter(machine, value, { args: args(next), node }).returns.flatMap(waysOf);
    });
    ended(
      machine,
      ways.filter(({ value: answer }) => !lets(answer)),
      false,
    );
    for (const { value: answer, facts, done } of ways) {
      if (!lets(answer)) continue;
      Object.assign(machine.path, { facts, dead: false, answered: false });
      machine.done.value = done;
      machine.call(next, [], node);
    }
  });
}
