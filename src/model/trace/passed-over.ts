import type { ts } from '../../kernel/syntax.ts';
import { canAnswer } from './aside.ts';
import type { Machine } from './machine.ts';
import { textOf } from './source.ts';
import { termsIn } from './terms.ts';
import { type ClosureValue, unknown, type Value } from './values.ts';

interface Call {
  readonly fn: ClosureValue;
  readonly args: readonly Value[];
  readonly self: Value | null;
  readonly node: ts.Node;
}

/**
 * Runs a function's call. Where an endpoint took too many steps before, a call that can't answer the request may take
 * half of those that are left to whoever calls; one that takes more is passed over: what it gives is not known.
 */
export function sharing(machine: Machine, call: Call, work: () => Value): Value {
  if (!machine.shares || canAnswer(call)) return work();
  const { limit, steps } = machine;
  const before = { ...machine.path };
  const most = steps + Math.floor((limit - steps) / 2);
  machine.limit = most;
  const value = work();
  const isCut = machine.steps > machine.limit;
  // What runs once as the app starts is no part of the share.
  machine.limit = limit + machine.limit - most;
  if (!isCut || machine.steps > machine.limit) return value;
  Object.assign(machine.path, before);
  machine.passedOver.add(call.fn.node);
  return unknown(textOf(call.node), call.args.flatMap(termsIn));
}
