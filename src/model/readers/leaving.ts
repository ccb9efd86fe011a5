import type { ts } from '../../kernel/syntax.ts';
import { sides } from '../trace/answers.ts';
import { all } from '../trace/formula.ts';
import type { Exit, Frame, Machine } from '../trace/machine.ts';
import type { Value } from '../trace/values.ts';

/** Runs a piece of an endpoint; what it throws to leave is answered (`status`: as it was set), errors go on their way. */
export function leaving(
  machine: Machine,
  answer: (thrown: Value, node: ts.Node, status: Value) => Value | undefined,
  work: () => void,
): void {
  const mark = machine.path.facts.length;
  const frame: Frame & { kind: 'try' } = { kind: 'try', mark, throws: [], possible: [] };
  machine.frames.push(frame);
  work();
  machine.frames.splice(machine.frames.indexOf(frame));
  const { path } = machine;
  const after = { ...path };
  for (const exit of frame.throws) {
    Object.assign(path, { facts: exit.facts, dead: false, answered: false });
    const value = answer(exit.value, exit.node, exit.status);
    Object.assign(path, after);
    if (value) {
      machine.endings.push({ exit: { ...exit, value }, thrown: null, step: machine.current });
    } else machine.thrown.push({ exit, possible: false });
    machine.stopped.add(machine.current);
  }
  for (const exit of frame.possible) machine.thrown.push({ exit, possible: true });
}

/** A choice returned is several ways to return. */
export function waysOf(exit: Exit): Exit[] {
  return sides(exit.value, all([])).map(({ value, when }) => {
    const more = when.kind === 'all' ? when.of : [when];
    return { ...exit, value, facts: [...exit.facts, ...more], when: all([exit.when, when]) };
  });
}
