import type { Table } from '../../db/db.ts';
import type { ts } from '../../kernel/syntax.ts';
import { toConditions } from '../trace/conditions.ts';
import { foundBefore } from '../trace/found-before.ts';
import { freshId, type Machine, type Read } from '../trace/machine.ts';
import { asked, set } from '../trace/path.ts';
import { sameRead } from '../trace/read-again.ts';
import { placeAt } from '../trace/source.ts';
import { withStep } from '../trace/steps.ts';
import { toTerm } from '../trace/terms.ts';
import {
  type Bind,
  type Fields,
  type ListValue,
  literalOf,
  type Special,
  type TableValue,
  type Value,
} from '../trace/values.ts';
import { sumOfGroup } from './grouped.ts';
import { countsRefused, lookUpRefused } from './refused-values.ts';
import { isAggregate, QUERY, sqlFormula, sqlValue } from './terms.ts';

/** A table read beside another's rows. */
export interface Join {
  readonly table: TableValue;
  readonly inner: boolean;
  readonly on: Value | undefined;
}

/** A select as its builder has it: what it reads once it is awaited. */
export interface Select {
  readonly fields: Value | null;
  readonly from: TableValue | null;
  readonly joins: readonly Join[];
  readonly where: readonly Value[];
  readonly limit: Value | null;
  readonly offset: Value | null;
  /** What its rows are grouped by; null where they aren't. */
  readonly groups: readonly Value[] | null;
  /** Whether a limit or an offset that is no number of rows is left out. */
  readonly lenient: boolean;
  /** The chain of calls that built it. */
  readonly node: ts.Node | null;
}

export const EMPTY: Select = {
  fields: null,
  from: null,
  joins: [],
  where: [],
  limit: null,
  offset: null,
  groups: null,
  lenient: false,
  node: null,
};

const states = new WeakMap<Special, () => Select>();

/** Says that a builder stands for a select, so that others can take it as a subquery. */
export function standsFor(made: Special, state: () => Select): Special {
  states.set(made, state);
  return made;
}

/** The select a value stands for, where it is a builder of one. */
export function selectOf(value: Value | undefined): Select | undefined {
  return value?.kind === 'special' ? states.get(value)?.() : undefined;
}

/** Runs a subquery inside another query's condition; its id, undefined where it is none. */
export function runNested(
  machine: Machine,
  query: Value,
  { bind, node }: { bind: Bind; node: ts.Node },
): string | undefined {
  const state = selectOf(query);
  const result = state && execute(machine, state, { node, outer: bind });
  return result?.kind === 'list' ? result.query : undefined;
}

/** Reads: adds the query to the trace and gives its rows. */
export function execute(
  machine: Machine,
  state: Select,
  { node, outer }: { node: ts.Node | null; outer: Bind },
): Value {
  const { from } = state;
  const at = node ?? machine.endpoint.chain[0]?.expression;
  if (!from || !at) return { kind: 'unknown', text: 'select', terms: [] };
  const read = newRead(machine, from.table, at);
  const ids = new Map([[from.source, read.id]]);
  for (const join of state.joins) {
    const id = freshId(machine, join.table.table);
    read.joins.push({ id, table: join.table.table.id, inner: join.inner, on: [] });
    ids.set(join.table.source, id);
  }
  const bind: Bind = (source) => ids.get(source) ?? (source === QUERY ? read.id : outer(source));
  state.joins.forEach((join, index) => {
    const slot = read.joins[index];
    if (slot) slot.on.push(...toConditions(sqlFormula(join.on, bind)));
  });
  read.where = state.where.flatMap((where) => asked(machine, sqlFormula(where, bind)));
  read.limit = state.limit ? toTerm(state.limit) : null;
  read.offset = state.offset ? toTerm(state.offset) : null;
  read.many = !(literalOf(state.limit ?? undefined) === 1);
  lookUpRefused(machine, { id: read.id, table: from.table, node: at }, read.where);
  countsRefused(machine, { ...read, node: at, lenient: state.lenient });
  const same = sameRead(machine, read);
  if (!same) {
    foundBefore(machine, read);
    return rowsOf(machine, { state, read, bind });
  }
  ids.set(from.source, same.id);
  state.joins.forEach((join, index) => {
    ids.set(join.table.source, same.joins[index]?.id ?? same.id);
  });
  const bindSame: Bind = (source) =>
    ids.get(source) ?? (source === QUERY ? same.id : outer(source));
  return rowsOf(machine, { state, read: same, bind: bindSame });
}

export function newRead(machine: Machine, table: Table, node: ts.Node): Read {
  const read: Read = {
    id: freshId(machine, table),
    table: table.id,
    many: true,
    where: [],
    joins: [],
    of: null,
    limit: null,
    offset: null,
    at: placeAt(node),
  };
  machine.reads.push(read);
  set(machine, machine.done, withStep(machine.done.value, read.id));
  return read;
}

function rowsOf(
  machine: Machine,
  { state, read, bind }: { state: Select; read: Read; bind: Bind },
): ListValue {
  const { from } = state;
  const sums =
    state.fields?.kind === 'object' && [...state.fields.fields.value.values()].some(isAggregate);
  const isOne = sums && !state.groups;
  if (sums) {
    read.many = true;
    machine.counted.add(read.id);
  }
  const element = (id: string): Value => {
    const own: Bind = (source) => (source === from?.source || source === QUERY ? id : bind(source));
    return {
      kind: 'row',
      query: id,
      id,
      table: state.fields || state.joins.length > 0 ? null : (from?.table ?? null),
      fields: projection(machine, { state, bind: own, id, read }),
      sure: isOne,
    };
  };
  return { kind: 'list', query: read.id, element, ...(isOne ? { single: true } : {}) };
}

interface Projected {
  readonly state: Select;
  readonly bind: Bind;
  readonly id: string;
  readonly read: Read;
}

function projection(machine: Machine, about: Projected): Fields {
  const { state, bind, id } = about;
  const { fields, from, joins } = state;
  if (fields?.kind === 'object') return selected(machine, fields.fields.value, about);
  if (joins.length === 0 || !from) return new Map();
  const sources = [{ table: from, inner: true }, ...joins];
  return new Map(
    sources.flatMap(({ table, inner }): [string, Value][] => {
      const row = tableRow(table, { bind, inner, id });
      const name = table.source === table.table.id ? table.table.name : table.source;
      return [
        [table.table.property, row],
        [name, row],
      ];
    }),
  );
}

function tableRow(
  table: TableValue,
  { bind, inner, id }: { bind: Bind; inner: boolean; id: string },
): Value {
  const row = bind(table.source) ?? id;
  return { kind: 'row', query: row, id: row, table: table.table, fields: new Map(), sure: inner };
}

function selected(machine: Machine, fields: Fields, about: Projected): Map<string, Value> {
  const { state, bind, id } = about;
  const isInner = (source: string) =>
    state.joins.find((join) => join.table.source === source)?.inner ?? true;
  const entries = [...fields].map(([name, value]): [string, Value] => {
    if (value.kind === 'table')
      return [name, tableRow(value, { bind, inner: isInner(value.source), id })];
    if (value.kind === 'object') {
      const nested = selected(machine, value.fields.value, about);
      return [name, { kind: 'row', query: id, id, table: null, fields: nested, sure: true }];
    }
    const sum = sumOfGroup(machine, value, about);
    if (sum) return [name, sum];
    const made = sqlValue(value, bind);
    if (value.kind === 'column' && made.kind === 'term' && !isInner(value.source)) {
      return [name, { ...made, type: { ...made.type, nullable: true } }];
    }
    return [name, made];
  });
  return new Map(entries);
}
