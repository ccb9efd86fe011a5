import type { ts } from '../../kernel/syntax.ts';
import type { Completion, Frame, Machine, Value } from './value.ts';
import { either } from './value.ts';

interface Before {
  readonly value: Value;
  readonly frame: Frame | null;
}

type Journal = Map<ts.Node, Before>;

const journals = new WeakMap<Machine, Journal[]>();

/** Gives a name its new value; where that stands on a way that may not be taken, what it held is kept in mind. */
export function assignNoted(
  machine: Machine,
  declaration: ts.Node,
  { value, frame }: { value: Value; frame: Frame | null },
): void {
  for (const journal of journals.get(machine) ?? []) {
    if (!journal.has(declaration))
      journal.set(declaration, { value: machine.held(declaration, frame), frame });
  }
  machine.assign(declaration, value, frame);
}

/** Runs ways of which nobody knows which is taken: a name that some of them set holds either value afterwards. */
export function runSides(
  machine: Machine,
  sides: readonly (() => Completion)[],
): readonly Completion[] {
  const open = journals.get(machine) ?? [];
  journals.set(machine, open);
  const ran = sides.map((side) => {
    const journal: Journal = new Map();
    open.push(journal);
    const done = side();
    open.pop();
    const left = new Map(
      [...journal].map(([node, { frame }]) => [node, machine.held(node, frame)]),
    );
    for (const [node, { value, frame }] of journal) machine.assign(node, value, frame);
    return { done, journal, left };
  });
  const set = new Map(ran.flatMap(({ journal }) => [...journal]));
  const going = ran.filter(({ done }) => !done.always);
  for (const [node, before] of set) {
    const values = going.map(({ left }) => left.get(node) ?? before.value);
    const filled = values.filter((value) => !isEmpty(value));
    if (values.length > 0)
      machine.assign(node, filled.length > 0 ? either(filled) : either(values), before.frame);
  }
  return ran.map(({ done }) => done);
}

/** What is declared and filled later is taken as filled. */
function isEmpty(value: Value): boolean {
  return value.kind === 'unknown' || (value.kind === 'literal' && value.value == null);
}
