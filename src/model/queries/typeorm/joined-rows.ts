import type { Condition } from '../../../condition/condition.ts';
import type { Table } from '../../../db/db.ts';
import type { ts } from '../../../kernel/syntax.ts';
import { fromConditions, toConditions } from '../../trace/conditions.ts';
import type { Formula } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { mentions } from '../../trace/term-parts.ts';
import { object } from '../../trace/terms.ts';
import type { Bind, Fields, Value } from '../../trace/values.ts';
import { relatedRows } from '../records/read.ts';
import { sqlFormula } from '../terms.ts';
import type { Joined, State } from './text.ts';

interface Read {
  readonly state: State;
  /** A row of all tables beside each other, by their aliases. */
  readonly whole: Value;
  readonly node: ts.Node;
}

interface Owner {
  readonly alias: string;
  readonly id: string;
  readonly table: Table;
}

/** The main table's row, with the rows of relations joined to it. */
export function entity(machine: Machine, read: Read, id: string): Value {
  const { whole, state } = read;
  if (whole.kind !== 'row' || state.joins.length === 0) return whole;
  const { table, alias } = state;
  const fields = beside(machine, read, { alias, id, table });
  return { kind: 'row', query: id, id, table, fields, sure: false };
}

function beside(machine: Machine, read: Read, owner: Owner): Fields {
  return new Map(
    read.state.joins.flatMap((join): [string, Value][] => {
      const { by } = join;
      if (by?.owner !== owner.alias) return [];
      const value =
        by.relation.kind === 'many'
          ? many(machine, read, { join, owner })
          : one(machine, read, join);
      return value ? [[by.relation.name, value]] : [];
    }),
  );
}

function one(machine: Machine, read: Read, { alias, table: { table } }: Joined): Value | undefined {
  const row = read.whole.kind === 'row' ? read.whole.fields.get(alias) : undefined;
  if (row?.kind !== 'row') return undefined;
  return { ...row, fields: beside(machine, read, { alias, id: row.id, table }) };
}

/** Of a row's many, those that the join and the query's conditions let through. */
function many(
  machine: Machine,
  read: Read,
  { join, owner }: { join: Joined; owner: Owner },
): Value | undefined {
  const relation = join.by?.relation;
  if (!relation) return undefined;
  const { state, whole, node } = read;
  const also = (id: string): Formula => {
    const bind: Bind = (source) => {
      if (source === join.alias) return id;
      if (source === state.alias) return whole.kind === 'row' ? whole.id : source;
      const row = whole.kind === 'row' ? whole.fields.get(source) : undefined;
      return row?.kind === 'row' ? row.id : undefined;
    };
    const said = [join.on, state.where].flatMap((each) =>
      each ? toConditions(sqlFormula(each, bind)) : [],
    );
    return fromConditions(
      said.filter((each) => mentions(each, id)).map((each) => ownFirst(each, id)),
    );
  };
  const config = object([['include', below(state, join.alias)]]);
  return relatedRows(machine, { ...owner, node }, { relation, config, also });
}

/** `a = b` the way round that a relation's tie is written. */
function ownFirst(condition: Condition, id: string): Condition {
  if (condition.kind !== 'compare' || condition.op !== '=') return condition;
  const { left, right } = condition;
  const turned = right.kind === 'column' && right.row === id && left.kind === 'column';
  return turned ? { ...condition, left: right, right: left } : condition;
}

/** The relations joined to a relation's rows, as records include them. */
function below(state: State, owner: string): Value {
  return object(
    state.joins.flatMap(({ alias, by }) =>
      by?.owner === owner
        ? [[by.relation.name, object([['include', below(state, alias)]])] as const]
        : [],
    ),
  );
}
