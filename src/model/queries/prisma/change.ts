import type { Table } from '../../../db/db.ts';
import type { Relation } from '../../reader.ts';
import { arrayOfAll } from '../../trace/composites.ts';
import { atom } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branchValue } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { object } from '../../trace/terms.ts';
import { literal, literalOf, typed, UNDEFINED, type Value } from '../../trace/values.ts';
import { fieldsOf, find, loaded } from '../records/read.ts';
import { keysOf } from '../related.ts';
import { sqlTerm } from '../terms.ts';
import { write } from '../write.ts';
import { type Called, changeOf, one, whereTest } from './called.ts';
import { link } from './links.ts';

type Data = readonly (readonly [string, Value])[];

/** What nested writes still have to do once the row they hang on is there. */
interface Nested {
  readonly relation: Relation;
  readonly other: Table;
  readonly keys: ReturnType<typeof keysOf>;
  readonly config: Value;
}

/** Columns given outright or through a relation's `connect` and `create`; the rest hangs on the row. */
function dataOf(
  machine: Machine,
  called: Called,
  data: Value,
): { columns: Data; nested: Nested[] } {
  const { table } = called;
  const relations = machine.deps.schema.relations(table.id);
  const columns: (readonly [string, Value])[] = [];
  const nested: Nested[] = [];
  for (const [name, value] of fieldsOf(data)) {
    const relation = relations.find((each) => each.name === name);
    const other = machine.deps.schema.tables.find((each) => each.id === relation?.table);
    if (!relation || !other) columns.push([name, changed(table, name, value)]);
    else {
      const keys = keysOf(table, other, relation);
      const owns = table.foreignKeys.some(
        (key) => keys.length > 0 && keys.every(([own]) => key.columns.includes(own)),
      );
      if (owns && relation.kind === 'one')
        columns.push(...keyColumns(machine, called, { relation, other, keys, config: value }));
      else nested.push({ relation, other, keys, config: value });
    }
  }
  return { columns, nested };
}

/** `{ increment: n }` and `{ set: x }`. */
function changed(table: Table, name: string, value: Value): Value {
  if (value.kind !== 'object') return value;
  const fields = value.fields.value;
  const column = table.columns.find((each) => each.property === name);
  const ops = { increment: '+', decrement: '-', multiply: '*', divide: '/' } as const;
  for (const [word, op] of Object.entries(ops)) {
    const by = fields.get(word);
    if (!by || !column) continue;
    const own: Value = { kind: 'column', source: table.id, column };
    return {
      kind: 'sqlTerm',
      type: typed('number'),
      make: (bind) => ({ kind: 'arith', op, left: sqlTerm(own, bind), right: sqlTerm(by, bind) }),
    };
  }
  return (fields.size === 1 && fields.get('set')) || value;
}

/** The key columns a parent gives: one that is there (`connect`) or one made first (`create`). */
function keyColumns(machine: Machine, called: Called, { other, keys, config }: Nested): Data {
  const { node, table } = called;
  const fields = fieldsOf(config);
  const property = (own: string) =>
    table.columns.find((each) => each.name === own)?.property ?? own;
  if (literalOf(fields.get('disconnect')) === true)
    return keys.map(([own]) => [property(own), literal(null)] as const);
  const connect = fields.get('connect');
  const create = fields.get('create') ?? fieldsOf(fields.get('connectOrCreate')).get('create');
  const given = fieldsOf(connect);
  const direct = keys.map(([own, target]) => {
    const name = other.columns.find((each) => each.name === target)?.property ?? target;
    return [property(own), given.get(name)] as const;
  });
  if (connect && direct.every(([, value]) => value)) {
    return direct.map(([name, value]) => [name, value ?? UNDEFINED] as const);
  }
  const model = other.property;
  const row = connect
    ? one(machine, { table: other, model, args: object([['where', connect]]), node })
    : create && createOne(machine, { table: other, model, args: object([['data', create]]), node });
  if (!row) return [];
  return keys.map(([own, target]) => {
    const name = other.columns.find((each) => each.name === target)?.property ?? target;
    return [property(own), machine.get(row, name, node)] as const;
  });
}

