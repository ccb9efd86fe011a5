import type { Term } from '../../../condition/condition.ts';
import type { Column, Table } from '../../../db/db.ts';
import type { ts } from '../../../kernel/syntax.ts';
import { assignAll } from '../../trace/assign-all.ts';
import { assignedTo } from '../../trace/assigned.ts';
import { arrayOf, arrayOfAll } from '../../trace/composites.ts';
import { fileScope } from '../../trace/environment.ts';
import type { Machine } from '../../trace/machine.ts';
import { fieldsCell, object } from '../../trace/terms.ts';
import {
  type Fields,
  input,
  literal,
  stringOf,
  term,
  typed,
  UNDEFINED,
  type Value,
} from '../../trace/values.ts';
import { type Change, newChange } from '../change.ts';
import { fieldsOf } from '../records/read.ts';
import { whereOf } from '../records/where.ts';
import { keysOf } from '../related.ts';
import { sqlTerm } from '../terms.ts';
import { write } from '../write.ts';
import { queryFailed } from './errors.ts';

export interface Called {
  readonly table: Table;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

/** What an entity holds, whichever way it was made: `new User()`, `create({…})`, a row with changes. */
function heldBy(machine: Machine, value: Value, table?: Table): Fields {
  if (value.kind === 'instance') return value.fields.value;
  if (table && value.kind === 'term' && value.term.kind === 'input' && !value.type.schema)
    return anythingOf(table, value.term);
  if (value.kind !== 'row') return fieldsOf(value);
  return new Map([...value.fields, ...assignedTo(machine, value)]);
}

/** What a request sends and nobody has looked at may hold any column; with a key it would be another row's. */
function anythingOf(
  { columns, primaryKey }: Table,
  { from, path }: Term & { kind: 'input' },
): Fields {
  const others = columns.filter(({ name }) => !primaryKey.includes(name));
  return new Map(others.map(({ property }) => [property, input(from, [...path, property], null)]));
}

/** `create(parts)`: a new entity of these, or several. */
export function created(machine: Machine, { table, args }: Pick<Called, 'table' | 'args'>): Value {
  const [first] = args;
  if (first?.kind === 'array')
    return arrayOf(
      first.items.value.map((item) => ({
        ...item,
        value: created(machine, { table, args: [item.value] }),
      })),
    );
  const fields = args.flatMap((arg) => [...heldBy(machine, arg, table)]);
  const node = machine.deps.schema.classOf?.(table.id);
  if (!node) return object(fields);
  const scope = fileScope(node.getSourceFile().fileName);
  const ancestry = [node.name?.text ?? 'anonymous'];
  return {
    kind: 'instance',
    of: { kind: 'class', node, scope },
    ancestry,
    fields: fieldsCell(new Map(fields)),
  };
}

/** `merge(entity, …parts)`: the parts go over what the entity holds, in place. */
export function merged(machine: Machine, { args, node }: Pick<Called, 'args' | 'node'>): Value {
  const [entity = UNDEFINED, ...parts] = args;
  return assignAll(machine, entity, { parts, node });
}

/** Columns by property; a relation given as an entity or `{ id }` gives its key. */
function columnsOf(
  machine: Machine,
  { table, node }: Called,
  held: Fields,
): (readonly [string, Value])[] {
  const relations = machine.deps.schema.relations(table.id);
  return [...held].flatMap(([name, value]): (readonly [string, Value])[] => {
    const relation = relations.find((each) => each.name === name);
    const other = machine.deps.schema.tables.find((each) => each.id === relation?.table);
    if (!relation || !other) return [[name, computed(value)]];
    if (relation.kind === 'many' || value.kind === 'undefined') return [];
    return keysOf(table, other, relation).map(([own, target]) => {
      const property = other.columns.find((each) => each.name === target)?.property ?? target;
      const column = table.columns.find((each) => each.name === own)?.property ?? own;
      const empty = value.kind === 'term' && value.term.kind === 'literal';
      return [column, empty ? value : machine.get(value, property, node)] as const;
    });
  });
}

/** `() => 'stock - 1'` stands for SQL, of which only that it is some. */
function computed(value: Value): Value {
  return value.kind === 'closure' ? term({ kind: 'opaque', text: 'sql' }) : value;
}

function changeOf({ table, node }: Called, change: Partial<Change>): Change {
  return newChange({ table, node, error: queryFailed }, change);
}

/** `insert` and `upsert`. */
export function insertRows(
  machine: Machine,
  called: Called,
  onConflict: Change['onConflict'] = 'throw',
): Value {
  const [given = UNDEFINED] = called.args;
  const rows = listOf(given).map((each) =>
    object(columnsOf(machine, called, heldBy(machine, each, called.table))),
  );
  const values = arrayOfAll(rows);
  const made = write(machine, changeOf(called, { values, returning: UNDEFINED, onConflict }));
  return object([
    ['identifiers', made],
    ['raw', made],
    ['generatedMaps', made],
  ]);
}

function listOf(value: Value): readonly Value[] {
  if (value.kind === 'list') return [value.element(value.query)];
  return value.kind === 'array' ? value.items.value.map((item) => item.value) : [value];
}

/** `save`: an update of a row that was read, an insert of anything else. */
export function save(machine: Machine, called: Called): Value {
  const [given = UNDEFINED] = called.args;
  const saved = listOf(given).map((each) => saveOne(machine, called, each));
  const many = given.kind === 'array' || given.kind === 'list';
  return many ? arrayOfAll(saved) : (saved[0] ?? UNDEFINED);
}

function saveOne(machine: Machine, called: Called, entity: Value): Value {
  const { table } = called;
  const held = heldBy(machine, entity, table);
  const columns = columnsOf(machine, called, held);
  const id = keyOf(machine, table, entity);
  if (id) {
    const changed = columns.filter(([name]) => name !== id.column.property);
    const where = [test(machine, called, object([[id.column.property, id.value]]))];
    write(machine, changeOf(called, { kind: 'update', values: object(changed), where }));
    return entity;
  }
  const made = write(machine, changeOf(called, { values: object(columns), returning: UNDEFINED }));
  const row = made.kind === 'array' ? made.items.value[0]?.value : undefined;
  return row?.kind === 'row'
    ? { ...row, fields: new Map([...row.fields, ...held]) }
    : (row ?? UNDEFINED);
}

/** The key of a row that is in the database already. */
function keyOf(
  machine: Machine,
  table: Table,
  entity: Value,
): { column: Column; value: Value } | undefined {
  const column = table.columns.find(({ name }) => name === table.primaryKey[0]);
  if (!column) return undefined;
  if (entity.kind === 'row') {
    return { column, value: term({ kind: 'column', row: entity.id, column: column.name }) };
  }
  const value = known(heldBy(machine, entity).get(column.property));
  return value && { column, value };
}

/** A key that comes from a row or the request; of two ways the one that says it. */
function known(value: Value | undefined): Value | undefined {
  if (value?.kind === 'choice') return known(value.yes) ?? known(value.no);
  return value?.kind === 'term' && ['column', 'input'].includes(value.term.kind)
    ? value
    : undefined;
}

/** `preload(parts)`: the row of that key with the parts over it, or nothing. */
export function preload(machine: Machine, called: Called, find: (where: Value) => Value): Value {
  const [parts = UNDEFINED] = called.args;
  const key = keyOf(machine, called.table, parts);
  if (!key) return created(machine, called);
  const row = find(object([[key.column.property, key.value]]));
  return row.kind === 'row'
    ? { ...row, fields: new Map([...row.fields, ...heldBy(machine, parts)]) }
    : row;
}

/** Conditions as a test of whichever row a write binds its table to. */
function test(machine: Machine, { table, node }: Called, where: Value): Value {
  return {
    kind: 'sqlTest',
    test: (bind) => whereOf(machine, { table, id: bind(table.id) ?? table.id, node }, where),
  };
}

type Kind =
  | 'update'
  | 'delete'
  | 'hide'
  | 'restore'
  | 'remove'
  | 'hideRow'
  | 'increment'
  | 'decrement';

/** Changes of the rows that criteria (an id, ids, conditions, or entities) say. */
export function change(machine: Machine, kind: Kind, called: Called): Value {
  const { table, args } = called;
  const [criteria = UNDEFINED, second = UNDEFINED, third = UNDEFINED] = args;
  const where = [test(machine, called, criteriaOf(machine, table, criteria))];
  const gone = kind === 'delete' || kind === 'remove';
  const values = gone ? null : object(valuesOf(machine, called, { kind, second, third }));
  const unset = kind === 'update' ? { unset: ['UpdateValuesMissingError', 'Error'] } : {};
  const result = write(
    machine,
    changeOf(called, { kind: gone ? 'delete' : 'update', values, where, ...unset }),
  );
  if (kind === 'remove' || kind === 'hideRow') return criteria;
  return {
    kind: 'special',
    name: 'result',
    get: (name, at) => (name === 'affected' ? machine.get(result, 'rowCount', at) : undefined),
  };
}

function valuesOf(
  machine: Machine,
  called: Called,
  { kind, second, third }: { kind: Kind; second: Value; third: Value },
): (readonly [string, Value])[] {
  const hidden = machine.deps.schema.hiddenBy?.(called.table.id);
  if (kind === 'hide' || kind === 'hideRow')
    return hidden ? [[hidden, term({ kind: 'now' }, typed('instant'))]] : [];
  if (kind === 'restore') return hidden ? [[hidden, literal(null)]] : [];
  if (kind !== 'increment' && kind !== 'decrement')
    return columnsOf(machine, called, heldBy(machine, second));
  const name = stringOf(second) ?? '';
  const column = called.table.columns.find(({ property }) => property === name);
  if (!column) return [];
  const own: Value = { kind: 'column', source: called.table.id, column };
  const op = kind === 'increment' ? '+' : '-';
  const value: Value = {
    kind: 'sqlTerm',
    type: typed('number'),
    make: (bind) => ({ kind: 'arith', op, left: sqlTerm(own, bind), right: sqlTerm(third, bind) }),
  };
  return [[name, value]];
}

function criteriaOf(machine: Machine, table: Table, criteria: Value): Value {
  const key = table.columns.find(({ name }) => name === table.primaryKey[0])?.property ?? 'id';
  if (criteria.kind === 'row' || criteria.kind === 'instance') {
    const id = keyOf(machine, table, criteria);
    return object(id ? [[key, id.value]] : []);
  }
  if (criteria.kind === 'array') return object([[key, object([['in', criteria]])]]);
  return criteria.kind === 'object' ? criteria : object([[key, criteria]]);
}
