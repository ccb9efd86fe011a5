import type { Condition, Term } from '../../condition/condition.ts';
import type { Table } from '../../db/db.ts';
import type { Write } from '../model.ts';
import type { Formula } from '../trace/formula.ts';
import { keyOf } from '../trace/keys.ts';
import { type Machine, tableOfRow } from '../trace/machine.ts';
import { partsOf } from '../trace/terms.ts';

/** How the data and a request may have a write violate a key. */
export type Reach = 'open' | 'race' | 'unknown';

/** `race`: the way here has made sure that no row has the key, so that only another request can bring one. */
export function uniqueReach(machine: Machine, write: Write, columns: readonly string[]): Reach {
  const given = columns.flatMap((column) => write.set[column] ?? []);
  const queries = queriesIn(machine, 'absent');
  const key = new Map(columns.map((column) => [column, write.set[column]]));
  if (queries.some((query) => asksFor(machine, query, { table: write.table, key, whole: true })))
    return 'race';
  if (given.length > 0 && columns.every((column) => isOwn(machine, write, column))) return 'race';
  return given.length > 0 && given.every((term) => isGiven(machine, term)) ? 'open' : 'unknown';
}

/** `race`: the way here has found the row that is pointed at. */
export function foreignReach(
  machine: Machine,
  write: Write,
  { columns, references, table }: Table['foreignKeys'][number],
): Reach {
  const given = columns.flatMap((column) => write.set[column] ?? []);
  const key = new Map(references.map((column, index) => [column, write.set[columns[index] ?? '']]));
  const found = queriesIn(machine, 'exists');
  const pointed = found.flatMap((query) => pointing(machine, query, table));
  const asked = [
    ...found.map((query) => ({ query, table, key })),
    ...pointed.map(({ query, own, columns: from }) => ({
      query,
      table: own,
      key: new Map(from.map((column, index) => [column, write.set[columns[index] ?? '']])),
    })),
  ];
  if (asked.some(({ query, ...about }) => asksFor(machine, query, { ...about, whole: false })))
    return 'race';
  const points = { table, columns, references };
  if (isRefusedBefore(machine, write, points)) return 'race';
  if (given.length > 0 && given.every((term) => isPointed(machine, term, points))) return 'race';
  const sent = given.some((term) => partsOf(term).some(({ kind }) => kind === 'input'));
  return sent && given.every((term) => isGiven(machine, term)) ? 'open' : 'unknown';
}

/** A write that has gone well points at the same row. */
function isRefusedBefore(
  machine: Machine,
  write: Write,
  {
    columns,
    references,
    table,
  }: Pick<Table['foreignKeys'][number], 'columns' | 'references' | 'table'>,
): boolean {
  const pointed = (row: Write, names: readonly string[]) =>
    names.map((name) => (row.set[name] ? keyOf(row.set[name]) : null)).join();
  const before = machine.writes.filter(({ id }) => id !== write.id && machine.done.value.has(id));
  return before.some((other) => {
    const keys = machine.deps.schema.tables.find(({ id }) => id === other.table)?.foreignKeys;
    return keys?.some(
      (key) =>
        key.table === table &&
        key.references.join() === references.join() &&
        pointed(other, key.columns) === pointed(write, columns),
    );
  });
}

/** A column keeps what its row held before. */
function isOwn(machine: Machine, write: Write, column: string): boolean {
  const term = write.set[column];
  if (write.kind !== 'update') return false;
  if (term === undefined) return true;
  const isBefore = (same: Term) =>
    same.kind === 'column' && same.column === column && isRowOf(machine, write, same.row);
  return endsOf(term).every((end) => equalTo(machine, end).some(isBefore));
}

/** Whether a write goes to the row that a read has found. */
function isRowOf(machine: Machine, write: Write, row: string): boolean {
  const [column, ...more] = tableOfRow(machine, write.id)?.primaryKey ?? [];
  if (column === undefined || more.length > 0) return false;
  const own = equalTo(machine, { kind: 'column', row, column }).map(keyOf);
  const asked = [...valuesOf(write.where, { row: write.id, column }), write.set[column]];
  return asked.some(
    (term) => term && equalTo(machine, term).some((each) => own.includes(keyOf(each))),
  );
}

/** A value, and those it was looked up by, one after another. */
function equalTo(machine: Machine, term: Term): Term[] {
  if (term.kind !== 'column') return [term];
  const read = machine.reads.find(({ id }) => id === term.row);
  const before = valuesOf(read?.where ?? [], term).filter(
    (each) => each.kind !== 'column' || each.row !== term.row,
  );
  return [term, ...before.flatMap((each) => equalTo(machine, each))];
}

