import type { Condition, Term } from '../../condition/condition.ts';
import type { Table } from '../../db/db.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { Write } from '../model.ts';
import { arrayOf } from '../trace/composites.ts';
import { atom, type Formula } from '../trace/formula.ts';
import { freshId, type Machine } from '../trace/machine.ts';
import { placeAt } from '../trace/source.ts';
import { choose } from '../trace/terms.ts';
import type { Bind, Fields, Item, RowValue, Value } from '../trace/values.ts';
import { type Change, givenTo, keep, termsOf } from './change.ts';
import { valuesRefused } from './refused-values.ts';
import { newRead } from './select.ts';
import { uniqueSets, violations } from './violations.ts';

/** Inserts, once the builder is awaited; what it gives are the rows made, or those that were in their way. */
export function insert(machine: Machine, state: Change): Value {
  const rows = insertedRows(machine, state).slice(0, 6);
  return arrayOf(rows.map((fields) => insertOne(machine, state, fields)));
}

function insertedRows(machine: Machine, state: Change): readonly Fields[] {
  const { values } = state;
  const given = (value: Value) => givenTo(machine, state, value);
  if (!values) return [];
  if (values.kind === 'array') return values.items.value.map((item) => given(item.value));
  if (values.kind === 'list') return [given(values.element(values.query))];
  return [given(values)];
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
  const uniques = state.onConflict === 'throw';
  violations(machine, { table, record, node, uniques, error: state.error });
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
