import { ts } from '../../kernel/syntax.ts';
import { apartFrom } from './apart-from.ts';
import { FALSE, type Formula, some } from './formula.ts';
import type { Frame, Journal, Machine, Way } from './machine.ts';
import { set, since } from './path.ts';
import { type Cell, newest } from './values.ts';

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
  const journal: Journal = { start: newest(), old: new Map() };
  const frame: Breakable = {
    kind: 'breakable',
    mark: before.length,
    breaks: [],
    turn,
    journal,
  };
  machine.frames.push(frame);
  machine.journals.push(journal);
  work();
  const end = path.dead ? [] : [wayHere(machine, frame)];
  machine.journals.pop();
  machine.frames.pop();
  handOn(machine, journal);
  if (frame.breaks.length === 0) return;
  path.dead = false;
  const { breaks } = frame;
  // From the last on: each way holds what those before it do not.
  const onwards = [...breaks, ...end].reduceRight<Formula>(
    (rest, { when }) => some([when, rest]),
    FALSE,
  );
  path.facts = [...before, ...(onwards.kind === 'all' ? onwards.of : [onwards])];
  const setting = any ? breaks.filter(({ changed }) => changed.size > 0) : breaks;
  joinCells(machine, [...setting, ...end], journal);
}

/** `break` and `continue`: control ends here, and goes on after what they leave. */
export function leave(machine: Machine, node: ts.BreakOrContinueStatement): void {
  const turn = ts.isContinueStatement(node);
  const frame = machine.frames.findLast(
    (each): each is Breakable => each.kind === 'breakable' && each.turn === turn,
  );
  frame?.breaks.push(wayHere(machine, frame));
  machine.path.dead = true;
}

function wayHere(machine: Machine, { mark, journal }: Breakable): Way {
  const within = machine.journals.slice(machine.journals.indexOf(journal));
  const cells = within.flatMap(({ old }) => [...old.keys()]);
  const changed = cells
    .filter(({ born }) => born <= journal.start)
    .map((cell) => [cell, cell.value] as const);
  return { when: since(machine, mark), changed: new Map(changed) };
}

/** What was set since is taken back by the branch around it, too. */
function handOn(machine: Machine, { old }: Journal): void {
  const around = machine.journals.at(-1);
  if (!around) return;
  for (const [cell, value] of old) {
    if (cell.born <= around.start && !around.old.has(cell)) around.old.set(cell, value);
  }
}

function joinCells(machine: Machine, ways: readonly Way[], { old }: Journal): void {
  for (const cell of new Set(ways.flatMap(({ changed }) => [...changed.keys()]))) {
    const first = old.has(cell) ? old.get(cell) : cell.value;
    set(machine, cell, joined(cell, ways, first));
  }
}

/** What the ways left in a variable, each where it is told from those after it. */
function joined(cell: Cell<unknown>, [way, ...later]: readonly Way[], first: unknown): unknown {
  const value = way?.changed.has(cell) ? way.changed.get(cell) : first;
  if (!way || later.length === 0) return value;
  const others = joined(cell, later, first);
  return value === others ? value : cell.merge(apartFrom(way, later), value, others);
}
