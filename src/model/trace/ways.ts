import { apartFrom } from './apart-from.ts';
import type { Journal, Machine, Way } from './machine.ts';
import { set, since } from './path.ts';
import { type Cell, newest } from './values.ts';

/** Runs work whose changes are noted in a journal of its own. */
export function journaled<T>(
  machine: Machine,
  work: (journal: Journal) => T,
): { readonly journal: Journal; readonly value: T } {
  const journal: Journal = { start: newest(), old: new Map() };
  machine.journals.push(journal);
  const value = work(journal);
  machine.journals.pop();
  handOn(machine, journal);
  return { journal, value };
}

/** What was set since is taken back by the branch around it, too. */
function handOn(machine: Machine, { old }: Journal): void {
  const around = machine.journals.at(-1);
  if (!around) return;
  for (const [cell, value] of old) {
    if (cell.born <= around.start && !around.old.has(cell)) around.old.set(cell, value);
  }
}

/** What holds here since a mark, and what was set since a journal was begun. */
export function wayHere(machine: Machine, mark: number, journal: Journal): Way {
  return {
    when: since(machine, mark),
    facts: machine.path.facts,
    changed: setSince(machine, journal),
  };
}

/** What was set since a journal was begun, and is still so here. */
export function setSince(machine: Machine, journal: Journal): Way['changed'] {
  const within = machine.journals.slice(machine.journals.indexOf(journal));
  const cells = within.flatMap(({ old }) => [...old.keys()]);
  const changed = cells
    .filter(({ born }) => born <= journal.start)
    .map((cell) => [cell, cell.value] as const);
  return new Map(changed);
}

/** Takes back what was set since a journal was begun. */
export function takeBack({ old }: Journal): void {
  for (const [cell, value] of old) cell.value = value;
}

/** Sets what either of several ways has set. */
export function joinCells(machine: Machine, ways: readonly Way[], { old }: Journal): void {
  for (const cell of new Set(ways.flatMap(({ changed }) => [...changed.keys()]))) {
    const first = old.has(cell) ? old.get(cell) : cell.value;
    set(machine, cell, joined(cell, ways, first));
  }
}

/** The same for a function's returns: steps, status and what is on the request are merged by themselves. */
export function joinLeft(machine: Machine, left: readonly Way[], journal: Journal): void {
  const apart: ReadonlySet<unknown> = new Set([machine.done, machine.status, machine.variables]);
  const ways = left.map((way) => ({
    ...way,
    changed: new Map([...way.changed].filter(([cell]) => !apart.has(cell))),
  }));
  joinCells(machine, ways, journal);
}

/** What the ways left in a variable, each where it is told from those after it. */
function joined(cell: Cell<unknown>, [way, ...later]: readonly Way[], first: unknown): unknown {
  const value = way?.changed.has(cell) ? way.changed.get(cell) : first;
  if (!way || later.length === 0) return value;
  const others = joined(cell, later, first);
  return value === others ? value : cell.merge(apartFrom(way, later), value, others);
}
