import type { Table } from '../../../db/db.ts';
import type { ts } from '../../../kernel/syntax.ts';
import type { Machine } from '../../trace/machine.ts';
import type { Value } from '../../trace/values.ts';
import { type Change, newChange } from '../change.ts';
import { find, orThrow } from '../records/read.ts';
import { whereOf } from '../records/where.ts';
import { notFound, violation } from './errors.ts';

/** A method of a model's, as it is called. */
export interface Called {
  readonly table: Table;
  readonly model: string;
  readonly args: Value;
  readonly node: ts.Node;
}

export function changeOf(called: Called, change: Partial<Change>): Change {
  const { table, model, node } = called;
  return newChange({ table, node, error: violation(table, model) }, change);
}

/** The one row that must be there. */
export function one(machine: Machine, { table, model, args, node }: Called): Value {
  const row = find(machine, table, { one: true, args, node, anew: true });
  return row.kind === 'row' ? orThrow(machine, row, { error: notFound(model), node }) : row;
}

/** A `where` object as a test of whichever row a write binds its table to. */
export function whereTest(
  machine: Machine,
  { table, node }: Called,
  where: Value | undefined,
): Value {
  return {
    kind: 'sqlTest',
    test: (bind) => whereOf(machine, { table, id: bind(table.id) ?? table.id, node }, where),
  };
}
