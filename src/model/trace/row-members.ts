import { assignedField } from './assigned.ts';
import { fileScope } from './environment.ts';
import type { Machine } from './machine.ts';
import { memberFor } from './members.ts';
import { rowField } from './row-fields.ts';
import type { ClassValue, RowValue, Value } from './values.ts';

/** A row's field as code has set or read it, else what its library or its class adds to it. */
export function rowMember(machine: Machine, row: RowValue, name: string): Value {
  const field = assignedField(machine, row, name) ?? rowField(row, name);
  if (field.kind !== 'undefined' || !row.table) return field;
  for (const { member } of machine.deps.queries) {
    const own = member?.(machine, row, name);
    if (own) return own;
  }
  const node = machine.deps.schema.classOf?.(row.table.id);
  if (!node) return field;
  const type: ClassValue = {
    kind: 'class',
    node,
    scope: fileScope(node.getSourceFile().fileName),
  };
  return memberFor(machine, type, { name, self: row }) ?? field;
}
