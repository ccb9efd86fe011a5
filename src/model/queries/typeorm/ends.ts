import type { ts } from '../../../kernel/syntax.ts';
import { arrayOfAll } from '../../trace/composites.ts';
import { countOf, firstOf } from '../../trace/lists.ts';
import type { Machine } from '../../trace/machine.ts';
import { exists } from '../../trace/rows.ts';
import { textOf } from '../../trace/source.ts';
import { truthValue } from '../../trace/terms.ts';
import {
  type ListValue,
  type TableValue,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { orThrow } from '../records/read.ts';
import { EMPTY, execute } from '../select.ts';
import { write } from '../write.ts';
import { entityNotFound, queryFailed } from './errors.ts';
import { entity } from './joined-rows.ts';
import { fromText, type State } from './text.ts';

function rowsOf(machine: Machine, state: State, node: ts.Node): ListValue | undefined {
  const from: TableValue = { kind: 'table', table: state.table, source: state.alias };
  const { joins, limit, offset } = state;
  const where = state.where ? [state.where] : [];
  const hidden = machine.deps.schema.hiddenBy?.(state.table.id);
  const column = state.table.columns.find(({ property }) => property === hidden);
  const seen = column
    ? [fromText(machine, state, { fragment: `${state.alias}.${column.property} IS NULL`, node })]
    : [];
  const rows = execute(
    machine,
    { ...EMPTY, from, joins, where: [...where, ...seen], limit, offset, node },
    { node, outer: () => undefined },
  );
  return rows.kind === 'list'
    ? { ...rows, element: (id) => entity(machine, { state, whole: rows.element(id), node }, id) }
    : undefined;
}

type End = (machine: Machine, state: State, node: ts.Node) => Value;

function one(machine: Machine, state: State, node: ts.Node): Value {
  const rows = rowsOf(machine, state, node);
  const read = machine.reads.find(({ id }) => id === rows?.query);
  if (read) read.many = false;
  return rows ? firstOf(rows) : unknown(textOf(node));
}

function many(machine: Machine, state: State, node: ts.Node): Value {
  return rowsOf(machine, state, node) ?? unknown(textOf(node));
}

function count(machine: Machine, state: State, node: ts.Node): Value {
  const rows = rowsOf(machine, state, node);
  if (!rows) return unknown(textOf(node));
  machine.counted.add(rows.query);
  return countOf(rows);
}

/** The calls that end a query builder's chain, by name. */
export const ENDS: Readonly<Record<string, End>> = {
  getOne: one,
  getOneOrFail: (machine, state, node) => {
    const row = one(machine, state, node);
    const error = entityNotFound(state.table.property);
    return row.kind === 'row' ? orThrow(machine, row, { error, node }) : row;
  },
  getMany: many,
  getCount: count,
  getManyAndCount: (machine, state, node) => {
    const rows = many(machine, state, node);
    const total = rows.kind === 'list' ? countOf(rows) : unknown(textOf(node));
    return arrayOfAll([rows, total]);
  },
  getExists: (machine, state, node) => {
    const rows = rowsOf(machine, state, node);
    return rows ? truthValue(exists(rows.query, node)) : unknown(textOf(node));
  },
  execute: (machine, { table, where, change }, node) => {
    if (!change) return unknown(textOf(node));
    const result = write(machine, {
      ...change,
      table,
      where: where ? [where] : [],
      returning: change.kind === 'insert' ? UNDEFINED : null,
      onConflict: 'throw',
      node,
      error: queryFailed,
    });
    const get = (name: string, at: ts.Node) =>
      name === 'affected' ? machine.get(result, 'rowCount', at) : undefined;
    return { kind: 'special', name: 'result', get };
  },
};
