import type { JoinType, Node, SelectStmt } from 'libpg-query';
import type { ts } from '../../../kernel/syntax.ts';
import { spreadFields } from '../../trace/composites.ts';
import type { Machine } from '../../trace/machine.ts';
import { set } from '../../trace/path.ts';
import { object } from '../../trace/terms.ts';
import {
  type Cell,
  literal,
  native,
  type Special,
  stringOf,
  UNDEFINED,
  type Value,
} from '../../trace/values.ts';
import type { Names } from '../kysely/names.ts';
import {
  and,
  call,
  countAll,
  derived,
  join,
  operation,
  star,
  table,
  target,
} from '../sql/nodes.ts';
import { rawNode } from './raw.ts';
import { selectOf, standsFor } from './registry.ts';
import { keepBuilt, resultOf } from './run.ts';
import { conditionOf, type State, stateCell } from './state.ts';
import { type Context, callOn, operand, reference, whereCall } from './where.ts';

interface Called {
  readonly method: string;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

/** A query builder: `knex('users as u')`, or one without a table yet. */
export function builderFor(
  machine: Machine,
  names: Names,
  { source, node }: { source: Value | undefined; node: ts.Node },
): Special {
  const state = stateCell(machine, {});
  const made = builder(contextOf(machine, names), state, node);
  if (source) from(contextOf(machine, names), state, source);
  return made;
}

function contextOf(machine: Machine, names: Names): Context {
  const context: Context = {
    machine,
    names,
    nested: (callback, node) => {
      const state = stateCell(machine, {});
      callOn(machine, callback, { builder: builder(context, state, node), node });
      return conditionOf(state.value);
    },
  };
  return context;
}

function builder(context: Context, state: Cell<State>, node: ts.Node): Special {
  const { machine } = context;
  let result: Value | undefined;
  const settle = () => {
    result ??= resultOf(context, state.value, { select: statement(state.value), node });
    return result;
  };
  const made: Special = {
    kind: 'special',
    name: 'knex.query',
    settle,
    get: (name) =>
      name === 'then'
        ? native('then', ([work = UNDEFINED], at) => machine.call(work, [settle()], at))
        : undefined,
    invoke: (method, args, at) => {
      if (method === 'clone') return builder(context, stateCell(machine, state.value), at);
      if (method === 'modify') {
        callOn(machine, args[0] ?? UNDEFINED, { builder: made, node: at });
        return made;
      }
      const changed = step(context, state.value, { method, args, node: at });
      if (changed) set(machine, state, { ...state.value, ...changed });
      return changed || CHAINED.test(method) ? made : undefined;
    },
  };
  standsFor(made, () => statement(state.value));
  return made;
}

const CHAINED =
  /^(order\w*|having\w*|group\w*|distinct\w*|forUpdate|forShare|skipLocked|noWait|transacting|timeout|with\w*|clear\w*|as|debug|options|queryContext|comment|connection|using)$/;

function statement(state: State): SelectStmt {
  const where = conditionOf(state);
  return {
    op: 'SETOP_NONE',
    targetList: state.targets.length > 0 ? [...state.targets] : [star()],
    fromClause: [...state.from],
    ...(where ? { whereClause: where } : {}),
    groupClause: state.grouped ? [star()] : [],
    ...(state.limit ? { limitCount: state.limit } : {}),
    ...(state.offset ? { limitOffset: state.offset } : {}),
  };
}

function from(context: Context, state: Cell<State>, source: Value): void {
  const found = sourceOf(context, source);
  if (found) set(context.machine, state, { ...state.value, ...found });
}

/** A table's name, `{ alias: 'table' }`, or a subquery with its alias. */
function sourceOf({ names }: Context, source: Value): Pick<State, 'from' | 'table'> | undefined {
  const select = selectOf(source);
  if (select) return { from: [derived(select, 'sub')], table: null };
  const [pair] = source.kind === 'object' ? [...spreadFields(source).fields] : [];
  const text = pair ? `${stringOf(pair[1])} as ${pair[0]}` : stringOf(source);
  if (text === undefined) return undefined;
  const [path = '', alias] = text.split(/\s+as\s+/i);
  const name = path.trim().split('.').map(names.toSql).join('.');
  return { from: [table(name, alias && names.toSql(alias.trim()))], table: name };
}

const JOINS: Readonly<Record<string, JoinType>> = {
  join: 'JOIN_INNER',
  innerJoin: 'JOIN_INNER',
  leftJoin: 'JOIN_LEFT',
  leftOuterJoin: 'JOIN_LEFT',
  rightJoin: 'JOIN_RIGHT',
  fullOuterJoin: 'JOIN_FULL',
  crossJoin: 'JOIN_INNER',
};

const SUMS = /^(count|countDistinct|sum|avg|min|max)(Distinct)?$/;

/** What a call changes; undefined for one that changes nothing of what we follow. */
function step(context: Context, state: State, called: Called): Partial<State> | undefined {
  const { method, args, node } = called;
  const [first = UNDEFINED, second] = args;
  const asked = whereCall(context, method, called);
  if (asked) return { where: withTest(state.where, asked) };
  const kind = JOINS[method];
  if (kind) return { from: joined(context, state.from, { args, node, kind }) };
  if (SUMS.test(method)) return { targets: [...state.targets, ...sums(context, method, first)] };
  switch (method) {
    case 'from':
    case 'into':
    case 'table':
      return sourceOf(context, first);
    case 'select':
    case 'column':
    case 'columns':
      return { targets: [...state.targets, ...args.flatMap((arg) => targetsOf(context, arg))] };
    case 'first':
      return {
        takes: 'first',
        targets: [...state.targets, ...args.flatMap((arg) => targetsOf(context, arg))],
      };
    case 'pluck':
      return { takes: 'column', targets: targetsOf(context, first) };
    case 'groupBy':
      return { grouped: true };
    case 'limit':
      return { limit: operand(context, first) };
    case 'offset':
      return { offset: operand(context, first) };
    default:
      return written(context, state, { method, args: [first, ...(second ? [second] : [])], node });
  }
}

function written(context: Context, state: State, called: Called): Partial<State> | undefined {
  const { method, args } = called;
  const [first = UNDEFINED, second] = args;
  const returning = (value: Value | undefined) => (value ? targetsOf(context, value) : []);
  switch (method) {
    case 'insert':
      return { kind: 'insert', values: first, returning: returning(second) };
    case 'update': {
      const name = stringOf(first);
      return name === undefined
        ? { kind: 'update', values: first, returning: returning(second) }
        : { kind: 'update', values: object([[name, second ?? UNDEFINED]]) };
    }
    case 'increment':
    case 'decrement': {
      const name = stringOf(first) ?? '';
      const sign = method === 'increment' ? '+' : '-';
      const by = operand(context, second ?? literal(1));
      const changed = operation(reference(context, name), sign, by);
      return { kind: 'update', values: object([[name, builtOf(changed)]]) };
    }
    case 'del':
    case 'delete':
      return { kind: 'delete', returning: returning(args[0]) };
    case 'returning':
      return { returning: returning(first) };
    case 'onConflict':
      return {};
    case 'ignore':
      return { onConflict: 'nothing' };
    case 'merge':
      return { onConflict: 'update' };
    default:
      return undefined;
  }
}

function builtOf(node: Node): Value {
  const value: Special = { kind: 'special', name: 'knex.expression' };
  keepBuilt(value, node);
  return value;
}

function withTest(
  where: State['where'],
  { test, either }: { test: Node | null; either: boolean },
): State['where'] {
  if (!test) return where;
  const last = where.at(-1) ?? [];
  return either && last.length > 0 ? [...where, [test]] : [...where.slice(0, -1), [...last, test]];
}

/** `'a.b as c'`, `{ c: 'a.b' }`, `knex.raw(…)`, lists of them. */
function targetsOf(context: Context, value: Value): Node[] {
  if (value.kind === 'array')
    return value.items.value.flatMap((item) => targetsOf(context, item.value));
  if (value.kind === 'object') {
    return [...value.fields.value].map(([alias, of]) =>
      target(reference(context, stringOf(of) ?? ''), context.names.toSql(alias)),
    );
  }
  const text = stringOf(value);
  if (text !== undefined) {
    const [path = '', alias] = text.split(/\s+as\s+/i);
    if (path.endsWith('*')) return [star(path === '*' ? undefined : path.slice(0, -2))];
    return [target(reference(context, path), alias && context.names.toSql(alias.trim()))];
  }
  const raw = rawNode(context.machine, value);
  return raw ? [target(raw)] : [];
}

/** `count('* as total')`, `count({ total: '*' })`, `sum('amount as sum')`. */
function sums(context: Context, method: string, value: Value): Node[] {
  const fn = method.replace('Distinct', '');
  const [pair] = value.kind === 'object' ? [...spreadFields(value).fields] : [];
  const text = pair ? `${stringOf(pair[1])} as ${pair[0]}` : (stringOf(value) ?? '*');
  const [path = '*', alias] = text.split(/\s+as\s+/i);
  const made = path === '*' ? countAll() : call(fn, [reference(context, path)]);
  return [target(made, context.names.toSql(alias?.trim() ?? fn))];
}

/** `join('b', 'b.a_id', 'a.id')`, with an operator between, or `join('b', function () { this.on(…) })`. */
function joined(
  context: Context,
  before: readonly Node[],
  { args, node, kind }: { args: readonly Value[]; node: ts.Node; kind: JoinType },
): Node[] {
  const [what = UNDEFINED, left, operator, right] = args;
  const last = before.at(-1);
  const [added] = sourceOf(context, what)?.from ?? [];
  if (!last || !added) return [...before];
  const on =
    left?.kind === 'closure'
      ? onOf(context, left, node)
      : left && operator
        ? sides(context, [left, operator, right])
        : null;
  return [...before.slice(0, -1), join([last, added], on, kind)];
}

function sides(
  context: Context,
  [left, operator, right]: readonly [Value, Value, Value | undefined],
): Node {
  const names = [left, right ?? operator].map((each) => reference(context, stringOf(each) ?? ''));
  const op = right ? (stringOf(operator) ?? '=') : '=';
  const [first, second] = names;
  return first && second ? operation(first, op, second) : operand(context, left);
}

function onOf(context: Context, callback: Value, node: ts.Node): Node | null {
  const parts: Node[] = [];
  const self: Special = {
    kind: 'special',
    name: 'knex.join',
    invoke: (method, args) => {
      const [left = UNDEFINED, operator = UNDEFINED, right] = args;
      if (/^(and)?[oO]n$/.test(method)) parts.push(sides(context, [left, operator, right]));
      if (/^(and)?[oO]nVal$/.test(method)) {
        const op = right ? (stringOf(operator) ?? '=') : '=';
        const path = stringOf(left) ?? '';
        parts.push(operation(reference(context, path), op, operand(context, right ?? operator)));
      }
      return self;
    },
  };
  callOn(context.machine, callback, { builder: self, node });
  return parts.length > 0 ? and(parts) : null;
}
