import type { Condition, Term } from '../../condition/condition.ts';
import type { Table } from '../../db/db.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { Write } from '../model.ts';
import { arrayOf, spreadFields } from '../trace/composites.ts';
import { bringAbout, mayThrow, type Violated } from '../trace/errors.ts';
import { atom, type Formula, toConditions } from '../trace/formula.ts';
import { countOf } from '../trace/lists.ts';
import { freshId, type Machine, type Read } from '../trace/machine.ts';
import { set } from '../trace/path.ts';
import { placeAt } from '../trace/source.ts';
import { withStep } from '../trace/steps.ts';
import { choose } from '../trace/terms.ts';
import type { Bind, Fields, Item, RowValue, TableValue, Value } from '../trace/values.ts';
import { foreignReach, isEmptied, type Reach, uniqueReach } from './conflicts.ts';
import { foreignKeyNames, uniqueNames } from './constraint-names.ts';
import { lookUpRefused, valuesRefused } from './refused-values.ts';
import { EMPTY, execute, type Join, newRead } from './select.ts';
import { sqlFormula, sqlTerm, sqlValue } from './terms.ts';

/** A write as its builder has it. */
export interface Change {
  readonly kind: Write['kind'];
  readonly table: Table;
  readonly values: Value | null;
  /** Other tables that `where` and `values` speak of. */
  readonly joins?: readonly Join[];
  readonly where: readonly Value[];
  readonly returning: Value | null;
  readonly onConflict: 'throw' | 'nothing' | 'update';
  /** Of an `update` on conflict: the columns that tell a row is there, and what it then gets, by property. */
  readonly upsert?: { readonly target: readonly string[]; readonly set: Fields };
  readonly node: ts.Node;
  /** What the library throws for a constraint violated. */
  readonly error: (violated: Violated) => Value;
}

/** Writes, once the builder is awaited; what it gives are the rows it returns, or the driver's result. */
export function write(machine: Machine, state: Change): Value {
  if (state.kind === 'insert') return insert(machine, state);
  const { table, node, error } = state;
  const { rows: before, beside } = touched(machine, state);
  const fields = state.values ? fieldsOf(state.values) : new Map<string, Value>();
  if (state.returning) before(fields);
  const id = freshId(machine, table);
  const bind: Bind = (source) => (source === table.id ? id : beside(source));
  const where = state.where.flatMap((each) => toConditions(sqlFormula(each, bind)));
  const record: Write = {
    id,
    kind: state.kind,
    table: table.id,
    set: termsOf(table, fields, bind),
    where,
    at: placeAt(node),
  };
  lookUpRefused(machine, { id, table, node }, where);
  valuesRefused(machine, { id, table, node }, { set: record.set, made: false });
  keep(machine, record);
  violations(machine, { table, record, node, error });
  if (state.returning) return before(fields);
  return { kind: 'special', name: 'result', get: (name) => affected(before(fields), name) };
}

function affected(rows: Value, name: string): Value | undefined {
  const counts = ['rowCount', 'rowsAffected', 'affectedRows', 'count', 'length'].includes(name);
  return counts && rows.kind === 'list' ? countOf(rows) : undefined;
}

function keep(machine: Machine, record: Write): void {
  machine.writes.push(record);
  set(machine, machine.done, withStep(machine.done.value, record.id));
}

/** The rows an update or delete finds, read only where the code looks at them or other tables bear on it. */
function touched(
  machine: Machine,
  state: Change,
): { rows: (changed: Fields) => Value; beside: Bind } {
  let made: Value | undefined;
  const { table, node, joins = [] } = state;
  const beside = joins.length > 0 ? besides(machine, state) : undefined;
  const rows = (changed: Fields): Value => {
    if (made) return made;
    const read = beside?.read ?? newRead(machine, table, node);
    const bind: Bind = (source) => (source === table.id ? read.id : undefined);
    if (!beside) read.where = state.where.flatMap((each) => toConditions(sqlFormula(each, bind)));
    const element = (id: string): Value => {
      const own: Bind = (source) => (source === table.id ? id : beside?.bind(source));
      const fields = new Map([...changed].map(([name, value]) => [name, sqlValue(value, own)]));
      return { kind: 'row', query: id, id, table, fields, sure: false };
    };
    made = { kind: 'list', query: read.id, element };
    return made;
  };
  return { rows, beside: beside?.bind ?? (() => undefined) };
}

