import type { Table } from '../../../db/db.ts';
import type { ts } from '../../../kernel/syntax.ts';
import { all, type Formula, not, some, TRUE } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { set } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { choose } from '../../trace/terms.ts';
import {
  type Cell,
  cell,
  type Special,
  stringOf,
  type TableValue,
  UNDEFINED,
  type Value,
} from '../../trace/values.ts';
import { lazily } from '../lazily.ts';
import { fieldsOf } from '../records/read.ts';
import { keysOf, tieOf } from '../related.ts';
import { sqlFormula } from '../terms.ts';
import { ENDS } from './ends.ts';
import { entityOf } from './entity.ts';
import { both, conditionOf, type Joined, type State } from './text.ts';

/** `createQueryBuilder('user')`: SQL in pieces, with the entity's properties and `:name` parameters. */
export function queryBuilder(
  machine: Machine,
  { table, args }: { table: Table; args: readonly Value[] },
): Special {
  return builder(machine, {
    table,
    alias: stringOf(args[0]) ?? table.name,
    joins: [],
    where: null,
    params: new Map(),
    limit: null,
    offset: null,
    change: null,
  });
}

function builder(machine: Machine, start: State): Special {
  const held = stateCell(start);
  const made: Special = {
    kind: 'special',
    name: 'QueryBuilder',
    invoke: (method, args, node) => {
      const state = held.value;
      const ends = ENDS[method];
      if (ends) return lazily(machine, () => ends(machine, state, node));
      if (method === 'clone') return builder(machine, state);
      const next = step(machine, state, { method, args, node });
      if (next) set(machine, held, next);
      return made;
    },
  };
  return made;
}

/** A builder changes as its methods are called, on whichever way they are. */
function stateCell(state: State): Cell<State> {
  return cell(state, (when, yes, no) => ({
    ...yes,
    joins: yes.joins.length > no.joins.length ? yes.joins : no.joins,
    where: either(when, yes.where, no.where),
    params: new Map([...no.params, ...yes.params]),
    limit: bound(when, yes.limit, no.limit),
    offset: bound(when, yes.offset, no.offset),
    change: yes.change ?? no.change,
  }));
}

function either(when: Formula, yes: Value | null, no: Value | null): Value | null {
  if (yes === no) return yes;
  return {
    kind: 'sqlTest',
    test: (bind) =>
      some([
        all([when, yes ? sqlFormula(yes, bind) : TRUE]),
        all([not(when), no ? sqlFormula(no, bind) : TRUE]),
      ]),
  };
}

function bound(when: Formula, yes: Value | null, no: Value | null): Value | null {
  if (yes === no || !yes || !no) return yes ?? no;
  return choose(when, yes, no);
}

interface Step {
  readonly method: string;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

/** What a call makes of the query so far; undefined where it changes nothing that matters. */
function step(machine: Machine, state: State, { method, args, node }: Step): State | undefined {
  const [first = UNDEFINED, second = UNDEFINED] = args;
  const next = (change: Partial<State>): State => ({ ...state, ...change });
  const join = /^(left|inner)Join(AndSelect|AndMapOne|AndMapMany)?$/.exec(method);
  if (join) return joined(machine, state, { args, node, inner: join[1] === 'inner' });
  switch (method) {
    case 'where':
    case 'andWhere':
    case 'orWhere': {
      const params = new Map([...state.params, ...fieldsOf(second)]);
      const said = conditionOf(machine, { ...state, params }, { value: first, node });
      const before = method === 'where' ? null : state.where;
      return next({ params, where: before ? both(before, said, method === 'orWhere') : said });
    }
    case 'setParameter': {
      const name = stringOf(first);
      return name === undefined
        ? undefined
        : next({ params: new Map([...state.params, [name, second]]) });
    }
    case 'setParameters':
      return next({ params: new Map([...state.params, ...fieldsOf(first)]) });
    case 'take':
    case 'limit':
      return next({ limit: first });
    case 'skip':
    case 'offset':
      return next({ offset: first });
    case 'insert':
    case 'update':
    case 'delete':
      return next({ change: { kind: method, values: first.kind === 'object' ? first : null } });
    case 'values':
    case 'set':
      return state.change ? next({ change: { ...state.change, values: first } }) : undefined;
    default:
      return undefined;
  }
}

/** `leftJoin('user.posts', 'post', 'post.live = true')`, `innerJoin(Post, 'post', 'post.userId = user.id')`. */
function joined(
  machine: Machine,
  state: State,
  { args, node, inner }: { args: readonly Value[]; node: ts.Node; inner: boolean },
): State | undefined {
  const [path = UNDEFINED, name, on, given = UNDEFINED] = args;
  const alias = stringOf(name);
  if (alias === undefined) return undefined;
  const related = relationAt(machine, state, path);
  const other = related?.other ?? tableOf(machine, path);
  if (!other) return undefined;
  const tied: Value | null = related
    ? {
        kind: 'sqlTest',
        test: (bind) =>
          tieOf(related.keys, {
            row: bind(alias) ?? alias,
            owner: bind(related.owner) ?? related.owner,
            at: placeAt(node),
          }),
      }
    : null;
  const table: TableValue = { kind: 'table', table: other, source: alias };
  const params = new Map([...state.params, ...fieldsOf(given)]);
  const join: Joined = { alias, table, inner, on: tied ?? undefined, by: related ?? null };
  const added = { ...state, params, joins: [...state.joins, join] };
  if (!on || on.kind === 'undefined') return added;
  const said = conditionOf(machine, added, { value: on, node });
  const whole = tied ? both(tied, said, false) : said;
  return { ...added, joins: [...state.joins, { ...join, on: whole }] };
}

/** `user.posts`: the relation of what has been joined so far. */
function relationAt(machine: Machine, state: State, path: Value) {
  const [owner = '', name = ''] = (stringOf(path) ?? '').split('.');
  const { table } =
    [{ alias: state.alias, table: { table: state.table } }, ...state.joins].find(
      ({ alias }) => alias === owner,
    )?.table ?? {};
  const { relations, tables } = machine.deps.schema;
  const relation = table && relations(table.id).find((each) => each.name === name);
  const other = tables.find(({ id }) => id === relation?.table);
  return table && relation && other
    ? { relation, owner, other, keys: keysOf(table, other, relation) }
    : undefined;
}

/** An entity, or a table by its name. */
function tableOf(machine: Machine, path: Value): Table | undefined {
  const named = stringOf(path);
  return named === undefined
    ? entityOf(machine, path)
    : machine.deps.schema.tables.find(({ name }) => name === named);
}