/** What a look-up asks of a column. */
function valuesOf(
  where: readonly Condition[],
  { row, column }: { row: string; column: string },
): Term[] {
  const is = (term: Term) => term.kind === 'column' && term.row === row && term.column === column;
  return where.flatMap((condition): Term[] => {
    if (condition.kind !== 'compare' || condition.op !== '=') return [];
    const { left, right } = condition;
    return is(left) ? [right] : is(right) ? [left] : [];
  });
}

/** What a row that was read points at by the same key is there, and so is a row that was read itself. */
function isPointed(
  machine: Machine,
  term: Term,
  {
    columns,
    references,
    table,
  }: Pick<Table['foreignKeys'][number], 'columns' | 'references' | 'table'>,
): boolean {
  if (columns.length !== 1) return false;
  return endsOf(term).every((end) => {
    if (end.kind !== 'column' || !machine.reads.some(({ id }) => id === end.row)) return false;
    const own = tableOfRow(machine, end.row);
    const keys = own?.foreignKeys.filter((key) => key.table === table) ?? [];
    const leads = keys.some((key) => key.columns.join() === end.column);
    return leads || (own?.id === table && references.join() === end.column);
  });
}

/** What a choice may come to; nothing violates no key. */
function endsOf(term: Term): Term[] {
  if (term.kind === 'literal' && term.value === null) return [];
  return term.kind === 'choice' ? [...endsOf(term.yes), ...endsOf(term.no)] : [term];
}

/** Whether the rows of a table that point at others were taken away, or looked for, on the way here. */
export function isEmptied(machine: Machine, { id }: Table): boolean {
  const ran = (step: { readonly id: string }) => machine.done.value.has(step.id);
  const removed = machine.writes.some(
    (write) => write.table === id && write.kind !== 'insert' && ran(write),
  );
  const none = queriesIn(machine, 'absent');
  return removed || machine.reads.some((read) => read.table === id && none.includes(read.id));
}

/** The keys by which a row that was found points at a table: what they hold is there. */
function pointing(machine: Machine, query: string, table: string) {
  const read = machine.reads.find(({ id }) => id === query);
  const own = machine.deps.schema.tables.find(({ id }) => id === read?.table);
  const keys = own?.foreignKeys.filter((key) => key.table === table) ?? [];
  return keys.map(({ columns }) => ({ query, own: own?.id ?? '', columns }));
}

/** Nothing in it is drawn, read from a clock, made by this request or by code nobody can see into. */
function isGiven(machine: Machine, term: Term): boolean {
  if (term.kind === 'literal') return term.value !== null;
  return partsOf(term).every(
    (part) =>
      ['input', 'literal', 'env', 'choice'].includes(part.kind) ||
      (part.kind === 'column' && !machine.writes.some(({ id }) => id === part.row)) ||
      (part.kind === 'call' && !/random|sha|hash|uuid/i.test(part.fn)),
  );
}

/** The reads known to have found a row, or none, on the way here. */
function queriesIn(machine: Machine, kind: 'exists' | 'absent'): string[] {
  const found = (formula: Formula): string[] => {
    if (formula.kind !== 'atom') return formula.of.flatMap(found);
    return formula.condition.kind === kind ? [formula.condition.query] : [];
  };
  return machine.path.facts.flatMap(found);
}

interface Asked {
  readonly table: string;
  readonly key: ReadonlyMap<string, Term | undefined>;
  /** Every condition has to be of the key: another one would let rows with it through. */
  readonly whole: boolean;
}

function asksFor(machine: Machine, id: string, { table, key, whole }: Asked): boolean {
  const read = machine.reads.find((each) => each.id === id);
  if (read?.table !== table) return false;
  const isOf = (condition: Condition): boolean => {
    if (condition.kind === 'any') return condition.of.some((way) => way.every(isOf));
    if (condition.kind !== 'compare' || condition.op !== '=') return false;
    const { left, right } = condition;
    const [own, other] = left.kind === 'column' && left.row === id ? [left, right] : [right, left];
    if (own.kind !== 'column' || own.row !== id) return false;
    const wanted = key.get(own.column);
    return wanted !== undefined && sameText(wanted) === sameText(other);
  };
  return read.where.length > 0 && (whole ? read.where.every(isOf) : read.where.some(isOf));
}

/** Case and spaces around apart. */
function sameText(term: Term): string {
  const [inner] = term.kind === 'call' && /^(lower|upper|trim)$/.test(term.fn) ? term.args : [];
  return inner ? sameText(inner) : keyOf(term);
}
