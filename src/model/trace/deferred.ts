import { ts } from '../../kernel/syntax.ts';
import { aside } from './aside.ts';
import { dropped, fail, isDropped, isLeftToItself, leftToItself, started } from './dropped.ts';
import { isFalse } from './formula.ts';
import type { Machine } from './machine.ts';
import { assume } from './path.ts';
import { isAsync, isChained } from './rejections.ts';
import { isTakenAsPromise } from './takes-promise.ts';
import { UNDEFINED, type Value } from './values.ts';

/** Runs a call as what it stands in takes it, where it gives a promise whatever is called. */
export function asPromise(machine: Machine, node: ts.CallExpression, work: () => Value): Value {
  if (isDropped(node) && (isChained(node) || isMadePromise(node))) return dropped(machine, work);
  const promised = isKept(node) && (isPromise(node) || isTakenAsPromise(machine, node));
  return promised ? deferred(machine, work) : work();
}

/** Runs a function as what its call stands in takes it. */
export function asCalled(
  machine: Machine,
  { node, ...call }: Parameters<typeof aside>[1] & { readonly node: ts.Node },
  work: () => Value,
): Value {
  if (!isAsync(call.fn.node)) return isLeftToItself(node) ? leftToItself(machine, work) : work();
  if (isDropped(node)) return aside(machine, call, () => dropped(machine, work));
  return isKept(node) ? deferred(machine, work) : work();
}

/**
 * Runs what gives a promise that nobody awaits where it is made: `const rows = load()`, `attempt(load())`,
 * `defer({ rows: load() })`. What it fails with is thrown where somebody awaits it, nowhere else.
 */
function deferred(machine: Machine, work: () => Value): Value {
  // What fails while the app starts is no failure of a request.
  if (machine.frames.length === 0) return work();
  const { frame, ran } = started(machine, work);
  const errors = [...frame.throws, ...frame.possible];
  const awaited = () => {
    for (const error of errors) fail(machine, error);
    if (!isFalse(ran.live)) assume(machine, ran.live);
    else if (ran.answered) machine.path.answered = true;
    else machine.path.dead = true;
    return ran.value ?? UNDEFINED;
  };
  return errors.length > 0 ? { kind: 'special', name: 'promise', settle: awaited } : awaited();
}

/** Whether what a call gives is kept or handed on there, and not awaited or returned; no other node is. */
function isKept(node: ts.Node): boolean {
  return ts.isCallExpression(node) && isHandedOn(node);
}

function isHandedOn(call: ts.Expression): boolean {
  const { parent } = call;
  if (ts.isParenthesizedExpression(parent) || ts.isAsExpression(parent)) return isHandedOn(parent);
  if (ts.isVariableDeclaration(parent)) return ts.isIdentifier(parent.name);
  if (ts.isPropertyAssignment(parent)) return true;
  return ts.isCallExpression(parent) && parent.expression !== call;
}

/** What gives a promise whatever is called: `promise.then(…)` and its kin, and what `fromPromise(…)` is given. */
function isPromise(node: ts.CallExpression): boolean {
  const { parent } = node;
  const taken = ts.isCallExpression(parent) && parent.arguments[0] === node;
  return isChained(node) || (taken && /\bfromPromise$/.test(parent.expression.getText()));
}

/** `Promise.all(…)` and its kin. */
function isMadePromise({ expression }: ts.CallExpression): boolean {
  return /^Promise\.\w+$/.test(expression.getText());
}
