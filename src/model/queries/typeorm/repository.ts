import type { Table } from '../../../db/db.ts';
import { arrayOfAll } from '../../trace/composites.ts';
import { countOf } from '../../trace/lists.ts';
import type { Machine } from '../../trace/machine.ts';
import { exists } from '../../trace/rows.ts';
import { textOf } from '../../trace/source.ts';
import { toTerm, truthValue } from '../../trace/terms.ts';
import {
  type Special,
  stringOf,
  term,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { lazily } from '../lazily.ts';
import { find, orThrow } from '../records/read.ts';
import { queryBuilder } from './builder.ts';
import { type Called, change, created, insertRows, merged, preload, save } from './change.ts';
import { entityNotFound } from './errors.ts';
import { conditionsOnly, findOptions, isOptions } from './options.ts';

type Operation = (machine: Machine, called: Called) => Value;

/** A repository: what each of its methods reads or writes once it is awaited. */
export function repository(machine: Machine, table: Table): Special {
  const made: Special = {
    kind: 'special',
    name: `Repository<${table.property}>`,
    invoke: (method, args, node) => {
      const called = { table, args, node };
      if (method === 'createQueryBuilder') return queryBuilder(machine, called);
      if (method === 'create') return created(machine, called);
      if (method === 'merge') return merged(machine, called);
      if (method === 'extend' || method === 'withRepository') return made;
      const run = OPERATIONS[method];
      return run && lazily(machine, () => run(machine, called));
    },
  };
  return made;
}

/** Options, or conditions where only those were given. */
function optionsOf([first = UNDEFINED]: readonly Value[], plain: boolean): Value {
  return plain && !isOptions(first) ? conditionsOnly(first) : findOptions(first);
}

const rows =
  (one: boolean, plain = false): Operation =>
  (machine, { table, args, node }) =>
    find(machine, table, {
      one,
      args: plain ? conditionsOnly(args[0] ?? UNDEFINED) : optionsOf(args, true),
      node,
    });

const orFail =
  (read: Operation): Operation =>
  (machine, called) => {
    const row = read(machine, called);
    const { node } = called;
    return row.kind === 'row'
      ? orThrow(machine, row, { error: entityNotFound(called.table.property), node })
      : row;
  };

const counted =
  (plain = false): Operation =>
  (machine, called) => {
    const found = rows(false, plain)(machine, called);
    if (found.kind !== 'list') return unknown(textOf(called.node));
    machine.counted.add(found.query);
    return countOf(found);
  };

const there =
  (plain = false): Operation =>
  (machine, called) => {
    const found = rows(true, plain)(machine, called);
    return found.kind === 'row'
      ? truthValue(exists(found.query, called.node))
      : unknown(textOf(called.node));
  };

/** `maximum('price', where)`: over the rows that fit, nothing where there are none. */
const overRows =
  (op: 'sum' | 'avg' | 'min' | 'max'): Operation =>
  (machine, { table, args: [property, where = UNDEFINED], node }) => {
    const found = rows(false, true)(machine, { table, args: [where], node });
    const name = stringOf(property) ?? '';
    if (found.kind !== 'list') return unknown(textOf(node));
    machine.counted.add(found.query);
    const of = toTerm(machine.get(found.element(found.query), name, node));
    return term({ kind: 'aggregate', op, query: found.query, of }, typed('number', op !== 'sum'));
  };

const withCount =
  (plain = false): Operation =>
  (machine, called) => {
    const found = rows(false, plain)(machine, called);
    const count = found.kind === 'list' ? countOf(found) : unknown(textOf(called.node));
    return arrayOfAll([found, count]);
  };

const OPERATIONS: Readonly<Record<string, Operation>> = {
  find: rows(false),
  findBy: rows(false, true),
  findOne: rows(true),
  findOneBy: rows(true, true),
  findOneOrFail: orFail(rows(true)),
  findOneByOrFail: orFail(rows(true, true)),
  findAndCount: withCount(),
  findAndCountBy: withCount(true),
  count: counted(),
  countBy: counted(true),
  sum: overRows('sum'),
  average: overRows('avg'),
  minimum: overRows('min'),
  maximum: overRows('max'),
  exists: there(),
  exist: there(),
  existsBy: there(true),
  save,
  preload: (machine, called) =>
    preload(machine, called, (where) => rows(true, true)(machine, { ...called, args: [where] })),
  insert: insertRows,
  upsert: (machine, called) => insertRows(machine, called, 'update'),
  update: (machine, called) => change(machine, 'update', called),
  delete: (machine, called) => change(machine, 'delete', called),
  softDelete: (machine, called) => change(machine, 'hide', called),
  restore: (machine, called) => change(machine, 'restore', called),
  remove: (machine, called) => change(machine, 'remove', called),
  softRemove: (machine, called) => change(machine, 'hideRow', called),
  increment: (machine, called) => change(machine, 'increment', called),
  decrement: (machine, called) => change(machine, 'decrement', called),
};
