import { ts } from '../../kernel/syntax.ts';
import { isRaised, mayThrow } from './errors.ts';
import { isFalse, TRUE } from './formula.ts';
import type { Exit, Frame, Machine } from './machine.ts';
import { assume, branch, mergeSide, side } from './path.ts';
import { type ClosureValue, UNDEFINED, type Value } from './values.ts';

type Try = Frame & { readonly kind: 'try' };

/**
 * Runs what gives a promise that nobody awaits where it is made: `const rows = load()`, `attempt(load())`,
 * `defer({ rows: load() })`. What it fails with is thrown where somebody awaits it, nowhere else.
 */
export function deferred(machine: Machine, work: () => Value): Value {
  // What fails while the app starts is no failure of a request.
  if (machine.frames.length === 0) return work();
  const frame: Try = { kind: 'try', mark: machine.path.facts.length, throws: [], possible: [] };
  const ran = side(machine, TRUE, () => {
    machine.frames.push(frame);
    const value = work();
    machine.frames.pop();
    return value;
  });
  mergeSide(machine, TRUE, ran);
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

function fail(machine: Machine, { when, value, node }: Exit): void {
  if (isRaised(value)) mayThrow(machine, { when, value }, node);
  else
    branch(machine, when, {
      yes: () => machine.throwValue(value, node),
      no: () => undefined,
    });
}

/** Whether what a call gives is kept or handed on there, and not awaited or returned; no other node is. */
export function isKept(node: ts.Node): boolean {
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
export function isPromise(node: ts.CallExpression): boolean {
  const { parent } = node;
  const taken = ts.isCallExpression(parent) && parent.arguments[0] === node;
  return isChained(node) || (taken && /\bfromPromise$/.test(parent.expression.getText()));
}

function isChained({ expression, arguments: args }: ts.CallExpression): boolean {
  return (
    ts.isPropertyAccessExpression(expression) &&
    /^(then|catch|finally)$/.test(expression.name.text) &&
    args.length > 0
  );
}

/** An `async` function, of which every call gives a promise. */
export function isAsync({ modifiers }: ClosureValue['node']): boolean {
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) ?? false;
}
