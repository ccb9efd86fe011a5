import { ts } from '../../kernel/syntax.ts';
import { builtIn } from './classes.ts';
import { mayThrow } from './errors.ts';
import { atom } from './formula.ts';
import type { Machine } from './machine.ts';
import { placeAt } from './source.ts';
import { term, unknown, type Value } from './values.ts';

/** What a third party answers; it may also fail. */
export function outside(machine: Machine, about: { name: string; node: ts.Node }): Value {
  const { node } = about;
  const name = callNamed(machine, about);
  const when = atom({ kind: 'external', at: placeAt(node), name, holds: false });
  const value = builtIn(['Error'], [['message', unknown('message')]]);
  if (!isLeftToItself(node)) mayThrow(machine, { when, value }, node);
  return term({ kind: 'external', name });
}

/** Whether a call stands by itself: nobody waits for what becomes of it, and nobody here expects it to throw. */
function isLeftToItself(node: ts.Node): boolean {
  const { parent } = node;
  const isDropped = ts.isExpressionStatement(parent) || ts.isVoidExpression(parent);
  return isDropped && !isTried(parent);
}

function isTried(node: ts.Node): boolean {
  const { parent } = node;
  if (!parent || ts.isFunctionLike(parent)) return false;
  return (ts.isTryStatement(parent) && parent.tryBlock === node) || isTried(parent);
}

/** Calls that say the same are told apart by where they stand: `fetch`, then `fetch#2`. */
function callNamed(machine: Machine, { name, node }: { name: string; node: ts.Node }): string {
  const calls = machine.asked.get(name) ?? [];
  const stack = [node, ...machine.sites];
  const isSame = (other: readonly ts.Node[]) =>
    other.length === stack.length && other.every((each, at) => each === stack[at]);
  const known = calls.findIndex(isSame);
  if (known < 0) machine.asked.set(name, [...calls, stack]);
  const at = known < 0 ? calls.length : known;
  return at === 0 ? name : `${name}#${at + 1}`;
}
