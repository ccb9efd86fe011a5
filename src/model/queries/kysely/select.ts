import type { JoinType, Node, SelectStmt } from 'libpg-query';
import type { ts } from '../../../kernel/syntax.ts';
import { literal, type Special, stringOf, UNDEFINED, type Value } from '../../trace/values.ts';
import { and, derived, join, star, table, target } from '../sql/nodes.ts';
import { ended, type NamedQuery, readRows } from './ends.ts';
import {
  aliasOf,
  type Context,
  comparisonNode,
  leftOperand,
  operand,
  reference,
  referenceNode,
  standsFor,
  statementOf,
} from './expression.ts';

/** A select as its builder's calls have left it. */
interface State {
  readonly ctes: readonly NamedQuery[];
  readonly from: readonly Node[];
  readonly targets: readonly Node[];
  readonly where: readonly Node[];
  readonly group: readonly Node[];
  readonly limit: Node | null;
  readonly offset: Node | null;
  readonly combined: boolean;
  readonly alias: string | null;
}

const EMPTY: State = {
  ctes: [],
  from: [],
  targets: [],
  where: [],
  group: [],
  limit: null,
  offset: null,
  combined: false,
  alias: null,
};

const aliases = new WeakMap<Special, string>();

/** `db.selectFrom('person as p')`. */
export function selectFrom(
  context: Context,
  [from = UNDEFINED]: readonly Value[],
  { node, ctes = [] }: { node: ts.Node; ctes?: readonly NamedQuery[] },
): Special {
  const list = from.kind === 'array' ? from.items.value.map((item) => item.value) : [from];
  return builder(context, {
    ...EMPTY,
    ctes,
    from: list.flatMap((each) => source(context, each, node) ?? []),
  });
}

/** `db.selectNoFrom(…)`. */
export function selectNoFrom(
  context: Context,
  [fields = UNDEFINED]: readonly Value[],
  node: ts.Node,
) {
  return builder(context, { ...EMPTY, targets: targetsOf(context, fields, node) });
}

/** What stands in FROM: a table's name, a subquery with its alias, or a callback that makes one. */
export function source(context: Context, value: Value, node: ts.Node): Node | undefined {
  const name = stringOf(value);
  if (name !== undefined) {
    const [path = '', alias] = name.split(/\s+as\s+/i);
    return table(path.trim().split('.').map(context.names.toSql).join('.'), nameIn(context, alias));
  }
  if (value.kind === 'closure') {
    return source(context, context.machine.call(value, [context.eb()], node), node);
  }
  const select = statementOf(value);
  const alias = value.kind === 'special' ? aliases.get(value) : undefined;
  return select && alias !== undefined ? derived(select, context.names.toSql(alias)) : undefined;
}

function nameIn({ names }: Context, alias: string | undefined): string | undefined {
  return alias === undefined ? undefined : names.toSql(alias.trim());
}

function builder(context: Context, state: State): Special {
  const made: Special = {
    kind: 'special',
    name: 'selectFrom',
    invoke: (method, args, node) => {
      const rows = () => readRows(context, { select: statement(state), ctes: state.ctes, node });
      const call = { method, args, node };
      return ended(context, made, { ...call, rows }) ?? step(context, state, call) ?? made;
    },
  };
  if (state.alias !== null) aliases.set(made, state.alias);
  return standsFor(made, () => statement(state));
}

function statement({ from, targets, where, group, limit, offset, combined }: State): SelectStmt {
  return {
    op: combined ? 'SETOP_UNION' : 'SETOP_NONE',
    targetList: targets.length > 0 ? [...targets] : [star()],
    fromClause: [...from],
    ...(where.length > 0 ? { whereClause: and(where) } : {}),
    groupClause: [...group],
    ...(limit ? { limitCount: limit } : {}),
    ...(offset ? { limitOffset: offset } : {}),
  };
}

