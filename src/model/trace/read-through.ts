import { ts } from '../../kernel/syntax.ts';
import type { Machine } from './machine.ts';
import { literal, UNDEFINED, type Value } from './values.ts';

const ASKING: ReadonlySet<string> = new Set(['get', 'peek', 'getItem']);
const KEEPING = /^(p?set(ex|Ex|EX)?|put|setItem)$/;

/**
 * What a cache holds under a key that the same function fills: what that function made of the same arguments before.
 * It is followed as it makes it, with nothing kept yet. Undefined for any other call, and in a handler itself, which
 * may answer otherwise from what is kept.
 */
export function keptBefore(machine: Machine, node: ts.Node): Value | undefined {
  const asked = methodCall(node);
  const called = machine.frames.filter(({ kind }) => kind === 'function');
  if (!asked || called.length < 2) return undefined;
  const { name, key, receiver } = asked;
  const isAsked = ASKING.has(name) || name === 'has';
  const around = isAsked ? functionAround(node) : undefined;
  if (!around || !fills(around, { key, receiver })) return undefined;
  if (name === 'has') return literal(false);
  return isAwaited(node) ? literal(null) : UNDEFINED;
}

export function isAwaited({ parent }: ts.Node): boolean {
  return ts.isAwaitExpression(parent);
}

interface Slot {
  readonly receiver: string;
  readonly key: string;
}

const filled = new WeakMap<ts.Node, readonly Slot[]>();

/** Whether a function puts something under that key of that store. */
function fills(around: ts.Node, { key, receiver }: Slot): boolean {
  const slots = filled.get(around) ?? slotsIn(around);
  filled.set(around, slots);
  return slots.some((slot) => slot.key === key && slot.receiver === receiver);
}

function slotsIn(around: ts.Node): Slot[] {
  const found: Slot[] = [];
  const visit = (node: ts.Node): void => {
    const called = methodCall(node);
    if (called && KEEPING.test(called.name)) found.push(called);
    ts.forEachChild(node, visit);
  };
  visit(around);
  return found;
}

function methodCall(node: ts.Node): (Slot & { readonly name: string }) | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression))
    return undefined;
  const [key] = node.arguments;
  if (!key) return undefined;
  const { expression, name } = node.expression;
  return { name: name.text, receiver: expression.getText(), key: key.getText() };
}

function functionAround(node: ts.Node): ts.Node | undefined {
  for (let at = node.parent; at; at = at.parent) if (ts.isFunctionLike(at)) return at;
  return undefined;
}
