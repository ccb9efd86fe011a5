import type { ts } from '../../kernel/syntax.ts';
import { apart } from './apart.ts';
import type { Machine } from './machine.ts';
import { textOf } from './source.ts';
import { literal, type Special, UNDEFINED, unknown, type Value } from './values.ts';

/**
 * `new Proxy(target, { get })`: what is read of it is what its trap gives for the name, the same for every request, as of a
 * client that is made when it is first asked for something. Without a trap it is its target.
 */
export function proxied(machine: Machine, args: readonly Value[], node: ts.Node): Value {
  const [target = UNDEFINED, handler = UNDEFINED] = args;
  const trap = handler.kind === 'object' ? handler.fields.value.get('get') : undefined;
  if (trap?.kind !== 'closure') return target;
  const known = new Map<string, Value>();
  const read = (name: string): Value => {
    const before = known.get(name);
    if (before) return before;
    known.set(name, unknown(textOf(node)));
    const value = apart(machine, () => machine.call(trap, [target, literal(name), target], node));
    known.set(name, value);
    return value;
  };
  const made: Special = {
    kind: 'special',
    name: 'Proxy',
    get: (name) => {
      const value = read(name);
      return value.kind === 'unknown' ? undefined : value;
    },
    invoke: (name, given, at) => {
      const value = read(name);
      return value.kind === 'unknown' ? undefined : machine.call(value, given, at);
    },
  };
  return made;
}
