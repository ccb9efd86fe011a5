import type { Condition, Term } from '../../condition/condition.ts';
import type { ts } from '../../kernel/syntax.ts';
import { all, atom, type Formula, isFalse, isTrue, not } from './formula.ts';
import { freshId, type Machine, type Read } from './machine.ts';
import { asked, assume, mergeSide, set, side } from './path.ts';
import { placeAt } from './source.ts';
import { mentions } from './term-parts.ts';
import { renamed } from './terms.ts';
import { type Cell, type ListValue, term, typed, type Value } from './values.ts';

/** A read that stands for some of another's rows; `where` is filled in by who asked for it. */
export function derive(
  machine: Machine,
  query: string,
  { node, many }: { node: ts.Node; many: boolean },
): Read {
  const source = machine.reads.find((read) => read.id === query);
  const table = source?.table ?? machine.writes.find((write) => write.id === query)?.table ?? query;
  const bare = table.split('.').at(-1) ?? table;
  const read: Read = {
    id: freshId(machine, bare),
    table,
    many,
    where: [],
    joins: [],
    of: query,
    limit: null,
    offset: null,
    at: placeAt(node),
  };
  machine.reads.push(read);
  return read;
}

export function forget(machine: Machine, read: Read): void {
  const index = machine.reads.indexOf(read);
  if (index >= 0) machine.reads.splice(index, 1);
  forgetFound(machine, read.id);
}

/** What was known of a read's rows: another read may go by its id. */
export function forgetFound({ found: { keys, of } }: Machine, id: string): void {
  for (const key of of.get(id) ?? []) keys.delete(key);
  of.delete(id);
}

/** The rows for which a callback is true, as a read; the formula where it does not depend on the row. */
export function filtered(
  machine: Machine,
  list: ListValue,
  { test, node, many }: { test: (element: Value) => Formula; node: ts.Node; many: boolean },
): { read: Read | null; formula: Formula } {
  const read = derive(machine, list.query, { node, many });
  const formula = test(list.element(read.id));
  if (isTrue(formula) || isFalse(formula)) {
    forget(machine, read);
    return { read: null, formula };
  }
  read.where = asked(machine, formula);
  return { read, formula };
}

export function exists(query: string, node: ts.Node): Formula {
  return atom({ kind: 'exists', at: placeAt(node), query });
}

/** Runs a loop's body once for a row that stands for any; ways out of it become conditions on some row. */
export function eachRow(
  machine: Machine,
  list: ListValue,
  { body, node }: { body: (element: Value) => Value | undefined; node: ts.Node },
): { value: Value | undefined; pure: boolean } {
  const witness = derive(machine, list.query, { node, many: false });
  const reads = machine.reads.length;
  const there = exists(witness.id, node);
  const mark = machine.path.facts.length;
  const left = side(machine, there, () => body(list.element(witness.id)));
  const nested = machine.reads.slice(reads);
  const onwards = (left.live.kind === 'all' ? left.live.of : [left.live]).filter(
    (part) => !isSame(part, there) && !machine.found.keys.has(part.key),
  );
  const ends = onwards.length > 0;
  const quiet = !ends && !isFalse(left.live);
  const unused = quiet && ![...left.changed.values()].some(usesRow(witness.id));
  keepSums(machine, { list, witness, nested }, left.changed);
  if (ends) assume(machine, everyRow(machine, { list, witness, nested, node }, onwards));
  else if (left.answered) machine.path.answered = true;
  const pure = unused && machine.path.facts.length === mark;
  if (pure) for (const read of [witness, ...nested]) forget(machine, read);
  return { value: left.value, pure };
}

/** As deep and as far into lists as a value is looked through for a row's id. */
const DEEP = 6;
const FAR = 20;

