import type { JoinType, Node } from 'libpg-query';
import type { ts } from '../../../kernel/syntax.ts';
import { spreadFields } from '../../trace/composites.ts';
import { type Special, stringOf, UNDEFINED, type Value } from '../../trace/values.ts';
import { and, derived, join, operation, table } from '../sql/nodes.ts';
import { selectOf } from './registry.ts';
import type { State } from './state.ts';
import { type Context, callOn, operand, reference } from './where.ts';

/** A table's name, `{ alias: 'table' }`, or a subquery with its alias. */
export function sourceOf(
  { names }: Context,
  source: Value,
): Pick<State, 'from' | 'table'> | undefined {
  const select = selectOf(source);
  if (select) return { from: [derived(select, 'sub')], table: null };
  const [pair] = source.kind === 'object' ? [...spreadFields(source).fields] : [];
  const text = pair ? `${stringOf(pair[1])} as ${pair[0]}` : stringOf(source);
  if (text === undefined) return undefined;
  const [path = '', alias] = text.split(/\s+as\s+/i);
  const name = path.trim().split('.').map(names.toSql).join('.');
  return { from: [table(name, alias && names.toSql(alias.trim()))], table: name };
}

/** Joins by the name of their call. */
export const JOINS: Readonly<Record<string, JoinType>> = {
  join: 'JOIN_INNER',
  innerJoin: 'JOIN_INNER',
  leftJoin: 'JOIN_LEFT',
  leftOuterJoin: 'JOIN_LEFT',
  rightJoin: 'JOIN_RIGHT',
  fullOuterJoin: 'JOIN_FULL',
  crossJoin: 'JOIN_INNER',
};

/** `join('b', 'b.a_id', 'a.id')`, with an operator between, or `join('b', function () { this.on(…) })`. */
export function joined(
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