/** The read that finds a write's rows together with those of other tables. */
function besides(machine: Machine, state: Change): { read: Read; bind: Bind } | undefined {
  const { table, node, joins = [], where } = state;
  const from: TableValue = { kind: 'table', table, source: table.id };
  const rows = execute(machine, { ...EMPTY, from, joins, where }, { node, outer: () => undefined });
  const read = machine.reads.find((each) => rows.kind === 'list' && each.id === rows.query);
  if (!read) return undefined;
  const bind: Bind = (source) => {
    const index = joins.findIndex((join) => join.table.source === source);
    return read.joins[index]?.id;
  };
  return { read, bind };
}

function insert(machine: Machine, state: Change): Value {
  const rows = insertedRows(state.values).slice(0, 6);
  return arrayOf(rows.map((fields) => insertOne(machine, state, fields)));
}

function insertedRows(values: Value | null): readonly Fields[] {
  if (!values) return [];
  if (values.kind === 'array') return values.items.value.map((item) => fieldsOf(item.value));
  if (values.kind === 'list') return [fieldsOf(values.element(values.query))];
  return [fieldsOf(values)];
}

function fieldsOf(value: Value): Fields {
  return spreadFields(value).fields;
}

function insertOne(machine: Machine, state: Change, fields: Fields): Item {
  const { table, node } = state;
  const found = state.returning ? rowInTheWay(machine, state, fields) : undefined;
  const id = freshId(machine, table);
  const bind: Bind = (source) => (source === table.id ? id : undefined);
  const record: Write = {
    id,
    kind: 'insert',
    table: table.id,
    set: termsOf(table, fields, bind),
    where: [],
    ...(found ? { comesUpon: found.query } : {}),
    at: placeAt(node),
  };
  valuesRefused(machine, { id, table, node }, { set: record.set, made: true });
  keep(machine, record);
  if (state.onConflict !== 'update') {
    const uniques = state.onConflict === 'throw';
    violations(machine, { table, record, node, uniques, error: state.error });
  }
  const known = new Map([...fields].filter(([, value]) => value.kind === 'term'));
  const when = state.onConflict === 'nothing' ? conflictOf(record, { table, node }) : null;
  const kept = found ? keptFields(machine, { state, found, known }) : known;
  return { value: { kind: 'row', query: id, id, table, fields: kept, sure: true }, when };
}

/** The row that an insert with these values would come upon, and update. */
function rowInTheWay(
  machine: Machine,
  { table, node, upsert }: Change,
  fields: Fields,
): RowValue | undefined {
  if (!upsert || upsert.target.length === 0) return undefined;
  const given = termsOf(table, fields, () => undefined);
  if (!upsert.target.every((column) => column in given)) return undefined;
  const read = newRead(machine, table, node);
  read.many = false;
  read.where = upsert.target.flatMap((column): Condition[] => {
    const left: Term = { kind: 'column', row: read.id, column };
    const right = given[column];
    return right ? [{ kind: 'compare', at: placeAt(node), left, op: '=', right }] : [];
  });
  return { kind: 'row', query: read.id, id: read.id, table, fields: upsert.set, sure: true };
}

/** What the returned row holds: where one was in the way, it keeps what the update doesn't set. */
function keptFields(
  machine: Machine,
  { state, found, known }: { state: Change; found: RowValue; known: Fields },
): Fields {
  const { table, node, upsert } = state;
  const there = atom({ kind: 'exists', at: placeAt(node), query: found.query });
  const fields = [...known].map(([name, made]): [string, Value] => {
    const column = table.columns.find(({ property }) => property === name);
    const same = column && upsert?.target.includes(column.name);
    return [name, same ? made : choose(there, machine.get(found, name, node), made)];
  });
  return new Map(fields);
}

