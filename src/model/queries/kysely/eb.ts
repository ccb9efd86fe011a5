import type { Node } from 'libpg-query';
import type { ts } from '../../../kernel/syntax.ts';
import { textOf } from '../../trace/source.ts';
import {
  literal,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { and, call, countAll, exists, negated, operation, or, param } from '../sql/nodes.ts';
import {
  type Context,
  comparisonNode,
  conditionNode,
  conditionNodes,
  expression,
  leftOperand,
  operand,
  reference,
  statementOf,
  truth,
} from './expression.ts';
import { selectFrom } from './select.ts';

interface Called {
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

type Method = (context: Context, called: Called) => Node;

/** Kysely's expression builder, as callbacks get it. */
export function expressionBuilder(context: Context): Special {
  const self: Special = {
    kind: 'special',
    name: 'eb',
    call: (args, node) => expression(context, () => comparisonNode(context, args, node)),
    get: (name) => {
      if (name === 'eb') return self;
      return name === 'fn' ? functions(context) : undefined;
    },
    invoke: (method, args, node) => {
      if (method === 'selectFrom') return selectFrom(context, args, { node });
      if (method === 'eb') return self.call?.(args, node);
      const made = METHODS[method];
      return made && expression(context, () => made(context, { args, node }));
    },
  };
  return self;
}

const between =
  (holds: boolean): Method =>
  (context, { args: [value = UNDEFINED, low = UNDEFINED, high = UNDEFINED], node }) => {
    const left = leftOperand(context, value, node);
    const inside = and([
      operation(left, '>=', operand(context, low, node)),
      operation(left, '<=', operand(context, high, node)),
    ]);
    return holds ? inside : negated(inside);
  };

const joined =
  (join: typeof and, otherwise: boolean): Method =>
  (context, { args: [list = UNDEFINED], node }) => {
    if (list.kind === 'object') return conditionNode(context, list, node) ?? truth(context.machine);
    const parts = conditionNodes(context, list, node);
    return parts.length > 0 ? join(parts) : param(context.machine, literal(otherwise));
  };

const METHODS: Readonly<Record<string, Method>> = {
  and: joined(and, true),
  or: joined(or, false),
  not: (context, { args: [part = UNDEFINED], node }) =>
    negated(conditionNode(context, part, node) ?? truth(context.machine)),
  exists: (context, { args: [query], node }) => {
    const select = statementOf(query);
    return select ? exists(select) : param(context.machine, unknown(textOf(node)));
  },
  between: between(true),
  betweenSymmetric: between(true),
  ref: (context, { args: [path] }) => reference(context, stringOf(path) ?? ''),
  val: (context, { args: [value = UNDEFINED] }) => param(context.machine, value),
  value: (context, { args: [value = UNDEFINED] }) => param(context.machine, value),
  lit: (context, { args: [value = UNDEFINED] }) => param(context.machine, value),
  parens: (context, { args, node }) => comparisonNode(context, args, node),
  cast: (context, { args: [value = UNDEFINED], node }) => leftOperand(context, value, node),
  neg: (context, { args: [value = UNDEFINED], node }) =>
    operation(param(context.machine, literal(0)), '-', leftOperand(context, value, node)),
};

/** `eb.fn`: `fn.count('id')`, `fn('lower', ['name'])`, `fn.coalesce('a', eb.lit(0))`. */
export function functions(context: Context): Special {
  const named = (name: string, args: readonly Value[], node: ts.Node) =>
    expression(context, () =>
      name === 'countAll'
        ? countAll()
        : name === 'coalesce'
          ? { CoalesceExpr: { args: args.map((arg) => leftOperand(context, arg, node)) } }
          : call(
              name,
              args.map((arg) => leftOperand(context, arg, node)),
            ),
    );
  const listed = (args: readonly Value[], node: ts.Node) => {
    const [name, list] = args;
    const items = list?.kind === 'array' ? list.items.value.map((item) => item.value) : [];
    return named(stringOf(name) ?? '', items, node);
  };
  return {
    kind: 'special',
    name: 'fn',
    call: listed,
    invoke: (method, args, node) => {
      if (method === 'agg') return listed(args, node);
      return /^(count|countAll|sum|avg|min|max|coalesce)$/.test(method)
        ? named(method, args, node)
        : expression(context, () => param(context.machine, unknown(textOf(node))));
    },
  };
}
