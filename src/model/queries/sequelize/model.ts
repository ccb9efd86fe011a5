import type { Table } from '../../../db/db.ts';
import { countOf } from '../../trace/lists.ts';
import type { Machine } from '../../trace/machine.ts';
import { textOf } from '../../trace/source.ts';
import { object, toTerm } from '../../trace/terms.ts';
import {
  literal,
  literalOf,
  type Special,
  stringOf,
  term,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { lazily } from '../lazily.ts';
import { fieldsOf, find, orThrow } from '../records/read.ts';
import { built } from './built.ts';
import {
  type Called,
  create,
  createAll,
  destroy,
  findOrCreate,
  restore,
  stepped,
  update,
  upsert,
} from './change.ts';
import { demandedIn } from './demanded.ts';
import { asked, emptyResult } from './errors.ts';
import { optionsOf } from './options.ts';
import { isModelOf } from './tables.ts';

/** A model: what each of its methods reads or writes once it is awaited. */
export function model(machine: Machine, table: Table): Special {
  const made: Special = {
    kind: 'special',
    name: table.property,
    get: (name) => {
      if (name === 'name') return literal(table.property);
      return name === 'tableName' ? literal(table.name) : undefined;
    },
    set: () => undefined,
    invoke: (method, args, node) => {
      if (/^(scope|unscoped|schema)$/.test(method)) return made;
      if (method === 'getTableName') return literal(table.name);
      if (method === 'build') return built(machine, table, args[0]);
      if (DECLARING.test(method)) return UNDEFINED;
      return modelCall(machine, { name: method, table, args, node });
    },
  };
  return isModelOf(made, table);
}

/** What is said of a model, and asks for nothing. */
const DECLARING = /^(belongsTo(Many)?|has(Many|One)|add(Hook|Scope)|(before|after)[A-Z]\w*)$/;

/** A call of one of a model's own methods; undefined for any other. */
export function modelCall(
  machine: Machine,
  { name, ...called }: Called & { readonly name: string },
): Special | undefined {
  const run = OPERATIONS[name];
  return run && lazily(machine, () => asked(machine, () => run(machine, called)));
}

type Operation = (machine: Machine, called: Called) => Value;

const rows =
  (one: boolean): Operation =>
  (machine, called) => {
    demandedIn(machine, fieldsOf(called.args[0]).get('where'), called.node);
    return foundBy(one)(machine, called);
  };

const foundBy =
  (one: boolean): Operation =>
  (machine, { table, args: [given = UNDEFINED], node }) => {
    const found = find(machine, table, { one, args: optionsOf(machine, table, given), node });
    const rejects = fieldsOf(given).get('rejectOnEmpty');
    if (!rejects || literalOf(rejects) === false || found.kind !== 'row') return found;
    const error = literalOf(rejects) === true ? emptyResult() : rejects;
    return orThrow(machine, found, { error, node });
  };

/** `findByPk(id, options)`. */
const byKey: Operation = (
  machine,
  { table, args: [id = UNDEFINED, options = UNDEFINED], node },
) => {
  const key = table.columns.find(({ name }) => name === table.primaryKey[0])?.property ?? 'id';
  if (literalOf(id) === null || id.kind === 'undefined') return literal(null);
  const where = object([[key, id]]);
  return foundBy(true)(machine, {
    table,
    args: [object([...fieldsOf(options), ['where', where]])],
    node,
  });
};

const counted: Operation = (machine, { table, args: [given = UNDEFINED], node }) => {
  const said = fieldsOf(given);
  demandedIn(machine, said.get('where'), node);
  const asking = object([...said].filter(([name]) => !/^(limit|offset)$/.test(name)));
  const found = find(machine, table, { one: false, args: optionsOf(machine, table, asking), node });
  if (found.kind !== 'list') return unknown(textOf(node));
  machine.counted.add(found.query);
  return countOf(found);
};

/** `findAndCountAll(options)`: a page of rows, and how many there are without it. */
const withCount: Operation = (machine, called) =>
  object([
    ['rows', rows(false)(machine, called)],
    ['count', counted(machine, called)],
  ]);

/** `max('length', options)`: over the rows that fit. */
const overRows =
  (op: 'sum' | 'min' | 'max'): Operation =>
  (machine, { table, args: [property, options = UNDEFINED], node }) => {
    const found = rows(false)(machine, { table, args: [options], node });
    if (found.kind !== 'list') return unknown(textOf(node));
    machine.counted.add(found.query);
    const row = found.element(found.query);
    const of = toTerm(machine.get(row, stringOf(property) ?? '', node));
    return term({ kind: 'aggregate', op, query: found.query, of }, typed('number', op !== 'sum'));
  };

const OPERATIONS: Readonly<Record<string, Operation>> = {
  findAll: rows(false),
  findOne: rows(true),
  findByPk: byKey,
  findAndCountAll: withCount,
  count: counted,
  sum: overRows('sum'),
  min: overRows('min'),
  max: overRows('max'),
  create,
  bulkCreate: createAll,
  update,
  increment: stepped,
  decrement: stepped,
  destroy,
  restore,
  upsert,
  findOrCreate,
  findCreateFind: findOrCreate,
};
