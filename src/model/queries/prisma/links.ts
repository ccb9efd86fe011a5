import type { Table } from '../../../db/db.ts';
import type { Relation } from '../../reader.ts';
import type { Machine } from '../../trace/machine.ts';
import { object } from '../../trace/terms.ts';
import type { Value } from '../../trace/values.ts';
import { write } from '../write.ts';
import { type Called, changeOf } from './called.ts';

/** Makes the row between two ends, where it is not there yet. */
export function link(
  machine: Machine,
  { table, node }: Called,
  { relation, row, child }: { relation: Relation; row: Value; child: Value },
): void {
  const { through } = relation;
  const tableOf = (id: string | undefined) =>
    machine.deps.schema.tables.find((each) => each.id === id);
  const between = tableOf(through?.table);
  const other = tableOf(relation.table);
  if (!through || !between || !other) return;
  const keyOf = (end: Table, of: Value) => {
    const key = end.columns.find(({ name }) => name === end.primaryKey[0]);
    return machine.get(of, key?.property ?? 'id', node);
  };
  const values = object([
    [through.own, keyOf(table, row)],
    [through.other, keyOf(other, child)],
  ]);
  const about = { table: between, model: between.property, args: object(), node };
  write(machine, changeOf(about, { values, onConflict: 'nothing' }));
}
