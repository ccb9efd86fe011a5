import type { Term } from '../../condition/condition.ts';
import type { Write } from '../model.ts';
import { type Machine, tableOfRow } from './machine.ts';
import { isRequired, partAt } from './schema-parts.ts';

/** Whether a field of the request need not be sent for a column to be written: what it says, or what the column has anyway. */
export function isOptional(
  machine: Machine,
  write: Write,
  { column, term }: { column: string; term: Term & { kind: 'input' } },
): boolean {
  const name = term.path.at(-1);
  const whole = machine.inputs.get(term.from) ?? null;
  if (name === undefined || term.from === 'params' || /^\d+$/.test(name)) return false;
  if (isRequired(partAt(whole, term.path.slice(0, -1)), name)) return false;
  const stored = tableOfRow(machine, write.id)?.columns.find((each) => each.name === column);
  if (!stored) return false;
  return write.kind === 'update' || stored.nullable || stored.default.kind !== 'none';
}
