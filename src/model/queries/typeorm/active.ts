import type { Table } from '../../../db/db.ts';
import type { QueryCall } from '../../reader.ts';
import { rootOf } from '../../trace/classes.ts';
import { fileScope } from '../../trace/environment.ts';
import type { Machine } from '../../trace/machine.ts';
import { memberFor } from '../../trace/members.ts';
import {
  type ClassValue,
  type InstanceValue,
  literal,
  type RowValue,
  UNDEFINED,
  type Value,
} from '../../trace/values.ts';
import { repository } from './repository.ts';

/** What an entity's method is called by its repository. */
const OF_ROWS: ReadonlyMap<string, string> = new Map([
  ['save', 'save'],
  ['remove', 'remove'],
  ['softRemove', 'softRemove'],
  ['recover', 'restore'],
]);

/** `User.findOne({ … })`, `user.save()`: what entities that extend `BaseEntity` answer, where their own classes do not. */
export function activeCall(
  machine: Machine,
  receiver: Value,
  called: QueryCall,
): Value | undefined {
  if (receiver.kind === 'class') {
    const table = activeTable(machine, receiver);
    return table && ofClass(machine, { receiver, table }, called);
  }
  if (receiver.kind === 'instance' && receiver.of)
    return ofEntity(machine, { receiver, type: receiver.of }, called);
  const node =
    receiver.kind === 'row' && receiver.table
      ? machine.deps.schema.classOf?.(receiver.table.id)
      : undefined;
  if (receiver.kind !== 'row' || !node) return undefined;
  const scope = fileScope(node.getSourceFile().fileName);
  return ofEntity(machine, { receiver, type: { kind: 'class', node, scope } }, called);
}

/** The table of a class that extends `BaseEntity`. */
function activeTable(machine: Machine, type: ClassValue): Table | undefined {
  const table = machine.deps.schema.tableAt(type.node);
  const root = table && rootOf(machine, type);
  const isActive = root?.kind === 'package' && root.package === 'typeorm';
  return isActive && root.name === 'BaseEntity' ? table : undefined;
}

function ofClass(
  machine: Machine,
  { receiver, table }: { receiver: ClassValue; table: Table },
  { name, args, node }: QueryCall,
): Value | undefined {
  if (memberFor(machine, receiver, { name, self: receiver })) return undefined;
  const own = repository(machine, table);
  return name === 'getRepository' ? own : own.invoke?.(name, args, node);
}

function ofEntity(
  machine: Machine,
  { receiver, type }: { receiver: InstanceValue | RowValue; type: ClassValue },
  { name, node }: QueryCall,
): Value | undefined {
  const method = OF_ROWS.get(name);
  const isKnown = method !== undefined || name === 'reload' || name === 'hasId';
  const table = isKnown ? activeTable(machine, type) : undefined;
  if (!table || memberFor(machine, type, { name, self: receiver })) return undefined;
  if (name === 'reload') return UNDEFINED;
  if (name === 'hasId') return receiver.kind === 'row' ? literal(true) : undefined;
  return method ? repository(machine, table).invoke?.(method, [receiver], node) : undefined;
}
