import type { Condition, Term } from '../../condition/condition.ts';
import type { ForeignKey } from '../../db/db.ts';
import type { Write } from '../model.ts';
import { asksByKey } from './by-key.ts';
import { isTrue } from './formula.ts';
import { keyOf } from './keys.ts';
import type { Machine, Read } from './machine.ts';
import { mentions, speaksOf } from './term-parts.ts';
import { renamed } from './terms.ts';

/** More rows of a table are not tried for the one that a read is about. */
const ROWS = 8;

/** A row that is there: one found on the way here, or one that a foreign key of such a row leads to. */
interface Row {
  readonly id: string;
  readonly table: string;
}

/** What is known where control is: rows that are there, and what is said of them. */
interface Ground {
  readonly rows: Row[];
  /** Conditions that hold, by key. */
  readonly holds: Set<string>;
  /** For a term those that equal it, by keys. */
  readonly equals: Map<string, ReadonlySet<string>>;
}

/**
 * A read, or an update's look for its rows, finds what was found on the way here by conditions that include its own, or
 * what a foreign key of such a row leads to: without it something deleted the row in between, which only another
 * request can have done.
 */
export function foundBefore(machine: Machine, read: Read, writes = machine.writes): void {
  const row = rowBefore(machine, read, writes);
  if (!row) return;
  noteFound(machine, read, foundKey(read.id));
  if (asksByKey(machine, read)) knownOf(machine, read, { row, writes });
}

/** What is known of a row holds when it is read again, but for what was changed. */
function knownOf(
  machine: Machine,
  read: Read,
  { row, writes }: { row: Row; writes: readonly Write[] },
): void {
  const changed = changedColumns(row.table, writes);
  for (const fact of machine.path.facts) {
    if (fact.kind !== 'atom' || !mentions(fact.condition, row.id)) continue;
    if (changed.some((column) => speaksOf(fact.condition, { row: row.id, column }))) continue;
    noteFound(machine, read, keyOf(renamed(fact.condition, row.id, read.id)));
  }
}

function noteFound({ found: { keys, of } }: Machine, { id }: Read, key: string): void {
  keys.add(key);
  of.set(id, [...(of.get(id) ?? []), key]);
}

/** The row found before that a read is about. */
export function rowBefore(
  machine: Machine,
  read: Read,
  writes: readonly Write[] = machine.writes,
): Row | undefined {
  if (read.where.length === 0 || read.of !== null || read.offset !== null) return undefined;
  if (read.joins.some(({ inner }) => inner) || isChanged(read, writes)) return undefined;
  const ground = groundOf(machine, writes);
  const rows = ground.rows.filter(({ table }) => table === read.table).slice(0, ROWS);
  return rows.find(({ id }) =>
    read.where.every((each) => holds(machine, ground, renamed(each, read.id, id))),
  );
}

function holds(machine: Machine, ground: Ground, condition: Condition): boolean {
  if (ground.holds.has(keyOf(condition))) return true;
  if (condition.kind !== 'compare' || condition.op !== '=') return false;
  const { left, right } = condition;
  if (isNull(left) || isNull(right)) return false;
  return (
    areEqual(ground, left, right) &&
    (keyOf(left) !== keyOf(right) || isFilled(machine, ground, left))
  );
}

/** Whether something that a read asks of its rows was changed in its table. */
function isChanged({ id, table, where }: Read, writes: readonly Write[]): boolean {
  const changed = changedColumns(table, writes);
  return changed.some((column) => where.some((each) => speaksOf(each, { row: id, column })));
}

function changedColumns(table: string, writes: readonly Write[]): readonly string[] {
  return writes.flatMap((write) => {
    const changes = write.kind === 'update' || write.comesUpon !== undefined;
    return changes && write.table === table ? Object.keys(write.set) : [];
  });
}

