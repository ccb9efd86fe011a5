import type { Op } from '../../../condition/condition.ts';
import type { ts } from '../../../kernel/syntax.ts';
import { all, atom, type Formula, not, some } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { placeAt } from '../../trace/source.ts';
import { object } from '../../trace/terms.ts';
import {
  literal,
  native,
  type Special,
  stringOf,
  UNDEFINED,
  type Value,
} from '../../trace/values.ts';
import { runNested } from '../select.ts';
import { aggregate, comparison, lowered, membership, sqlFormula } from '../terms.ts';

interface Called {
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

type Operator = (machine: Machine, called: Called) => Value | undefined;

function compare(op: Op): Operator {
  return (_, { args: [left = UNDEFINED, right = UNDEFINED], node }) =>
    comparison({ left, op, right }, node);
}

function folded(op: Op): Operator {
  return (_, { args: [left = UNDEFINED, right = UNDEFINED], node }) => {
    return comparison({ left: lowered(left), op, right: lowered(right) }, node);
  };
}

function combined(join: (parts: readonly Formula[]) => Formula): Operator {
  return (_, { args }) => {
    const parts = args.flatMap((arg) =>
      arg.kind === 'array' ? arg.items.value.map((item) => item.value) : [arg],
    );
    const said = parts.filter((part) => part.kind !== 'undefined');
    if (said.length === 0) return UNDEFINED;
    return { kind: 'sqlTest', test: (bind) => join(said.map((part) => sqlFormula(part, bind))) };
  };
}

function there(holds: boolean): Operator {
  return (machine, { args: [query = UNDEFINED], node }) => ({
    kind: 'sqlTest',
    test: (bind) => {
      const id = runNested(machine, query, { bind, node });
      if (!id)
        return atom({ kind: 'opaque', at: placeAt(node), text: node.getText(), holds, terms: [] });
      return atom({ kind: holds ? 'exists' : 'absent', at: placeAt(node), query: id });
    },
  });
}

function nullness(op: '=' | '!='): Operator {
  return (_, { args: [left = UNDEFINED], node }) =>
    comparison({ left, op, right: literal(null) }, node);
}

function inList(holds: boolean): Operator {
  return (machine, { args: [left = UNDEFINED, of = UNDEFINED], node }) => {
    if (of.kind !== 'special') return membership({ left, of, holds }, node);
    return comparison({ left, op: holds ? '=' : '!=', right: machine.settle(of, node) }, node);
  };
}

function between(holds: boolean): Operator {
  return (_, { args: [value = UNDEFINED, low = UNDEFINED, high = UNDEFINED], node }) => ({
    kind: 'sqlTest',
    test: (bind) => {
      const inside = all([
        sqlFormula(comparison({ left: value, op: '>=', right: low }, node), bind),
        sqlFormula(comparison({ left: value, op: '<=', right: high }, node), bind),
      ]);
      return holds ? inside : not(inside);
    },
  });
}

/** drizzle-orm's operators by name. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  eq: compare('='),
  ne: compare('!='),
  gt: compare('>'),
  gte: compare('>='),
  lt: compare('<'),
  lte: compare('<='),
  like: compare('like'),
  notLike: compare('not like'),
  ilike: folded('like'),
  notIlike: folded('not like'),
  and: combined(all),
  or: combined(some),
  not: (_, { args: [part = UNDEFINED] }) => ({
    kind: 'sqlTest',
    test: (bind) => not(sqlFormula(part, bind)),
  }),
  isNull: nullness('='),
  isNotNull: nullness('!='),
  inArray: inList(true),
  notInArray: inList(false),
  between: between(true),
  notBetween: between(false),
  exists: there(true),
  notExists: there(false),
  count: (_, { args }) => aggregate('count', args[0]),
  countDistinct: (_, { args }) => aggregate('count', args[0]),
  sum: (_, { args }) => aggregate('sum', args[0]),
  sumDistinct: (_, { args }) => aggregate('sum', args[0]),
  avg: (_, { args }) => aggregate('avg', args[0]),
  min: (_, { args }) => aggregate('min', args[0]),
  max: (_, { args }) => aggregate('max', args[0]),
  asc: (_, { args }) => args[0],
  desc: (_, { args }) => args[0],
  getTableColumns: (_, { args }) => columnsOf(args[0]),
  alias: (_, { args }) => aliased(args),
  aliasedTable: (_, { args }) => aliased(args),
};

function aliased([table, name]: readonly Value[]): Value | undefined {
  if (table?.kind !== 'table') return undefined;
  return { ...table, source: stringOf(name) ?? table.source };
}

/** A table's columns by property. */
export function columnsOf(table: Value | undefined): Value | undefined {
  if (table?.kind !== 'table') return undefined;
  return object(
    table.table.columns.map(
      (column) => [column.property, { kind: 'column', source: table.source, column }] as const,
    ),
  );
}

/** The operators a `where` callback gets as its second argument. */
export function operatorsObject(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'operators',
    get: (name) => {
      const operator = OPERATORS[name];
      if (name === 'sql') return { kind: 'package', package: 'drizzle-orm', name: 'sql' };
      return (
        operator && native(name, (args, node) => operator(machine, { args, node }) ?? UNDEFINED)
      );
    },
  };
}
