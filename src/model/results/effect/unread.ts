import { outside } from '../../trace/outside.ts';
import { type Special, UNDEFINED, type Value } from '../../trace/values.ts';
import { piped } from './pipe.ts';
import { type At, effect, isEffect } from './run.ts';
import { isLayer } from './services.ts';

/**
 * What a package for the library gives that is not read: it leaves the effect or layer it is given as that is, and asks
 * a third party where it runs itself.
 */
export function unread(at: At, name: string, args: readonly Value[]): Value {
  const { machine } = at;
  const isGiven = (value: Value) => isEffect(machine, value) || isLayer(value);
  const given = args.find(isGiven);
  if (given && !name.endsWith('.pipe')) return given;
  const made: Special = {
    ...effect(machine, (node) => outside(machine, { name, node, args })),
    name: 'unread',
    call: (more, node) => {
      const [first = UNDEFINED] = more;
      return isGiven(first) ? first : unread({ machine, node }, name, [...args, ...more]);
    },
  };
  return name.endsWith('.pipe') ? piped(at, made, args) : made;
}
