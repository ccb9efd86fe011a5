import type { Condition } from '../../condition/condition.ts';
import type { Query, Write } from '../model.ts';
import { choicesIn, choicesInTerm } from './body-facts.ts';
import { ranBefore } from './entered.ts';
import { all, atom, type Formula, isTrue } from './formula.ts';
import { rowFound } from './hits.ts';
import { numbered } from './list-cases.ts';
import type { Machine, Read } from './machine.ts';
import { isOptional } from './optional-input.ts';
import type { Steps } from './steps.ts';
import { mentions } from './term-parts.ts';
import type { Value } from './values.ts';

/** A branch both sides of which go on to an ending. */
export interface Branch {
  /** What holds on one of its sides. */
  readonly when: Formula;
  /** Its other side is the ordinary case. */
  readonly alone?: true;
  /** Rows that its condition speaks of. */
  readonly rows?: readonly Query[];
}

interface Ran {
  readonly done: Steps;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly body: Value | null;
}

/** What may be written, read and answered one way or another on the way to an ending, the most telling first. */
export function branchesOf(machine: Machine, ran: Ran): Branch[] {
  const isOwn = (id: string) => ran.done.has(id) && !ranBefore(machine, id);
  const writes = machine.writes.filter(({ id }) => ran.writes.includes(id) && isOwn(id));
  const own = machine.reads.filter(({ id }) => ran.reads.includes(id) && isOwn(id));
  const steps = [...writes, ...own].map(({ id }) => ran.done.get(id) ?? all([]));
  const values = writes.flatMap(({ set }) => Object.values(set).flatMap(choicesInTerm));
  const asked = own.flatMap(askedOtherwise);
  const found = writes.flatMap((write) => hit(machine, write, ran.done.get(write.id)));
  const outside = [...machine.posed].flatMap(([id, of]) =>
    isOwn(id) ? of.map((each) => all([ran.done.get(id) ?? all([]), each])) : [],
  );
  const plain = [...steps, ...values, ...asked, ...outside, ...choicesIn(ran.body)];
  return [
    ...plain.filter((when) => !isTrue(when)).map((when) => ({ when })),
    ...found,
    ...numbered(machine, { reads: own, writes }),
    ...writes.flatMap((write) => leftOut(machine, write)),
  ];
}

/** A write that finds a row, or none. */
function hit(machine: Machine, write: Write, under: Formula = all([])): Branch[] {
  const row = rowFound(machine, write);
  if (!row) return [];
  const none = atom({ kind: 'absent', at: write.at, query: row.id });
  return [{ when: all([under, none]), rows: [row] }];
}

/** Fields of the request that are stored, and need not be sent. */
function leftOut(machine: Machine, write: Write): Branch[] {
  return Object.entries(write.set).flatMap(([column, { ...term }]): Branch[] => {
    if (term.kind !== 'input' || !isOptional(machine, write, { column, term })) return [];
    const { from, path } = term;
    return [{ when: atom({ kind: 'input', is: 'missing', at: write.at, from, path }) }];
  });
}

/** What a read asks for depends on these, which are about none of its rows. */
function askedOtherwise(read: Read): Formula[] {
  const rows = [read.id, ...read.joins.map(({ id }) => id)];
  const bounds = [read.limit, read.offset].flatMap((term) => (term ? choicesInTerm(term) : []));
  return [...read.where.flatMap((each) => besideRows(each, rows)), ...bounds];
}

function besideRows(condition: Condition, rows: readonly string[]): Formula[] {
  if (condition.kind !== 'any') {
    return 'left' in condition ? [condition.left, condition.right].flatMap(choicesInTerm) : [];
  }
  return condition.of.flat().flatMap((part) => {
    if (part.kind === 'exists' || part.kind === 'absent') return [];
    if (part.kind === 'any' || rows.some((row) => mentions(part, row)))
      return besideRows(part, rows);
    return [atom(part)];
  });
}
