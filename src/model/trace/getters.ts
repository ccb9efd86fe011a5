import type { Machine } from './machine.ts';
import type { ClosureValue, Value } from './values.ts';

const getters = new WeakMap<Value, Map<string, ClosureValue>>();

/** `{ get name() { … } }`: what runs whenever the object is asked for the name. */
export function noteGetter(owner: Value, name: string, getter: ClosureValue): void {
  getters.set(owner, (getters.get(owner) ?? new Map<string, ClosureValue>()).set(name, getter));
}

/** What an object's getter gives; undefined where it has none of the name. */
export function got(machine: Machine, owner: Value, name: string): Value | undefined {
  const getter = getters.get(owner)?.get(name);
  return getter && machine.call(getter, [], getter.node);
}
