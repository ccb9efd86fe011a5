import { parametersOf, ts } from '../../kernel/syntax.ts';
import { runsAtOnce } from '../runs-at-once.ts';
import type { Machine } from './machine.ts';
import { UNDEFINED, type Value } from './values.ts';

/** OpenTelemetry's, of a context: `context.with(ctx, fn, thisArg, ...args)`. */
const IN_CONTEXT = /(?:^|\.)context\.with$/;
/** A storage's: `storage.run(store, fn, ...args)`, `fn` in place or by name. */
const IN_STORE = /(?:^|\.)run$/;

/**
 * What such a function gives is what the function it was given gives. One that is given a handler and makes a
 * handler of it stands outside of functions, or is given one of several parameters.
 */
export function runGiven(
  machine: Machine,
  { name, args, handle }: { name: string; args: readonly Value[]; handle: Value },
  node: ts.Node,
): Value | undefined {
  const method = name.split('.').at(-1) ?? name;
  const inContext = IN_CONTEXT.test(name);
  if (!(inContext || runsAtOnce(method)) || !ts.isCallExpression(node) || !isInside(node))
    return undefined;
  const inStore = IN_STORE.test(name) && args[1]?.kind === 'closure';
  const at = inStore ? 1 : args.findIndex((arg, index) => isWork(arg, node.arguments[index]));
  const work = args[at];
  if (!work) return undefined;
  if (work.kind === 'special') return work.call?.([], node) ?? UNDEFINED;
  if (inContext) return machine.call(work, args.slice(at + 2), node);
  const rest = args.slice(at + 1);
  return machine.call(work, rest.length > 0 ? rest : [handle], node);
}

function isWork(value: Value, written: ts.Node | undefined): boolean {
  if (value.kind === 'special') return value.name === 'next';
  if (value.kind !== 'closure' || !written) return false;
  const inPlace = ts.isArrowFunction(written) || ts.isFunctionExpression(written);
  return inPlace && parametersOf(written).length < 2;
}

function isInside(node: ts.Node): boolean {
  for (let at = node.parent; at; at = at.parent) if (ts.isFunctionLike(at)) return true;
  return false;
}
