import type { ts } from '../../kernel/syntax.ts';
import { all, isFalse, some, TRUE } from './formula.ts';
import type { Exit, Frame, Machine } from './machine.ts';
import { assume, mergeSide, type Side, side } from './path.ts';
import { choose } from './terms.ts';
import { UNDEFINED, type Value } from './values.ts';

/** `promise.catch(handler)`: what the promise gives, or what the handler makes of the error it ends with. */
export function caught(
  machine: Machine,
  { promise, handler }: { promise: () => Value; handler: () => Value },
  node: ts.Node,
): Value {
  const mark = machine.path.facts.length;
  const frame: Frame & { kind: 'try' } = { kind: 'try', mark, throws: [], possible: [] };
  const normal = side(machine, TRUE, () => {
    machine.frames.push(frame);
    const value = machine.settle(promise(), node);
    machine.frames.pop();
    return value;
  });
  passOn(machine, frame.possible);
  const fn = frame.throws.length > 0 ? handler() : UNDEFINED;
  const ways = frame.throws.map((exit) => ({
    exit,
    taken: side(machine, exit.when, () => machine.call(fn, [exit.value], node)),
  }));
  return joined(machine, normal, ways);
}

function joined(
  machine: Machine,
  normal: Side<Value>,
  ways: readonly { exit: Exit; taken: Side<Value> }[],
): Value {
  const handled = ways.filter(({ taken }) => !isFalse(taken.live));
  if (isFalse(normal.live) && handled.length === 0) {
    machine.path.dead = true;
    return UNDEFINED;
  }
  if (!(normal.plain && ways.length === 0)) {
    assume(machine, some([normal.live, ...handled.map(({ taken }) => taken.live)]));
  }
  mergeSide(machine, TRUE, normal);
  return handled.reduce<Value>((value, { exit, taken }) => {
    mergeSide(machine, exit.when, taken);
    const given = taken.value ?? UNDEFINED;
    return isFalse(normal.live) && value === UNDEFINED ? given : choose(exit.when, given, value);
  }, normal.value ?? UNDEFINED);
}

/** Errors that code did not raise itself stay with who is around: a handler is no branch for them. */
function passOn(machine: Machine, possible: readonly Exit[]): void {
  const outer = machine.frames.findLast((each) => each.kind === 'try' || each.kind === 'request');
  for (const exit of possible) {
    if (outer?.kind === 'try')
      outer.possible.push({ ...exit, when: all(exit.facts.slice(outer.mark)) });
    else if (outer) machine.thrown.push({ exit, possible: true });
  }
}
