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