interface Step {
  readonly method: string;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

function step(context: Context, state: State, { method, args, node }: Step): Special | undefined {
  const [first = UNDEFINED] = args;
  const next = (change: Partial<State>) => builder(context, { ...state, ...change });
  const operandOf = (value: Value) => operand(context, value, node);
  const kind = JOINS[method];
  if (kind) return next({ from: joined(context, state.from, { args, node, kind }) });
  switch (method) {
    case 'where':
      return next({ where: [...state.where, comparisonNode(context, args, node)] });
    case 'whereRef':
      return next({ where: [...state.where, referenceNode(context, args, node)] });
    case 'having':
    case 'havingRef':
      return next({ group: state.group.length > 0 ? state.group : [operandOf(literal(1))] });
    case 'select':
      return next({ targets: [...state.targets, ...targetsOf(context, first, node)] });
    case 'selectAll':
      return next({ targets: [...state.targets, ...starsOf(context, first)] });
    case 'clearSelect':
      return next({ targets: [] });
    case 'clearWhere':
      return next({ where: [] });
    case 'groupBy':
      return next({ group: [...state.group, leftOperand(context, first, node)] });
    case 'limit':
      return next({ limit: operandOf(first) });
    case 'offset':
      return next({ offset: operandOf(first) });
    case 'as':
      return next({ alias: stringOf(first) ?? null });
    case 'union':
    case 'unionAll':
    case 'intersect':
    case 'except':
      return next({ combined: true });
    default:
      return undefined;
  }
}

const JOINS: Readonly<Record<string, JoinType>> = {
  innerJoin: 'JOIN_INNER',
  leftJoin: 'JOIN_LEFT',
  rightJoin: 'JOIN_RIGHT',
  fullJoin: 'JOIN_FULL',
  crossJoin: 'JOIN_INNER',
  innerJoinLateral: 'JOIN_INNER',
  leftJoinLateral: 'JOIN_LEFT',
};

/** Joins to the last of what is there: by two columns, or by what a callback says. */
export function joined(
  context: Context,
  from: readonly Node[],
  { args, node, kind }: { args: readonly Value[]; node: ts.Node; kind: JoinType },
): Node[] {
  const [what = UNDEFINED, left, right] = args;
  const last = from.at(-1);
  const added = source(context, what, node);
  if (!last || !added) return [...from];
  const on =
    left?.kind === 'closure'
      ? onOf(context, left, node)
      : left && right
        ? referenceNode(context, [left, literal('='), right], node)
        : null;
  return [...from.slice(0, -1), join([last, added], on, kind)];
}

/** `(join) => join.onRef('a.id', '=', 'b.a_id').on('b.live', '=', true)`. */
function onOf(context: Context, callback: Value, node: ts.Node): Node | null {
  const parts: Node[] = [];
  const self: Special = {
    kind: 'special',
    name: 'join',
    invoke: (method, args, at) => {
      if (method === 'on') parts.push(comparisonNode(context, args, at));
      if (method === 'onRef') parts.push(referenceNode(context, args, at));
      return self;
    },
  };
  context.machine.call(callback, [self], node);
  return parts.length > 0 ? and(parts) : null;
}

function starsOf({ names }: Context, of: Value): Node[] {
  const list = of.kind === 'array' ? of.items.value.map((item) => item.value) : [of];
  return list.map((each) => {
    const name = stringOf(each);
    return star(name === undefined ? undefined : names.toSql(name));
  });
}

/** What `select` and `returning` name: columns, expressions with an alias, callbacks for either. */
export function targetsOf(context: Context, value: Value, node: ts.Node): Node[] {
  if (value.kind === 'array')
    return value.items.value.flatMap((item) => targetsOf(context, item.value, node));
  if (value.kind === 'closure')
    return targetsOf(context, context.machine.call(value, [context.eb()], node), node);
  const path = stringOf(value);
  if (path !== undefined) {
    const [name = '', alias] = path.split(/\s+as\s+/i);
    return [target(reference(context, name), nameIn(context, alias))];
  }
  const alias = aliasOf(value) ?? (value.kind === 'special' ? (aliases.get(value) ?? null) : null);
  if (alias === null) return [];
  return [target(operand(context, value, node), context.names.toSql(alias))];
}
