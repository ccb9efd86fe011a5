import type { ts } from '../../kernel/syntax.ts';
import { type Call, canAnswer, upTo } from './aside.ts';
import type { Machine } from './machine.ts';
import { textOf } from './source.ts';
import { termsIn } from './terms.ts';
import { unknown, type Value } from './values.ts';

/**
 * Runs a function's call. Where an endpoint took too many steps before, a call that can't answer the request may take
 * half of those that are left to whoever calls; one that takes more is passed over: what it gives is not known.
 */
export function sharing(
  machine: Machine,
  call: Call & { readonly node: ts.Node },
  work: () => Value,
): Value {
  if (!machine.shares || canAnswer(call)) return work();
  const before = { ...machine.path };
  const { limit, steps } = machine;
  let isCut = false;
  const then = (end: number) => {
    isCut = machine.steps > end;
  };
  const value = upTo(machine, { most: steps + Math.floor((limit - steps) / 2), then }, work);
  if (!isCut || machine.steps > machine.limit) return value;
  Object.assign(machine.path, before);
  machine.passedOver.add(call.fn.node);
  return unknown(textOf(call.node), call.args.flatMap(termsIn));
}
