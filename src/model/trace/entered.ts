import type { Machine } from './machine.ts';

/**
 * Whether a read or write ran before the handler did, in whatever guards it. Rows that came along with a row found
 * there did too, wherever code first looks at them.
 */
export function ranBefore(machine: Machine, id: string): boolean {
  const seen = new Set<string>();
  for (let at: string | null | undefined = id; at && !seen.has(at); at = cameFrom(machine, at)) {
    if (machine.entered.done.has(at)) return true;
    seen.add(at);
  }
  return false;
}

/** The row that a row came along with, or the rows that it was picked from. */
function cameFrom(machine: Machine, id: string): string | null | undefined {
  return machine.along.get(id) ?? machine.reads.find((read) => read.id === id)?.of;
}
