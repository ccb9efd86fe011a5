import { findsOne } from './by-key.ts';
import { isFalse } from './formula.ts';
import { foundKey, rowBefore } from './found-before.ts';
import { keyOf } from './keys.ts';
import type { Machine, Read } from './machine.ts';
import { open, set } from './path.ts';
import { forget } from './rows.ts';
import { withStep } from './steps.ts';
import { renamed } from './terms.ts';

/**
 * What a request, or an earlier request of the same page, has read already: as long as nothing was written to its
 * table, the same query finds the same rows. The repeated read is taken back.
 */
export function sameRead(machine: Machine, read: Read): Read | undefined {
  if (machine.writes.some(({ table, id }) => table === read.table && mayHaveRun(machine, id)))
    return undefined;
  const key = keyOfRead(machine, read);
  const known = machine.reads.find(
    (each) => each !== read && each.table === read.table && keyOfRead(machine, each) === key,
  );
  if (!known) return undefined;
  // That it finds its row for what was found before was so on its own way.
  if (machine.found.keys.has(foundKey(known.id)) && !rowBefore(machine, read)) return undefined;
  return takenBack(machine, read, known);
}

/** Whether a write has run on the way here, and not only on another one. */
function mayHaveRun(machine: Machine, id: string): boolean {
  const ran = machine.done.value.get(id);
  return ran !== undefined && !isFalse(open(machine, ran));
}

/** A read that finds what another has found is no read of its own. */
export function takenBack(machine: Machine, read: Read, known: Read): Read {
  forget(machine, read);
  set(machine, machine.done, withStep(machine.done.value, known.id, read.id));
  return known;
}

const keyed = new WeakMap<Read, { readonly of: readonly unknown[]; readonly key: string }>();

/** Equal for reads that find the same rows; worked out once for as long as a read says the same. */
function keyOfRead(machine: Machine, read: Read): string {
  const of = partsOf(read);
  const known = keyed.get(read);
  if (known && areSame(known.of, of)) return known.key;
  const key = keyAnew(findsOne(machine, read) ? { ...read, limit: null } : read);
  keyed.set(read, { of, key });
  return key;
}

function areSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  if (some.length !== others.length) return false;
  for (let at = 0; at < some.length; at += 1) if (some[at] !== others[at]) return false;
  return true;
}

/** What a read's key is made of; joins are filled in place. */
function partsOf({ table, of, limit, offset, where, joins }: Read): unknown[] {
  if (joins.length === 0) return [table, of, limit, offset, where];
  const joined = joins.flatMap((join) => [join.id, join.table, join.inner, ...join.on]);
  return [table, of, limit, offset, where, ...joined];
}

function keyAnew(read: Read): string {
  const ids = [read.id, ...read.joins.map(({ id }) => id)];
  const { table, of, limit, offset } = read;
  const joins = read.joins.map((join) => [join.table, join.inner, join.on.map(plain)]);
  function plain<T extends Read['where'][number]>(condition: T): T {
    return ids.reduce((said, id, index) => renamed(said, id, `#${index}`), condition);
  }
  return keyOf([table, of, limit, offset, joins, read.where.map(plain)]);
}
