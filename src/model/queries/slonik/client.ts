import type { ts } from '../../../kernel/syntax.ts';
import type { QueryCall } from '../../reader.ts';
import { arrayOf } from '../../trace/composites.ts';
import type { Machine } from '../../trace/machine.ts';
import { branchValue } from '../../trace/path.ts';
import { textOf } from '../../trace/source.ts';
import { truthValue } from '../../trace/terms.ts';
import { literal, type Special, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { lazily } from '../lazily.ts';
import { driverResult, rowsIn } from '../sql/driver-result.ts';
import { fragmentOf, runParts } from '../sql/fragments.ts';
import { oneRow, oneRowOrThrow } from '../sql/one.ts';
import { notFound, violationError } from './errors.ts';

/** A pool, a connection or a transaction of one. */
export function client(machine: Machine): Special {
  const self: Special = {
    kind: 'special',
    name: 'slonik',
    invoke: (name, args, node) => called(machine, self, { name, args, node }),
  };
  return self;
}

function called(machine: Machine, self: Special, call: QueryCall): Value | undefined {
  const { name, args, node } = call;
  const [first = UNDEFINED] = args;
  if (name === 'connect' || name === 'transaction')
    return first.kind === 'closure'
      ? machine.settle(machine.call(first, [self], node), node)
      : undefined;
  if (name === 'end') return UNDEFINED;
  const give = METHODS[name];
  const parts = give && fragmentOf(first);
  if (!give || !parts) return undefined;
  return lazily(machine, () =>
    runParts(machine, { parts, node, error: violationError }, (rows) =>
      give(machine, rows.kind === 'nothing' ? arrayOf([]) : rows, node),
    ),
  );
}

type Give = (machine: Machine, rows: Value, node: ts.Node) => Value;

const one: Give = (machine, rows, node) => oneRowOrThrow(machine, rows, { error: notFound, node });

/** A row of the result, or null. */
const maybeOne: Give = (machine, rows, node) => {
  const row = oneRow(machine, rows, node);
  if (row.kind === 'undefined') return literal(null);
  return branchValue(machine, machine.truth(row, node), {
    yes: () => row,
    no: () => literal(null),
  });
};

const many: Give = (machine, rows, node) => {
  branchValue(machine, machine.truth(machine.get(rows, 'length', node), node), {
    yes: () => UNDEFINED,
    no: () => {
      machine.throwValue(notFound(), node);
      return UNDEFINED;
    },
  });
  return rows;
};

const METHODS: Readonly<Record<string, Give>> = {
  query: driverResult,
  any: (_machine, rows) => rowsIn(rows),
  many,
  one,
  maybeOne,
  exists: (machine, rows, node) =>
    truthValue(machine.truth(machine.get(rows, 'length', node), node)),
  oneFirst: (machine, rows, node) => firstColumn(one(machine, rows, node), node),
  maybeOneFirst: (machine, rows, node) => {
    const row = maybeOne(machine, rows, node);
    return branchValue(machine, machine.truth(row, node), {
      yes: () => firstColumn(row, node),
      no: () => literal(null),
    });
  },
  anyFirst: (_machine, rows, node) => firstColumns(rows, node),
  manyFirst: (machine, rows, node) => firstColumns(many(machine, rows, node), node),
};

function firstColumns(rows: Value, node: ts.Node): Value {
  if (rows.kind !== 'list') return unknown(textOf(node));
  return { ...rows, element: (id) => firstColumn(rows.element(id), node) };
}

/** The value of a row's first column, as far as its statement names columns. */
function firstColumn(row: Value, node: ts.Node): Value {
  const fields =
    row.kind === 'object' ? row.fields.value : row.kind === 'row' ? row.fields : undefined;
  return [...(fields?.values() ?? [])][0] ?? unknown(textOf(node));
}
