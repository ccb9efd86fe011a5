import { ts } from '../../kernel/syntax.ts';
import { FALSE, type Formula, some } from './formula.ts';
import type { Frame, Machine, Way } from './machine.ts';
import { carryHeld } from './path.ts';
import { joinCells, journaled, wayHere } from './ways.ts';

type Breakable = Frame & { kind: 'breakable' };

/**
 * Runs what a `break` leaves, or a loop's turn, which a `continue` leaves; control goes on from its end and from each of
 * those, with what each of them set. A turn that stands for any row's and is left before it sets anything comes after
 * others, which have.
 */
export function breakable(
  machine: Machine,
  { turn, any = false }: { readonly turn: boolean; readonly any?: boolean },
  work: () => void,
): void {
  const { path } = machine;
  const before = path.facts;
  const breaks: Way[] = [];
  const end: Way[] = [];
  const { journal } = journaled(machine, (own) => {
    const frame = { kind: 'breakable', mark: before.length, breaks, turn, journal: own } as const;
    machine.frames.push(frame);
    work();
    if (!path.dead) end.push(wayHere(machine, before.length, own));
    machine.frames.pop();
  });
  if (breaks.length === 0) return;
  path.dead = false;
  // From the last on: each way holds what those before it do not.
  const onwards = [...breaks, ...end].reduceRight<Formula>(
    (rest, { when }) => some([when, rest]),
    FALSE,
  );
  path.facts = [...before, ...(onwards.kind === 'all' ? onwards.of : [onwards])];
  carryHeld(machine, [...breaks, ...end]);
  const setting = any ? breaks.filter(({ changed }) => changed.size > 0) : breaks;
  joinCells(machine, [...setting, ...end], journal);
}

/** `break` and `continue`: control ends here, and goes on after what they leave. */
export function leave(machine: Machine, node: ts.BreakOrContinueStatement): void {
  const turn = ts.isContinueStatement(node);
  const frame = machine.frames.findLast(
    (each): each is Breakable => each.kind === 'breakable' && each.turn === turn,
  );
  frame?.breaks.push(wayHere(machine, frame.mark, frame.journal));
  machine.path.dead = true;
}
