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
  const type = classOfRow(machine, row);
  return (type && memberFor(machine, type, { name, self: row })) ?? field;
}

/** The class that a row is an instance of, where its library makes such. */
export function classOfRow(machine: Machine, { table }: RowValue): ClassValue | undefined {
  const node = table ? machine.deps.schema.classOf?.(table.id) : undefined;
  return node && { kind: 'class', node, scope: fileScope(node.getSourceFile().fileName) };
}