function usesRow(id: string) {
  const without = new Map<object, number>();
  const uses = (value: unknown, depth: number): boolean => {
    if (depth > DEEP || value === null) return false;
    if (typeof value !== 'object') return value === id;
    // What was looked through from as near the top holds no id.
    if ((without.get(value) ?? Number.POSITIVE_INFINITY) <= depth) return false;
    without.set(value, depth);
    const inside = (item: unknown) => uses(item, depth + 1);
    if (Array.isArray(value)) return value.slice(0, FAR).some(inside);
    if (value instanceof Map) {
      for (const item of value.values()) if (inside(item)) return true;
      return false;
    }
    if ('pos' in value || 'parent' in value) return false;
    for (const name in value) {
      // A formula's opposite speaks of what the formula itself does.
      if (name === 'opposite') continue;
      const item: unknown = value[name as keyof typeof value];
      if ((name === id && item !== undefined) || inside(item)) return true;
    }
    return false;
  };
  return (value: unknown) => uses(value, 0);
}

function isSame(part: Formula, other: Formula): boolean {
  return (
    part.kind === 'atom' &&
    other.kind === 'atom' &&
    JSON.stringify({ ...part.condition, at: 0 }) === JSON.stringify({ ...other.condition, at: 0 })
  );
}

interface Loop {
  readonly list: ListValue;
  readonly witness: Read;
  readonly nested: readonly Read[];
}

/** No row may be otherwise than what lets the loop go on. */
function everyRow(
  machine: Machine,
  loop: Loop & { node: ts.Node },
  onwards: readonly Formula[],
): Formula {
  const parts = onwards.map((part): Formula => {
    const bad = not(part);
    if (isTrue(bad) || isFalse(part)) return not(exists(loop.witness.id, loop.node));
    const read = derive(machine, loop.list.query, { node: loop.node, many: true });
    read.where = asked(machine, bad).map((condition) =>
      instantiate(machine, loop, { thing: condition, id: read.id }),
    );
    return not(exists(read.id, loop.node));
  });
  return all(parts);
}

/** A condition or term about the witness said of another row, with its nested reads copied along. */
function instantiate<T extends Term | Condition>(
  machine: Machine,
  { witness, nested }: Loop,
  { thing, id }: { thing: T; id: string },
): T {
  let said = renamed(thing, witness.id, id);
  for (const read of nested) {
    if (!mentions(said, read.id) || !read.where.some((each) => mentions(each, witness.id)))
      continue;
    const copy: Read = {
      ...read,
      id: freshId(machine, read.table.split('.').at(-1) ?? read.table),
    };
    copy.where = read.where.map((each) => renamed(renamed(each, witness.id, id), read.id, copy.id));
    machine.reads.push(copy);
    said = renamed(said, read.id, copy.id);
  }
  return said;
}

/** `total += row.x` over all rows is their sum; other variables keep what the body left as a possibility. */
function keepSums(
  machine: Machine,
  loop: Loop,
  changed: ReadonlyMap<Cell<unknown>, unknown>,
): void {
  const rest = new Map(changed);
  for (const [cell, after] of changed) {
    const sum = summed(machine, loop, { before: cell.value, after });
    if (!sum) continue;
    set(machine, cell, sum);
    rest.delete(cell);
  }
  const when = atom({ kind: 'exists', at: loop.witness.at, query: loop.witness.id });
  mergeSide(machine, when, { changed: rest });
}

function summed(
  machine: Machine,
  loop: Loop,
  { before, after }: { before: unknown; after: unknown },
): Value | undefined {
  if (!isTerm(before) || !isTerm(after)) return undefined;
  const start = before.term;
  const end = after.term;
  const zero = start.kind === 'literal' && start.value === 0;
  const added = zero
    ? end
    : end.kind === 'arith' && end.op === '+' && JSON.stringify(end.left) === JSON.stringify(start)
      ? end.right
      : undefined;
  const about =
    added &&
    (mentions(added, loop.witness.id) || loop.nested.some((read) => mentions(added, read.id)));
  if (!added || (!about && !(zero && added.kind === 'literal'))) return undefined;
  const { query } = loop.list;
  const sum: Term =
    added.kind === 'literal'
      ? { kind: 'aggregate', op: 'count', query, of: null }
      : {
          kind: 'aggregate',
          op: 'sum',
          query,
          of: instantiate(machine, loop, { thing: added, id: query }),
        };
  const whole: Term = zero ? sum : { kind: 'arith', op: '+', left: start, right: sum };
  return term(whole, typed('number'));
}

function isTerm(value: unknown): value is Value & { kind: 'term' } {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'term';
}
