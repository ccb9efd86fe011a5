import type { Table } from '../../../db/db.ts';
import type { Machine } from '../../trace/machine.ts';
import type { Value } from '../../trace/values.ts';

/** The table of what stands for an entity: its class, one of its rows, several of them. */
export function entityOf(machine: Machine, value: Value | undefined): Table | undefined {
  if (value?.kind === 'array') return entityOf(machine, value.items.value[0]?.value);
  if (value?.kind === 'choice') return entityOf(machine, value.yes) ?? entityOf(machine, value.no);
  if (value?.kind === 'class') return machine.deps.schema.tableAt(value.node);
  if (value?.kind === 'row') return value.table ?? undefined;
  const made = value?.kind === 'instance' ? value.of : null;
  return made ? machine.deps.schema.tableAt(made.node) : undefined;
}