function groundOf(machine: Machine, writes: readonly Write[]): Ground {
  const ground: Ground = { rows: [], holds: new Set(), equals: new Map() };
  const there = new Set<string>();
  for (const fact of machine.path.facts) {
    if (fact.kind !== 'atom') continue;
    if (fact.condition.kind === 'exists') there.add(fact.condition.query);
    else say(ground, fact.condition);
  }
  const gone = goneBy(machine, writes);
  const add = (row: Row, said: readonly Condition[]) => {
    if (!gone.has(row.table)) ground.rows.push({ id: row.id, table: row.table });
    for (const each of said) say(ground, each);
  };
  for (const read of machine.reads) {
    if (!there.has(read.id) && !isFoundHere(machine, read)) continue;
    add(read, saidOf(machine, read));
    for (const join of read.joins) if (join.inner) add(join, join.on);
  }
  const led = ground.rows.flatMap((row) => parentsOf(machine, ground, row));
  ground.rows.push(...led.filter(({ table }) => !gone.has(table)));
  return ground;
}

/** Whether a read has run here that found what was found before. */
function isFoundHere(machine: Machine, { id }: Read): boolean {
  const ran = machine.done.value.get(id);
  return machine.found.keys.has(foundKey(id)) && ran !== undefined && isTrue(ran);
}

export function foundKey(query: string): string {
  return keyOf({ kind: 'exists', query });
}

/** The conditions that a read's rows are found by, those of what it was filtered from among them. */
function saidOf(machine: Machine, read: Read): readonly Condition[] {
  const from = machine.reads.find(({ id }) => id === read.of);
  if (!from || from === read) return read.where;
  return [...read.where, ...saidOf(machine, from).map((each) => renamed(each, from.id, read.id))];
}

function say(ground: Ground, condition: Condition): void {
  ground.holds.add(keyOf(condition));
  if (!('op' in condition) || condition.op !== '=') return;
  const { left, right } = condition;
  if (!isNull(left) && !isNull(right)) join(ground, left, right);
}

function join({ equals }: Ground, left: Term, right: Term): void {
  const all = [left, right].flatMap((each) => equals.get(keyOf(each)) ?? new Set([keyOf(each)]));
  const joined = new Set(all.flatMap((each) => [...each]));
  for (const key of joined) equals.set(key, joined);
}

function areEqual({ equals }: Ground, left: Term, right: Term): boolean {
  return keyOf(left) === keyOf(right) || equals.get(keyOf(left))?.has(keyOf(right)) === true;
}

function isNull(term: Term): boolean {
  return term.kind === 'literal' && term.value === null;
}

/** The rows that a row's foreign keys lead to. */
function parentsOf(machine: Machine, ground: Ground, row: Row): Row[] {
  const table = machine.deps.schema.tables.find(({ id }) => id === row.table);
  return (table?.foreignKeys ?? []).flatMap((key, at): Row[] => {
    const own = key.columns.map((column): Term => ({ kind: 'column', row: row.id, column }));
    if (!own.every((term) => isFilled(machine, ground, term))) return [];
    const parent = { id: `${row.id}>${at}`, table: key.table };
    for (const [index, term] of own.entries()) {
      const column = key.references[index] ?? key.columns[index] ?? '';
      join(ground, { kind: 'column', row: parent.id, column }, term);
    }
    return [parent];
  });
}

/** Whether a column of a row that is there is known to be something: it equals what a query compared it with. */
function isFilled(machine: Machine, ground: Ground, term: Term): boolean {
  if (term.kind !== 'column') return false;
  if (ground.equals.has(keyOf(term))) return true;
  const row = ground.rows.find(({ id }) => id === term.row);
  const table = machine.deps.schema.tables.find(({ id }) => id === row?.table);
  return table?.columns.find(({ name }) => name === term.column)?.nullable === false;
}

/** Tables whose rows deletions may have taken, with those that go along. */
function goneBy(machine: Machine, writes: readonly Write[]): ReadonlySet<string> {
  const gone = new Set(writes.flatMap(({ kind, table }) => (kind === 'delete' ? [table] : [])));
  for (const table of gone)
    for (const { id, foreignKeys } of machine.deps.schema.tables)
      if (foreignKeys.some((key) => key.table === table && GOES_ALONG.has(key.onDelete)))
        gone.add(id);
  return gone;
}

const GOES_ALONG: ReadonlySet<ForeignKey['onDelete']> = new Set([
  'cascade',
  'set null',
  'set default',
]);
