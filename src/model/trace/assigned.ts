import type { ts } from '../../kernel/syntax.ts';
import { spreadFields, spreadOver } from './composites.ts';
import type { Machine } from './machine.ts';
import { set } from './path.ts';
import { rowField } from './row-fields.ts';
import { choose } from './terms.ts';
import { type Cell, cell, type Fields, type RowValue, type Value } from './values.ts';

/** A field of a row that code has set since it was read. */
interface Assigned {
  readonly row: RowValue;
  readonly name: string;
  readonly value: Value;
}

/** What code has set on rows, by row and field. */
export type AssignedFields = ReadonlyMap<string, Assigned>;

/** Where only one of two ways set a field, the other has what was read. */
export function assignedCell(): Cell<AssignedFields> {
  return cell<AssignedFields>(
    new Map(),
    (when, yes, no) =>
      new Map(
        [...new Map([...no, ...yes])].map(([key, { row, name }]) => {
          const read = rowField(row, name);
          const value = choose(when, yes.get(key)?.value ?? read, no.get(key)?.value ?? read);
          return [key, { row, name, value }];
        }),
      ),
  );
}

/** `row.name = value`. */
export function assignRow(machine: Machine, row: RowValue, field: readonly [string, Value]): void {
  const [name, value] = field;
  const next = new Map(machine.assigned.value).set(`${row.id}.${name}`, { row, name, value });
  set(machine, machine.assigned, next);
}

export function assignedField(machine: Machine, row: RowValue, name: string): Value | undefined {
  return machine.assigned.value.get(`${row.id}.${name}`)?.value;
}

/** Everything code has set on a row. */
export function assignedTo(machine: Machine, { id }: RowValue): Fields {
  const own = [...machine.assigned.value.values()].filter(({ row }) => row.id === id);
  return new Map(own.map(({ name, value }) => [name, value]));
}

/** `Object.assign(target, …parts)` on something that was read or made: in place. */
export function assignAll(
  machine: Machine,
  target: Value,
  { parts, node }: { parts: readonly Value[]; node: ts.Node },
): Value {
  for (const part of parts) {
    const before = fieldsBefore(machine, target);
    if (!before) return target;
    const { fields } = spreadOver(before, part, node);
    for (const [name, value] of fields) {
      if (before.get(name) === value) continue;
      if (target.kind === 'row') assignRow(machine, target, [name, value]);
      else if (target.kind === 'object' || target.kind === 'instance')
        set(machine, target.fields, new Map([...target.fields.value, [name, value]]));
    }
  }
  return target;
}

function fieldsBefore(machine: Machine, target: Value): Fields | undefined {
  if (target.kind === 'object' || target.kind === 'instance') return target.fields.value;
  if (target.kind !== 'row') return undefined;
  return new Map([...spreadFields(target).fields, ...assignedTo(machine, target)]);
}
