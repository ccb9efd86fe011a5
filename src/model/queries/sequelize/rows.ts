import type { Column, Table } from '../../../db/db.ts';
import type { ts } from '../../../kernel/syntax.ts';
import type { QueryCall } from '../../reader.ts';
import { assignedTo, assignRow } from '../../trace/assigned.ts';
import type { Machine } from '../../trace/machine.ts';
import { object } from '../../trace/terms.ts';
import { type RowValue, stringOf, term, UNDEFINED, type Value } from '../../trace/values.ts';
import { lazily } from '../lazily.ts';
import { fieldsOf } from '../records/read.ts';
import { keysOf } from '../related.ts';
import { destroy, steps, update } from './change.ts';
import { asked } from './errors.ts';
import { modelCall } from './model.ts';

type Own = RowValue & { readonly table: Table };

/** A method of a row that a model gave; undefined for any other. */
export function rowCall(
  machine: Machine,
  receiver: RowValue,
  called: QueryCall,
): Value | undefined {
  const { table } = receiver;
  if (!table) return undefined;
  const row: Own = { ...receiver, table };
  const { name, args, node } = called;
  const [first = UNDEFINED, second = UNDEFINED] = args;
  switch (name) {
    case 'get':
    case 'getDataValue':
    case 'toJSON': {
      const property = stringOf(first);
      return property === undefined ? receiver : machine.get(receiver, property, node);
    }
    case 'set':
    case 'setDataValue':
      assign(
        machine,
        row,
        stringOf(first) === undefined ? first : object([[stringOf(first) ?? '', second]]),
      );
      return receiver;
    case 'reload':
      return receiver;
    case 'update':
      return later(machine, () => {
        assign(machine, row, first);
        return written(machine, row, { values: first, node });
      });
    case 'save':
      return later(machine, () =>
        written(machine, row, { values: object(assignedTo(machine, row)), node }),
      );
    case 'increment':
    case 'decrement':
      return later(machine, () => written(machine, row, { values: steps(first), node }));
    case 'destroy':
      return later(machine, () => {
        const options = object([...fieldsOf(first), ['where', itself(row)]]);
        destroy(machine, { table, args: [options], node });
        return UNDEFINED;
      });
    default:
      return related(machine, row, called);
  }
}

function later(machine: Machine, run: () => Value): Value {
  return lazily(machine, () => asked(machine, run));
}

function assign(machine: Machine, row: Own, values: Value): void {
  for (const field of fieldsOf(values)) assignRow(machine, row, field);
}

function written(
  machine: Machine,
  row: Own,
  { values, node }: { readonly values: Value; readonly node: ts.Node },
): Value {
  const { table } = row;
  if (fieldsOf(values).size === 0) return row;
  update(machine, { table, args: [values, object([['where', itself(row)]])], node });
  return row;
}

/** The conditions that find the row again. */
function itself(row: Own): Value {
  const { id, table } = row;
  return object(
    table.primaryKey.map((name) => {
      const value = term({ kind: 'column', row: id, column: name });
      return [propertyOf(table.columns, name), value] as const;
    }),
  );
}

function propertyOf(columns: readonly Column[], column: string): string {
  return columns.find(({ name }) => name === column)?.property ?? column;
}

/** `user.getBoats(options)`, `user.countBoats()`, `user.createBoat(values)`. */
function related(machine: Machine, row: Own, { name, args, node }: QueryCall): Value | undefined {
  const [, verb, word] = /^(get|count|create)([A-Z]\w*)$/.exec(name) ?? [];
  if (verb === undefined || word === undefined) return undefined;
  const lower = word.charAt(0).toLowerCase() + word.slice(1);
  const relation = machine.deps.schema
    .relations(row.table.id)
    .find((each) => each.name === lower || (verb === 'create' && each.name === `${lower}s`));
  const other = machine.deps.schema.tables.find(({ id }) => id === relation?.table);
  if (!relation || !other) return undefined;
  const tie = keysOf(row.table, other, relation).map(
    ([own, target]) =>
      [
        propertyOf(other.columns, target),
        term({ kind: 'column', row: row.id, column: own }),
      ] as const,
  );
  const [given = UNDEFINED] = args;
  if (verb === 'create') {
    const values = object([...fieldsOf(given), ...tie]);
    return modelCall(machine, { name: 'create', table: other, args: [values], node });
  }
  const said = fieldsOf(given);
  const where = object([...fieldsOf(said.get('where')), ...tie]);
  const options = object([...said, ['where', where]]);
  const one = relation.kind === 'one' ? 'findOne' : 'findAll';
  const method = verb === 'count' ? 'count' : one;
  return modelCall(machine, { name: method, table: other, args: [options], node });
}
