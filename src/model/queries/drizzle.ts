import type { ts } from '../../kernel/syntax.ts';
import type { QueryCall, QueryReader } from '../reader.ts';
import { builtIn } from '../trace/classes.ts';
import { countOf } from '../trace/lists.ts';
import type { Machine } from '../trace/machine.ts';
import { textOf } from '../trace/source.ts';
import { termsIn } from '../trace/terms.ts';
import { type Special, UNDEFINED, unknown, type Value } from '../trace/values.ts';
import { OPERATORS } from './drizzle/operators.ts';
import { find, relational, tableNamed } from './drizzle/relational.ts';
import { selectBuilder } from './drizzle/select.ts';
import { sqlText } from './drizzle/sql-text.ts';
import { tellUnknownTable } from './drizzle/unknown-table.ts';
import { writeBuilder } from './drizzle/writes.ts';

/** Drizzle's query builder, its relational queries and sql templates. */
export const drizzle = {
  name: 'drizzle',
  from: /^drizzle-orm(\/|$)/,
  call(machine, { name, args, node, made }) {
    const fn = name.split('.').at(-1) ?? name;
    if (made) return undefined;
    return fn === 'drizzle' ? database(machine) : OPERATORS[fn]?.(machine, { args, node });
  },
  template: (_, { name, node, ...text }) =>
    /(^|\.)sql$/.test(name) ? sqlText(text, node) : undefined,
  guess: queryCall,
} satisfies QueryReader;

/** A connection or transaction. */
function database(machine: Machine): Special {
  const db: Special = {
    kind: 'special',
    name: 'db',
    get: (name) => (name === 'query' || name === '_query' ? relational(machine) : undefined),
    invoke: (method, args, node) => databaseCall(machine, db, { name: method, args, node }),
  };
  return db;
}

/** A call that is a query whatever its receiver is, told by its shape and the tables in it. */
function queryCall(machine: Machine, receiver: Value, called: QueryCall): Value | undefined {
  if (!maybeDatabase(receiver)) return undefined;
  const table = /(?:^|\.)query\.(\w+)$/.exec(nameOf(receiver))?.[1];
  const found = table && tableNamed(machine, table);
  if (found)
    return find(machine, found, {
      method: called.name,
      config: called.args[0] ?? UNDEFINED,
      node: called.node,
    });
  if (receiver.kind === 'package') return undefined;
  const first = called.args[0];
  const plain = called.name === 'select' && (!first || first.kind === 'object');
  const writes =
    ['insert', 'update', 'delete', '$count'].includes(called.name) && first?.kind === 'table';
  const transaction = called.name === 'transaction' && first?.kind === 'closure';
  return plain || writes || transaction ? databaseCall(machine, receiver, called) : undefined;
}

/** What code outside the repo made, or the environment holds. */
function maybeDatabase(value: Value): boolean {
  if (value.kind === 'term') return ['env', 'external', 'opaque'].includes(value.term.kind);
  return value.kind === 'unknown' || value.kind === 'package';
}

function nameOf(value: Value): string {
  if (value.kind === 'unknown') return value.text;
  if (value.kind === 'package') return value.name;
  return value.kind === 'term' && value.term.kind === 'external' ? value.term.name : '';
}

function databaseCall(
  machine: Machine,
  receiver: Value,
  { name, args, node }: QueryCall,
): Value | undefined {
  const [first = UNDEFINED, second] = args;
  switch (name) {
    case 'select':
    case 'selectDistinct':
      return selectBuilder(machine, first);
    case 'selectDistinctOn':
      return selectBuilder(machine, second);
    case 'insert':
    case 'update':
    case 'delete':
      tellUnknownTable(machine, first, node);
      return first.kind === 'table'
        ? writeBuilder(machine, name, { table: first.table, node })
        : undefined;
    case 'transaction':
      return machine.settle(machine.call(first, [transaction(machine)], node), node);
    case '$count':
      return counted(machine, args, node);
    case 'with':
      return receiver;
    case '$with':
      return {
        kind: 'special',
        name: '$with',
        invoke: (method, [query]) => (method === 'as' ? query : undefined),
      };
    case 'execute':
    case 'all':
    case 'run':
      return unknown(textOf(node), termsIn(first));
    default:
      return undefined;
  }
}

/** `tx`: a database that can also give up. */
function transaction(machine: Machine): Special {
  const db = database(machine);
  return {
    ...db,
    invoke: (method, args, node) => {
      if (method !== 'rollback') return databaseCall(machine, db, { name: method, args, node });
      machine.throwValue(builtIn(['TransactionRollbackError', 'DrizzleError', 'Error'], []), node);
      return UNDEFINED;
    },
  };
}

/** `db.$count(table, where)`. */
function counted(
  machine: Machine,
  [table = UNDEFINED, where]: readonly Value[],
  node: ts.Node,
): Value {
  const started = selectBuilder(machine, UNDEFINED).invoke?.('from', [table], node) ?? UNDEFINED;
  const query = where ? machine.invoke(started, { name: 'where', args: [where] }, node) : started;
  const rows = machine.settle(query, node);
  return rows.kind === 'list' ? countOf(rows) : unknown(textOf(node));
}
