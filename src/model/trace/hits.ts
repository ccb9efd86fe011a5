import type { Condition } from '../../condition/condition.ts';
import type { Query, Write } from '../model.ts';
import { keyOf } from './keys.ts';
import type { Machine, Read } from './machine.ts';
import { renamed } from './terms.ts';

/**
 * The row that an update or a delete finds, where it may find none and goes on all the same; undefined where no row is
 * asked for, or where the code has looked for it before.
 */
export function rowFound(machine: Machine, write: Write): Query | undefined {
  if (write.kind === 'insert' || write.where.length === 0) return undefined;
  if (machine.reads.some((read) => finds(read, write))) return undefined;
  const id = `${write.id}#found`;
  return {
    id,
    table: write.table,
    many: false,
    where: write.where.map((each) => renamed(each, write.id, id)),
    joins: [],
    of: null,
    limit: null,
    offset: null,
    at: write.at,
  };
}

/** Whether a read's row is one that a write is about. */
function finds(read: Read, write: Write): boolean {
  if (read.table !== write.table) return false;
  const asked = new Set(read.where.map(keyOf));
  return write.where.every((each) => {
    const said = renamed(each, write.id, read.id);
    return isSelf(said) || asked.has(keyOf(said));
  });
}

function isSelf(condition: Condition): boolean {
  if (!('left' in condition) || condition.op !== '=') return false;
  return keyOf(condition.left) === keyOf(condition.right);
}
