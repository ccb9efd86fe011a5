import type { ts } from '../../kernel/syntax.ts';
import { globalConstructor } from './built-ins.ts';
import { construct } from './classes.ts';
import { callClosure } from './closures.ts';
import type { Machine } from './machine.ts';
import { constructPackage } from './packages.ts';
import { textOf } from './source.ts';
import { object, termsIn } from './terms.ts';
import { dateFrom } from './time.ts';
import { literalOf, unknown, type Value } from './values.ts';

/** `new type(…)` for any value. */
export function constructValue(
  machine: Machine,
  type: Value,
  { args, node }: { args: readonly Value[]; node: ts.Node },
): Value {
  if (type.kind === 'class') return construct(machine, type, { args, node });
  if (type.kind === 'closure') return constructed(machine, type, { args, node });
  if (type.kind === 'package') return constructPackage(machine, type, { args, node });
  if (type.kind === 'special' && type.name === 'Date') return dateFrom(args, node);
  if (type.kind === 'special') return globalConstructor(machine, type.name, { args, node });
  return unknown(textOf(node), args.flatMap(termsIn));
}

/** `new make(…)` of a plain function: the object that it gives, or else the one that it was given to fill. */
function constructed(
  machine: Machine,
  fn: Value & { kind: 'closure' },
  { args, node }: { args: readonly Value[]; node: ts.Node },
): Value {
  const self = object([]);
  const given = callClosure(machine, fn, { args, node, self });
  const isObject = given.kind !== 'undefined' && literalOf(given) === undefined;
  return isObject ? given : self;
}