/** `onConflictDoNothing` returns a row only where there was no conflict. */
function conflictOf(record: Write, { table, node }: { table: Table; node: ts.Node }): Formula {
  const [columns = table.primaryKey] = uniqueSets(table, record).map((each) => each.columns);
  return atom({
    kind: 'conflict',
    at: placeAt(node),
    write: record.id,
    violates: 'unique',
    columns: [...columns],
    holds: false,
  });
}

function termsOf(table: Table, fields: Fields, bind: Bind): Record<string, Term> {
  const set: Record<string, Term> = {};
  for (const [name, value] of fields) {
    const column = table.columns.find((each) => each.property === name);
    if (column && value.kind !== 'undefined') set[column.name] = sqlTerm(value, bind);
  }
  return set;
}

function uniqueSets(table: Table, record: Write) {
  const given = Object.keys(record.set);
  const keys = [
    ...table.uniques.map((unique) => ({
      columns: columnsOf(table, unique),
      name: unique.name,
      partial: unique.where !== null,
    })),
    { columns: table.primaryKey, name: null, partial: false },
  ];
  return keys.filter(
    (key) =>
      key.columns.some((each) => given.includes(each)) &&
      (record.kind === 'update' || key.columns.every((each) => isGiven(table, each, given))),
  );
}

/** The columns of a unique index, those its expressions speak of included. */
function columnsOf(table: Table, { columns, expressions }: Table['uniques'][number]): string[] {
  const words = new Set(expressions.flatMap((each) => each.match(/\w+/g) ?? []));
  return [...columns, ...table.columns.map(({ name }) => name).filter((name) => words.has(name))];
}

function isGiven(table: Table, column: string, given: readonly string[]): boolean {
  return (
    given.includes(column) ||
    table.columns.find((each) => each.name === column)?.default.kind === 'literal'
  );
}

interface Failing {
  readonly table: Table;
  readonly record: Write;
  readonly node: ts.Node;
  readonly error: Change['error'];
}

/** The constraint errors a write may raise. */
function violations(machine: Machine, about: Failing & { uniques?: boolean }): void {
  const { table, record, uniques = true } = about;
  if (record.kind === 'delete') {
    deleteViolations(machine, about);
    return;
  }
  for (const { columns, name, partial } of uniques ? uniqueSets(table, record) : []) {
    const names = name ? [name] : uniqueNames(table, columns);
    const reach = partial ? 'unknown' : uniqueReach(machine, record, columns);
    violated(machine, { ...about, reach }, { code: '23505', table: table.name, columns, names });
  }
  for (const key of table.foreignKeys) {
    if (!key.columns.some((each) => each in record.set)) continue;
    const { columns } = key;
    const names = foreignKeyNames(table, key);
    const reach = foreignReach(machine, record, key);
    violated(machine, { ...about, reach }, { code: '23503', table: table.name, columns, names });
  }
}

function violated(
  machine: Machine,
  { record, node, error, reach }: Failing & { reach: Reach },
  said: Violated,
): void {
  const when = atom({
    kind: 'conflict',
    at: placeAt(node),
    write: record.id,
    violates: said.code === '23505' ? 'unique' : 'foreignKey',
    columns: [...said.columns],
    holds: true,
  });
  if (reach === 'race' && record.kind !== 'delete') return;
  const value = error(said);
  if (reach === 'open') bringAbout(value);
  mayThrow(machine, { when, value }, node);
}

/** Rows that still point at a deleted one. */
function deleteViolations(machine: Machine, about: Failing): void {
  for (const other of machine.deps.schema.tables) {
    for (const key of other.foreignKeys) {
      if (key.table !== about.table.id || !/^(no action|restrict)$/.test(key.onDelete)) continue;
      const names = foreignKeyNames(other, key);
      const { references: columns } = key;
      const reach = isEmptied(machine, other) ? 'race' : 'open';
      violated(machine, { ...about, reach }, { code: '23503', table: other.name, columns, names });
      return;
    }
  }
}
