import type { Condition, Place } from '../../condition/condition.ts';
import { toConditions } from './conditions.ts';
import { all, atom, type Formula, isTrue } from './formula.ts';
import { keyOf } from './keys.ts';
import { freshId, type Machine, type Read } from './machine.ts';
import { forgetFound } from './rows.ts';
import { mentions } from './term-parts.ts';
import { renamed } from './terms.ts';

/** A row that stands for any of a query's, to see what is shown for it. */
export function anyRow(machine: Machine, query: string, at: Place): Read {
  const source = machine.reads.find((read) => read.id === query);
  const table = source?.table ?? machine.writes.find((write) => write.id === query)?.table ?? query;
  return addRead(machine, { table, of: query, at, where: [] });
}

function addRead(
  machine: Machine,
  { table, of, at, where }: Pick<Read, 'table' | 'of' | 'at' | 'where'>,
): Read {
  const id = freshId(machine, table.split('.').at(-1) ?? table);
  const read: Read = {
    id,
    table,
    many: false,
    where,
    joins: [],
    of,
    limit: null,
    offset: null,
    at,
  };
  machine.reads.push(read);
  return read;
}

/** The reads of a list that stand for one of its rows, whichever. */
export function witnesses(machine: Machine, query: string): readonly Read[] {
  return machine.reads.filter((read) => read.of === query && read.where.length === 0);
}

/** Reads of a row's own: their conditions speak of it, or they are some of such rows. */
function belongings(machine: Machine, row: string): readonly Read[] {
  const own = new Set<Read>();
  const ids = new Set([row]);
  for (let size = -1; size !== own.size; ) {
    size = own.size;
    for (const read of machine.reads) {
      const tied = read.of !== row && read.where.some((each) => tiedTo(each, read.id, ids));
      const part = read.of !== null && read.of !== row && ids.has(read.of);
      if (read.id === row || (!tied && !part)) continue;
      own.add(read);
      ids.add(read.id);
    }
  }
  return [...own];
}

function tiedTo(condition: Condition, own: string, ids: ReadonlySet<string>): boolean {
  return [...ids].some((id) => id !== own && mentions(condition, id));
}

/** A row with what is its own, by their ids. */
interface Household {
  readonly row: Read;
  readonly ids: readonly string[];
}

export function householdOf(machine: Machine, row: Read): Household {
  return { row, ids: [row.id, ...belongings(machine, row.id).map(({ id }) => id)] };
}

/** Which row a formula is about, directly or through the row's own reads. */
export function rowIn(formula: Formula, rows: readonly Household[]): Read | undefined {
  const conditions = toConditions(formula);
  const isAbout = (id: string) => conditions.some((condition) => mentions(condition, id));
  return rows.find(({ ids }) => ids.some(isAbout))?.row;
}

/** That a list has a row like this one: under a condition on it, the one read that says so. */
export function someRow(
  machine: Machine,
  { row, about }: { row: Read; about: readonly Formula[] },
  at: Place,
): Formula {
  const there = keyOf({ kind: 'exists', query: row.id });
  const said = toConditions(all(about)).filter((each) => keyOf(each) !== there);
  const query = row.of ?? row.id;
  if (said.length === 0 || isTrue(all(about))) return atom({ kind: 'exists', at, query });
  const wanted = canonical(machine, said, row.id);
  const known = machine.reads.find(
    (read) => read.of === query && read.where.length > 0 && canonicalOf(machine, read) === wanted,
  );
  if (known) return atom({ kind: 'exists', at, query: known.id });
  const made = addRead(machine, { table: row.table, of: query, at, where: [] });
  made.where = about.length > 0 ? carried(machine, said, { from: row.id, to: made.id }) : [];
  return atom({ kind: 'exists', at, query: made.id });
}

/** Conditions said of another row; reads of the row's own come along as copies. */
function carried(
  machine: Machine,
  conditions: readonly Condition[],
  { from, to }: { from: string; to: string },
): Condition[] {
  const names = new Map([[from, to]]);
  const copies = needed(machine, conditions, from).map((read) => {
    const copy = addRead(machine, { ...read, where: [] });
    names.set(read.id, copy.id);
    return { read, copy };
  });
  for (const { read, copy } of copies) {
    copy.many = read.many;
    copy.joins = read.joins;
    copy.of = read.of === null ? null : (names.get(read.of) ?? read.of);
    copy.where = read.where.map((each) => renamedBy(each, names));
  }
  return conditions.map((each) => renamedBy(each, names));
}

function renamedBy(condition: Condition, names: ReadonlyMap<string, string>): Condition {
  return [...names].reduce((said, [from, to]) => renamed(said, from, to), condition);
}

/** The row's own reads that conditions speak of, with those these depend on. */
function needed(machine: Machine, conditions: readonly Condition[], row: string): readonly Read[] {
  const own = belongings(machine, row);
  const found = new Set<Read>();
  const visit = (said: readonly Condition[], of: string | null): void => {
    for (const read of own) {
      if (found.has(read) || !(read.id === of || said.some((each) => mentions(each, read.id))))
        continue;
      found.add(read);
      visit(read.where, read.of);
    }
  };
  visit(conditions, null);
  return own.filter((read) => found.has(read));
}

/** Equal for conditions that say the same of a row, whatever the row is called. */
function canonical(machine: Machine, conditions: readonly Condition[], row: string): string {
  const own = needed(machine, conditions, row);
  const names = new Map([row, ...own.map(({ id }) => id)].map((id, index) => [id, `#${index}`]));
  const plain = (said: readonly Condition[]) =>
    said.map((each) => keyOf(renamedBy(each, names))).sort();
  return keyOf([
    plain(conditions),
    own.map((read) => [read.table, names.get(read.of ?? '') ?? read.of, plain(read.where)]),
  ]);
}

const canonicals = new WeakMap<Read['where'], string>();

/** The same for a read's own conditions, found once. */
function canonicalOf(machine: Machine, { id, where }: Read): string {
  const known = canonicals.get(where) ?? canonical(machine, where, id);
  canonicals.set(where, known);
  return known;
}

/** Takes a stand-in back, with the reads made for it, where nothing speaks of them. */
export function withdraw(machine: Machine, row: Read): void {
  const gone = new Set([row.id, ...belongings(machine, row.id).map((read) => read.id)]);
  const kept = machine.reads.filter((read) => !gone.has(read.id));
  if (kept.some((read) => read.of !== null && gone.has(read.of))) return;
  machine.reads.splice(0, machine.reads.length, ...kept);
  for (const id of gone) forgetFound(machine, id);
}
