import type { Node, SelectStmt } from 'libpg-query';
import type { ts } from '../../../kernel/syntax.ts';
import { spreadFields, spreadItems } from '../../trace/composites.ts';
import { not } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { textOf } from '../../trace/source.ts';
import {
  literal,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { and, column, negated, operation, or, param, scalar } from '../sql/nodes.ts';
import type { Names } from './names.ts';

/** Where an expression is built: whose names it uses, and what callbacks are given. */
export interface Context {
  readonly machine: Machine;
  readonly names: Names;
  readonly eb: () => Value;
}

const statements = new WeakMap<Special, () => SelectStmt>();

/** Says that a builder stands for a select, so that others can take it as a subquery. */
export function standsFor(made: Special, statement: () => SelectStmt): Special {
  statements.set(made, statement);
  return made;
}

/** The select a value stands for, where it is a builder of one. */
export function statementOf(value: Value | undefined): SelectStmt | undefined {
  return value?.kind === 'special' ? statements.get(value)?.() : undefined;
}

interface Expression {
  readonly node: () => Node;
  readonly alias: string | null;
}

const expressions = new WeakMap<Special, Expression>();

/** An expression as its builder hands it out; a sql template can also be executed. */
export function expression(
  context: Context,
  make: () => Node,
  { alias = null, execute }: { alias?: string | null; execute?: (at: ts.Node) => Value } = {},
): Special {
  let made: Node | undefined;
  const node = () => {
    made ??= make();
    return made;
  };
  const self: Special = {
    kind: 'special',
    name: 'expression',
    invoke: (method, args, at) => {
      if (method === 'execute') return execute?.(at);
      if (method === 'as') return expression(context, node, { alias: stringOf(args[0]) ?? null });
      if (method === 'and' || method === 'or') {
        const other = comparisonNode(context, args, at);
        return expression(context, () => (method === 'and' ? and : or)([node(), other]));
      }
      if (/^(over|filterWhere|filterWhereRef)$/.test(method))
        return expression(context, () => param(context.machine, unknown(textOf(at))));
      return /^(\$\w+|distinct|orderBy|withinGroup)$/.test(method) ? self : undefined;
    },
  };
  expressions.set(self, { node, alias });
  return self;
}

/** The name an expression or subquery was given by `as`. */
export function aliasOf(value: Value | undefined): string | null {
  return value?.kind === 'special' ? (expressions.get(value)?.alias ?? null) : null;
}

/** `table.column`, with the database's names. */
export function reference({ names }: Context, path: string): Node {
  return column(path.trim().split('.').map(names.toSql));
}

/** What a value is as an operand: an expression, a subquery, a callback, else a parameter. */
export function operand(context: Context, value: Value, at: ts.Node): Node {
  const { machine } = context;
  if (value.kind === 'closure') {
    return operand(context, machine.call(value, [context.eb()], at), at);
  }
  if (value.kind === 'special') {
    const known = expressions.get(value);
    if (known) return known.node();
    const select = statementOf(value);
    if (select) return scalar(select);
  }
  return param(machine, value);
}

/** What a value is as a condition; a choice of conditions says each on its own side. */
export function conditionNode(context: Context, value: Value, at: ts.Node): Node | null {
  const { machine } = context;
  switch (value.kind) {
    case 'undefined':
      return null;
    case 'choice': {
      const when = (of: typeof value.when) => param(machine, { kind: 'test', formula: of });
      const yes = conditionNode(context, value.yes, at) ?? truth(machine);
      const no = conditionNode(context, value.no, at) ?? truth(machine);
      return or([and([when(value.when), yes]), and([when(not(value.when)), no])]);
    }
    case 'object':
      return allOf(context, [...spreadFields(value).fields], at);
    default:
      return operand(context, value, at);
  }
}

/** `eb.and({ first: 'a', last: 'b' })`. */
function allOf(context: Context, fields: readonly (readonly [string, Value])[], at: ts.Node): Node {
  return and(
    fields
      .filter(([, value]) => value.kind !== 'undefined')
      .map(([name, value]) =>
        operation(reference(context, name), '=', operand(context, value, at)),
      ),
  );
}

export function truth(machine: Machine): Node {
  return param(machine, literal(true));
}

/** A list of conditions; an entry that is there only sometimes says nothing otherwise. */
export function conditionNodes(context: Context, list: Value, at: ts.Node): Node[] {
  const { machine } = context;
  return spreadItems(list).flatMap(({ value, when }): Node[] => {
    const said = conditionNode(context, value, at);
    if (!said) return [];
    if (!when) return [said];
    return [or([negated(param(machine, { kind: 'test', formula: when })), said])];
  });
}

/** `where(column, operator, value)`, `where(condition)`, `where((eb) => …)`. */
export function comparisonNode(context: Context, args: readonly Value[], at: ts.Node): Node {
  const [left = UNDEFINED, operator, right = UNDEFINED] = args;
  if (args.length < 3) {
    const said = left.kind === 'closure' ? context.machine.call(left, [context.eb()], at) : left;
    return conditionNode(context, said, at) ?? truth(context.machine);
  }
  const op = stringOf(operator);
  if (op === undefined) return param(context.machine, unknown(textOf(at)));
  return operation(leftOperand(context, left, at), op, operand(context, right, at));
}

/** On the left a text names a column. */
export function leftOperand(context: Context, value: Value, at: ts.Node): Node {
  const path = stringOf(value);
  return path === undefined ? operand(context, value, at) : reference(context, path);
}

/** `whereRef('a.id', '=', 'b.a_id')`. */
export function referenceNode(context: Context, args: readonly Value[], at: ts.Node): Node {
  const [left = UNDEFINED, operator, right = UNDEFINED] = args;
  const sides = [left, right].map((side) => leftOperand(context, side, at));
  const [first, second] = sides;
  return first && second
    ? operation(first, stringOf(operator) ?? '=', second)
    : truth(context.machine);
}
