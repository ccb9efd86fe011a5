import type { Node } from 'libpg-query';
import type { ts } from '../../../kernel/syntax.ts';
import { callClosure } from '../../trace/closures.ts';
import { spreadFields } from '../../trace/composites.ts';
import type { Machine } from '../../trace/machine.ts';
import { textOf } from '../../trace/source.ts';
import {
  literal,
  literalOf,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import type { Names } from '../kysely/names.ts';
import { and, column, exists, negated, operation, param, scalar } from '../sql/nodes.ts';
import { rawNode } from './raw.ts';
import { selectOf } from './registry.ts';

/** Where a condition is built: whose names it uses, and how a callback's builder is made. */
export interface Context {
  readonly machine: Machine;
  readonly names: Names;
  /** Runs a callback on a builder of conditions alone and gives what it asked for. */
  readonly nested: (callback: Value, node: ts.Node) => Node | null;
}

interface Called {
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

export function reference({ names }: Context, path: string): Node {
  return column(path.trim().split('.').map(names.toSql));
}

/** What a value is as an operand: raw SQL, a subquery, else a parameter. */
export function operand(context: Context, value: Value): Node {
  const select = selectOf(value);
  if (select) return scalar(select);
  return rawNode(context.machine, value) ?? param(context.machine, value);
}

function left(context: Context, value: Value): Node {
  const path = stringOf(value);
  return path === undefined ? operand(context, value) : reference(context, path);
}

/** `where({ … })`, `where(column, value)`, `where(column, operator, value)`, `where(function () { … })`. */
export function comparison(context: Context, { args, node }: Called): Node | null {
  const [first = UNDEFINED, second = UNDEFINED, third] = args;
  if (first.kind === 'closure') return context.nested(first, node);
  if (first.kind === 'object' || (first.kind === 'term' && first.term.kind === 'input')) {
    const parts = [...spreadFields(first).fields].map(([name, value]) =>
      operation(reference(context, name), '=', operand(context, value)),
    );
    return parts.length > 0 ? and(parts) : null;
  }
  if (args.length === 1) return operand(context, first);
  const op = third === undefined ? '=' : stringOf(second);
  if (op === undefined) return param(context.machine, unknown(textOf(node)));
  const right = third ?? second;
  const isNull = literalOf(right) === null;
  return operation(left(context, first), isNull && op === '=' ? 'is' : op, operand(context, right));
}

type Test = (context: Context, called: Called) => Node | null;

const pair =
  (operator: string): Test =>
  (context, { args: [first = UNDEFINED, second = UNDEFINED] }) =>
    operation(left(context, first), operator, operand(context, second));

const nullness =
  (operator: string): Test =>
  (context, { args: [first = UNDEFINED] }) =>
    operation(left(context, first), operator, param(context.machine, literal(null)));

const between: Test = (context, { args: [first = UNDEFINED, range] }) => {
  const [low, high] = range?.kind === 'array' ? range.items.value : [];
  if (!low || !high) return null;
  const subject = left(context, first);
  return and([
    operation(subject, '>=', operand(context, low.value)),
    operation(subject, '<=', operand(context, high.value)),
  ]);
};

const there: Test = (context, { args: [query], node }) => {
  const select = selectOf(query);
  return select ? exists(select) : param(context.machine, unknown(textOf(node)));
};

const columns: Test = (context, { args: [first = UNDEFINED, operator, second] }) => {
  const right = second ?? operator ?? UNDEFINED;
  const op = second ? (stringOf(operator) ?? '=') : '=';
  return operation(left(context, first), op, left(context, right));
};

/** The tests by their name, without `where`, `and`, `or` and `not` before it. */
const TESTS: Readonly<Record<string, Test>> = {
  '': comparison,
  In: pair('in'),
  Null: nullness('is'),
  Between: between,
  Exists: there,
  Like: pair('like'),
  ILike: pair('ilike'),
  Column: columns,
  Raw: (context, { args: [first = UNDEFINED, bindings], node }) =>
    rawNode(context.machine, first, bindings) ?? param(context.machine, unknown(textOf(node))),
};

/** What a `where…` call asks, and whether it begins another way (`orWhere`); undefined for other calls. */
export function whereCall(
  context: Context,
  method: string,
  called: Called,
): { test: Node | null; either: boolean } | undefined {
  const parts = /^(and|or)?([wW]here)(Not)?(\w*)$/.exec(method);
  const run = parts && TESTS[parts[4] ?? ''];
  if (!parts || !run) return undefined;
  const said = run(context, called);
  const test = said && parts[3] ? negated(said) : said;
  return { test, either: parts[1] === 'or' };
}

/** Calls a function with the builder as `this` and as its argument. */
export function callOn(
  machine: Machine,
  callback: Value,
  { builder, node }: { builder: Special; node: ts.Node },
): Value {
  return callback.kind === 'closure'
    ? callClosure(machine, callback, { args: [builder], node, self: builder })
    : machine.call(callback, [builder], node);
}
