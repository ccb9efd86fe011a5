import type { Table } from '../../../db/db.ts';
import type { Machine } from '../../trace/machine.ts';
import { set } from '../../trace/path.ts';
import { withFields } from '../../trace/rests.ts';
import { native, UNDEFINED, type Value } from '../../trace/values.ts';
import { lazily } from '../lazily.ts';
import { fieldsOf } from '../records/read.ts';
import { createFrom } from './change.ts';
import { asked } from './errors.ts';

/** `Boat.build(values)`: what `save` inserts, with what the code has put there since; then it has what the database filled in. */
export function built(machine: Machine, table: Table, values: Value = UNDEFINED): Value {
  const made = withFields(values, fieldsOf(values));
  const { fields } = made;
  const save = native('save', (_, node) =>
    lazily(machine, () =>
      asked(machine, () => {
        const given = [...fields.value].filter(([name]) => name !== 'save');
        createFrom(machine, fields, { table, args: [withFields(made, new Map(given))], node });
        return made;
      }),
    ),
  );
  set(machine, fields, new Map([...fields.value, ['save', save]]));
  return made;
}