/** Writes what hangs on a row: children made, or led to it. */
function writeNested(
  machine: Machine,
  called: Called,
  { row, nested }: { row: Value; nested: Nested[] },
): void {
  const { node, table } = called;
  for (const { relation, other, keys, config } of nested) {
    const fields = fieldsOf(config);
    const tied: Data = keys.map(([own, target]) => {
      const name = other.columns.find((each) => each.name === target)?.property ?? target;
      const from = table.columns.find((each) => each.name === own)?.property ?? own;
      return [name, machine.get(row, from, node)] as const;
    });
    const made = [
      ...listed(fields.get('create')),
      ...listed(fieldsOf(fields.get('createMany')).get('data')),
    ];
    const about = { table: other, model: other.property, args: object(), node };
    for (const each of made) {
      const data = object([...fieldsOf(each), ...tied]);
      const child = createOne(machine, { ...about, args: object([['data', data]]) });
      if (relation.through) link(machine, called, { relation, row, child });
    }
    for (const each of listed(fields.get('connect'))) {
      const child = one(machine, { ...about, args: object([['where', each]]) });
      if (relation.through) link(machine, called, { relation, row, child });
      else {
        const where = whereTest(machine, about, each);
        write(machine, changeOf(about, { kind: 'update', values: object(tied), where: [where] }));
      }
    }
    const gone = fields.get('deleteMany') ?? fields.get('delete');
    if (gone) {
      const where = whereTest(machine, about, object([...tied, ...fieldsOf(gone)]));
      write(machine, changeOf(about, { kind: 'delete', where: [where] }));
    }
  }
}

function listed(value: Value | undefined): readonly Value[] {
  if (!value || value.kind === 'undefined') return [];
  if (value.kind === 'list') return [value.element(value.query)];
  return value.kind === 'array' ? value.items.value.map((item) => item.value) : [value];
}

/** `create`: the row, with what `include` asks for beside it. */
export function createOne(machine: Machine, called: Called): Value {
  const args = fieldsOf(called.args);
  const { columns, nested } = dataOf(machine, called, args.get('data') ?? object());
  const made = write(machine, changeOf(called, { values: object(columns), returning: UNDEFINED }));
  const row = made.kind === 'array' ? (made.items.value[0]?.value ?? UNDEFINED) : made;
  writeNested(machine, called, { row, nested });
  return withLoaded(machine, called, row);
}

function withLoaded(machine: Machine, { table, node, args }: Called, row: Value): Value {
  if (row.kind !== 'row') return row;
  const beside = loaded(machine, { table, id: row.id, node }, args);
  return { ...row, fields: new Map([...row.fields, ...beside]) };
}

/** `createMany`; `createManyAndReturn` gives the rows. */
export function createMany(machine: Machine, called: Called): Value {
  const args = fieldsOf(called.args);
  const rows = listed(args.get('data')).map((each) =>
    object(dataOf(machine, called, each).columns),
  );
  return write(
    machine,
    changeOf(called, {
      values: arrayOfAll(rows),
      returning: UNDEFINED,
      onConflict: literalOf(args.get('skipDuplicates')) === true ? 'nothing' : 'throw',
    }),
  );
}

/** `update` and `delete` of the one row that must be there. */
export function changeOne(machine: Machine, kind: 'update' | 'delete', called: Called): Value {
  const args = fieldsOf(called.args);
  const where = args.get('where') ?? object();
  const plain = { ...called, args: object([['where', where]]) };
  const before = one(machine, plain);
  const row = withLoaded(machine, called, before);
  const { columns, nested } =
    kind === 'update'
      ? dataOf(machine, called, args.get('data') ?? object())
      : { columns: [], nested: [] };
  const values = kind === 'update' ? object(columns) : null;
  write(machine, changeOf(called, { kind, values, where: [whereTest(machine, called, where)] }));
  writeNested(machine, called, { row, nested });
  if (row.kind !== 'row' || kind === 'delete') return row;
  const known = columns.filter(([, value]) => value.kind === 'term');
  return { ...row, fields: new Map([...row.fields, ...known]) };
}

/** `updateMany` and `deleteMany`: how many rows there were. */
export function changeMany(machine: Machine, kind: 'update' | 'delete', called: Called): Value {
  const args = fieldsOf(called.args);
  const { columns } = dataOf(machine, called, args.get('data') ?? object());
  return write(
    machine,
    changeOf(called, {
      kind,
      values: kind === 'update' ? object(columns) : null,
      where: [whereTest(machine, called, args.get('where'))],
    }),
  );
}

/** `upsert`: an update of the row there is, else its creation. */
export function upsert(machine: Machine, called: Called): Value {
  const args = fieldsOf(called.args);
  const where = args.get('where') ?? object();
  const found = find(machine, called.table, {
    one: true,
    args: object([['where', where]]),
    node: called.node,
  });
  const query = found.kind === 'row' ? found.query : '';
  const there = atom({ kind: 'exists', at: placeAt(called.node), query });
  const rest = ['include', 'select'].flatMap((name) => {
    const value = args.get(name);
    return value ? [[name, value] as const] : [];
  });
  return branchValue(machine, there, {
    yes: () => {
      const { columns } = dataOf(machine, called, args.get('update') ?? object());
      const test = whereTest(machine, called, where);
      write(machine, changeOf(called, { kind: 'update', values: object(columns), where: [test] }));
      return withLoaded(machine, called, found);
    },
    no: () =>
      createOne(machine, {
        ...called,
        args: object([['data', args.get('create') ?? object()], ...rest]),
      }),
  });
}
