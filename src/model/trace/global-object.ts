import type { Machine } from './machine.ts';
import { set } from './path.ts';
import { fieldsCell } from './terms.ts';
import { type Cell, type Fields, type Special, UNDEFINED, type Value } from './values.ts';

const stores = new WeakMap<Machine, Cell<Fields>>();

/**
 * `globalThis`, on which apps keep what is to be made once. What is no part of the platform is not there until the
 * app puts it there.
 */
export function globalObject(
  machine: Machine,
  platform: (name: string) => Value | undefined,
): Special {
  const known = stores.get(machine) ?? fieldsCell(new Map());
  stores.set(machine, known);
  return {
    kind: 'special',
    name: 'globalThis',
    get: (name) => {
      const own = known.value.get(name);
      if (own) return own;
      return platform(name) ?? (name in globalThis ? undefined : UNDEFINED);
    },
    set: (name, value) => set(machine, known, new Map([...known.value, [name, value]])),
  };
}
