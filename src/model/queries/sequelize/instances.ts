import type { Table } from '../../../db/db.ts';
import type { ts } from '../../../kernel/syntax.ts';
import type { QueryCall } from '../../reader.ts';
import type { Machine } from '../../trace/machine.ts';
import { set } from '../../trace/path.ts';
import { sentBeside } from '../../trace/rests.ts';
import { fieldsCell, object } from '../../trace/terms.ts';
import {
  type Fields,
  type InstanceValue,
  stringOf,
  UNDEFINED,
  type Value,
} from '../../trace/values.ts';
import { lazily } from '../lazily.ts';
import { fieldsOf } from '../records/read.ts';
import { createFrom } from './change.ts';
import { asked } from './errors.ts';
import { tableIn } from './tables.ts';

/** What `new Boat(values)` has of its model: the values of its columns. */
export function instanceOf(
  machine: Machine,
  table: Table,
  { values = UNDEFINED, node }: { readonly values: Value | undefined; readonly node: ts.Node },
): Value {
  const names = table.columns.map(({ property }) => property);
  const fields = new Map([...fieldsOf(values), ...sentBeside(machine, values, { names, node })]);
  return { kind: 'instance', of: null, ancestry: [], fields: fieldsCell(fields) };
}

/** A method of the model that code made an instance of by itself; undefined for any other. */
export function instanceCall(
  machine: Machine,
  receiver: InstanceValue,
  { name, args, node }: QueryCall,
): Value | undefined {
  const table = tableIn(machine, receiver.of ?? undefined);
  if (!table || machine.get(receiver, name, node).kind !== 'undefined') return undefined;
  const [first = UNDEFINED, second = UNDEFINED] = args;
  const property = stringOf(first);
  if (name === 'save') return saved(machine, table, { receiver, node });
  if (/^(get|getDataValue|toJSON)$/.test(name))
    return property === undefined
      ? object(columnsOf(table, receiver))
      : machine.get(receiver, property, node);
  if (!/^set(DataValue)?$/.test(name)) return undefined;
  const values = property === undefined ? [...fieldsOf(first)] : [[property, second] as const];
  set(machine, receiver.fields, new Map([...receiver.fields.value, ...values]));
  return receiver;
}

/** Inserted with what it has by then; from here on it has what the database filled in. */
function saved(
  machine: Machine,
  table: Table,
  { receiver, node }: { readonly receiver: InstanceValue; readonly node: ts.Node },
): Value {
  return lazily(machine, () =>
    asked(machine, () => {
      const args = [object(storedOf(table, receiver))];
      createFrom(machine, receiver.fields, { table, args, node });
      return receiver;
    }),
  );
}

/** What a request sends of a column that the database fills in it may as well leave out. */
function storedOf(table: Table, receiver: InstanceValue): Fields {
  const filled = new Set(
    table.columns.filter((each) => each.default.kind !== 'none').map(({ property }) => property),
  );
  const isSent = (value: Value) => value.kind === 'term' && value.term.kind === 'input';
  const all = [...columnsOf(table, receiver)];
  return new Map(all.filter(([name, value]) => !(filled.has(name) && isSent(value))));
}

function columnsOf({ columns }: Table, { fields }: InstanceValue): Fields {
  const named = columns.flatMap(({ property }): [string, Value][] => {
    const value = fields.value.get(property);
    return value ? [[property, value]] : [];
  });
  return new Map(named);
}
