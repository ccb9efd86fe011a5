import { parametersOf, ts } from '../../kernel/syntax.ts';
import { runsAtOnce } from '../runs-at-once.ts';
import type { Machine } from './machine.ts';
import { UNDEFINED, type Value } from './values.ts';

/** OpenTelemetry's, of a context: `context.with(ctx, fn, thisArg, ...args)`. */
const IN_CONTEXT = /(?:^|\.)context\.with$/;
/** Of a context, a span (`tracer.startActiveSpan(name, fn)`) or a storage (`storage.run(store, fn, ...args)`): `fn` in place or by name. */
const BY_NAME = /(?:^|\.)(context\.with|startActiveSpan|run)$/;

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
  const named = BY_NAME.test(name)
    ? args.findIndex(({ kind }, at) => at > 0 && kind === 'closure')
    : -1;
  const isGiven = (arg: Value, index: number) => isWork(arg, node.arguments[index]);
  const at = named < 0 ? args.findIndex(isGiven) : named;
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
