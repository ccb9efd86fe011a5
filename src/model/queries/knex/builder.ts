import type { Node, SelectStmt } from 'libpg-query';
import type { ts } from '../../../kernel/syntax.ts';
import type { Machine } from '../../trace/machine.ts';
import { set } from '../../trace/path.ts';
import { type Cell, native, type Special, UNDEFINED, type Value } from '../../trace/values.ts';
import type { Names } from '../kysely/names.ts';
import { star } from '../sql/nodes.ts';
import { extension } from './extensions.ts';
import { JOINS, joined, sourceOf } from './joins.ts';
import { standsFor } from './registry.ts';
import { resultOf } from './run.ts';
import { conditionOf, type State, stateCell } from './state.ts';
import { SUMS, sums, targetsOf } from './targets.ts';
import { type Context, callOn, operand, whereCall } from './where.ts';
import { type Called, written } from './writes.ts';

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
      if (changed || CHAINED.test(method)) return made;
      return extension(machine, made, { method, args, node: at });
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

/** What a call changes; undefined for one that changes nothing of what we follow. */
function step(context: Context, state: State, called: Called): Partial<State> | undefined {
  const { method, args, node } = called;
  const [first = UNDEFINED] = args;
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
      return written(context, called);
  }
}

function withTest(
  where: State['where'],
  { test, either }: { test: Node | null; either: boolean },
): State['where'] {
  if (!test) return where;
  const last = where.at(-1) ?? [];
  return either && last.length > 0 ? [...where, [test]] : [...where.slice(0, -1), [...last, test]];
}
