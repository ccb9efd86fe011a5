import type { ts } from '../../../kernel/syntax.ts';
import { firstOf } from '../../trace/lists.ts';
import type { Machine } from '../../trace/machine.ts';
import { branchValue } from '../../trace/path.ts';
import { UNDEFINED, type Value } from '../../trace/values.ts';
import { orThrow } from '../records/read.ts';

/** One of the rows that a statement gives, undefined where there is none. */
export function oneRow(machine: Machine, rows: Value, node: ts.Node): Value {
  if (rows.kind === 'array' && rows.items.value.length === 0) return UNDEFINED;
  if (rows.kind !== 'list') return machine.get(rows, '0', node);
  const read = machine.reads.find(({ id }) => id === rows.query);
  if (read && !machine.counted.has(read.id)) read.many = false;
  return firstOf(rows);
}

/** The same; without a row what `error` gives is thrown. */
export function oneRowOrThrow(
  machine: Machine,
  rows: Value,
  { error, node }: { readonly error: () => Value; readonly node: ts.Node },
): Value {
  const row = oneRow(machine, rows, node);
  if (row.kind === 'row') return row.sure ? row : orThrow(machine, row, { error: error(), node });
  if (row.kind !== 'choice') return row;
  return branchValue(machine, machine.truth(row, node), {
    yes: () => row.yes,
    no: () => {
      machine.throwValue(error(), node);
      return UNDEFINED;
    },
  });
}
