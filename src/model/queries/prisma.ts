import type { Table } from '../../db/db.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { QueryCall, QueryReader, Template } from '../reader.ts';
import { arrayOf } from '../trace/composites.ts';
import { databaseError } from '../trace/errors.ts';
import { countOf } from '../trace/lists.ts';
import type { Machine } from '../trace/machine.ts';
import { textOf } from '../trace/source.ts';
import { object, termsIn } from '../trace/terms.ts';
import {
  literal,
  type Special,
  term,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from '../trace/values.ts';
import { lazily } from './lazily.ts';
import type { Called } from './prisma/called.ts';
import { changeMany, changeOne, createMany, createOne, upsert } from './prisma/change.ts';
import { notFound } from './prisma/errors.ts';
import { validated } from './prisma/validation.ts';
import { fieldsOf, find, orThrow } from './records/read.ts';
import { runSql } from './sql/run.ts';
import { withText } from './sql/text.ts';

/** Prisma's client, wherever it was generated to. */
export const prisma = {
  name: 'prisma',
  from: /^@prisma\/client|prisma|generated/,
  call: (machine, { name, made }) =>
    made && /(^|\.)PrismaClient$/.test(name) ? client(machine) : undefined,
  constant: (machine, name) => {
    const [label = '', type = ''] = name.split('.').reverse();
    const said = machine.deps.schema.labelOf?.(type, label);
    return said === undefined ? undefined : literal(said);
  },
  typed: (machine, { name }) =>
    /^(PrismaClient|PrismaService|Prisma\.TransactionClient)$/.test(name)
      ? client(machine)
      : undefined,
} satisfies QueryReader;

function client(machine: Machine): Special {
  const made: Special = {
    kind: 'special',
    name: 'prisma',
    get: (name) => {
      const table = machine.deps.schema.tables.find((each) => each.property === name);
      if (table) return delegate(machine, table);
      return /^\$(query|execute)Raw$/.test(name) ? raw(machine, name) : undefined;
    },
    invoke: (method, args, node) => clientCall(machine, made, { name: method, args, node }),
  };
  return made;
}

function clientCall(
  machine: Machine,
  made: Special,
  { name, args, node }: QueryCall,
): Value | undefined {
  const [first = UNDEFINED] = args;
  if (name === '$transaction') {
    if (first.kind === 'array') {
      return arrayOf(
        first.items.value.map((item) => ({ ...item, value: machine.settle(item.value, node) })),
      );
    }
    return machine.settle(machine.call(first, [made], node), node);
  }
  if (/^\$(query|execute)RawUnsafe$/.test(name)) {
    const [, ...params] = args;
    const rows = withText(
      machine,
      { value: first, given: params.length, node },
      ({ text, added }) => rawRows(machine, { text, params: [...params, ...added], node }),
    );
    return rows ?? unknown(textOf(node), args.flatMap(termsIn));
  }
  if (name === '$extends') return made;
  return ['$connect', '$disconnect', '$on', '$use'].includes(name) ? UNDEFINED : undefined;
}

/** `$queryRaw` as a template's tag. */
function raw(machine: Machine, name: string): Special {
  return {
    kind: 'special',
    name,
    tag: (template, node) => templateRows(machine, template, node),
  };
}

function templateRows(machine: Machine, { texts, values }: Template, node: ts.Node): Value {
  const text = texts.map((part, index) => (index === 0 ? part : `$${index}${part}`)).join('');
  return rawRows(machine, { text, params: values, node });
}

function rawRows(
  machine: Machine,
  { text, params, node }: { text: string; params: readonly Value[]; node: ts.Node },
): Value {
  const rows = runSql(machine, { text, params, node, error: databaseError });
  if (rows?.kind === 'nothing') return UNDEFINED;
  if (rows?.kind === 'special') return machine.get(rows, 'rowCount', node);
  return rows ?? unknown(textOf(node), params.flatMap(termsIn));
}

/** `prisma.user`: each call of it is a query that runs when it is awaited. */
function delegate(machine: Machine, table: Table): Special {
  const model = table.property.charAt(0).toUpperCase() + table.property.slice(1);
  return {
    kind: 'special',
    name: `prisma.${table.property}`,
    invoke: (method, [args = UNDEFINED], node) => {
      const run = OPERATIONS[method];
      if (!run) return undefined;
      return lazily(machine, () => {
        validated(machine, { table, method, args, node });
        return run(machine, { table, model, args, node });
      });
    },
  };
}

type Operation = (machine: Machine, called: Called) => Value;

const first: Operation = (machine, { table, args, node }) =>
  find(machine, table, { one: true, args, node });

const firstOrThrow: Operation = (machine, called) => {
  const row = first(machine, called);
  return row.kind === 'row'
    ? orThrow(machine, row, { error: notFound(called.model), node: called.node })
    : row;
};

const OPERATIONS: Readonly<Record<string, Operation>> = {
  findUnique: first,
  findFirst: first,
  findUniqueOrThrow: firstOrThrow,
  findFirstOrThrow: firstOrThrow,
  findMany: (machine, { table, args, node }) =>
    find(machine, table, { one: false, args, node, backwards: true }),
  count: (machine, { table, args, node }) => {
    const rows = find(machine, table, { one: false, args: onlyWhere(args), node });
    return rows.kind === 'list' ? countOf(rows) : unknown(textOf(node));
  },
  aggregate,
  create: createOne,
  createMany: (machine, called) => counted(machine, createMany(machine, called), called),
  createManyAndReturn: createMany,
  update: (machine, called) => changeOne(machine, 'update', called),
  delete: (machine, called) => changeOne(machine, 'delete', called),
  updateMany: (machine, called) => counted(machine, changeMany(machine, 'update', called), called),
  deleteMany: (machine, called) => counted(machine, changeMany(machine, 'delete', called), called),
  upsert,
};

function onlyWhere(args: Value): Value {
  const where = fieldsOf(args).get('where');
  return object(where ? [['where', where]] : []);
}

/** `{ count }`. */
function counted(machine: Machine, rows: Value, { node }: Called): Value {
  return {
    kind: 'special',
    name: 'prisma.count',
    get: (name) =>
      name === 'count'
        ? machine.get(rows, rows.kind === 'special' ? 'count' : 'length', node)
        : undefined,
  };
}

const SUMS = ['sum', 'min', 'max', 'avg'] as const;

/** `aggregate({ _sum: { price: true } })`. */
function aggregate(machine: Machine, { table, args, node }: Called): Value {
  const rows = find(machine, table, { one: false, args: onlyWhere(args), node });
  if (rows.kind !== 'list') return unknown(textOf(node));
  machine.counted.add(rows.query);
  const parts = SUMS.map((op) => {
    const fields = [...fieldsOf(fieldsOf(args).get(`_${op}`)).keys()].map((name) => {
      const column = table.columns.find((each) => each.property === name)?.name ?? name;
      const of = { kind: 'column', row: rows.query, column } as const;
      return [
        name,
        term({ kind: 'aggregate', op, query: rows.query, of }, typed('number', true)),
      ] as const;
    });
    return [`_${op}`, object(fields)] as const;
  });
  const all = object([
    ['_all', countOf(rows)],
    ['id', countOf(rows)],
  ]);
  const count = fieldsOf(args).get('_count');
  return object([...parts, ['_count', count?.kind === 'object' ? all : countOf(rows)]]);
}
