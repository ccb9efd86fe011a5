import type { Table } from '../../../db/db.ts';
import type { Machine } from '../../trace/machine.ts';
import type { Special, Value } from '../../trace/values.ts';

const tables = new WeakMap<object, Table>();

/** Says that a value is the model of a table. */
export function isModelOf(model: Special, table: Table): Special {
  tables.set(model, table);
  return model;
}

/** The table of a model, or of a class that is one. */
export function tableIn(machine: Machine, value: Value | undefined): Table | undefined {
  if (value?.kind === 'class') return machine.deps.schema.tableAt(value.node);
  return value?.kind === 'special' ? tables.get(value) : undefined;
}

export function tableNamed(machine: Machine, name: string | undefined): Table | undefined {
  return machine.deps.schema.tables.find(({ property }) => property === name);
}
