import { ts } from '../../kernel/syntax.ts';
import { isRaised, mayThrow } from './errors.ts';
import { isFalse, some, TRUE } from './formula.ts';
import type { Exit, Frame, Machine } from './machine.ts';
import { assume, branch, mergeSide, type Side, side } from './path.ts';
import { UNDEFINED, type Value } from './values.ts';

type Try = Frame & { readonly kind: 'try' };

/** Runs work whose errors are kept in a frame of its own. */
export function started(machine: Machine, work: () => Value): { frame: Try; ran: Side<Value> } {
  const frame: Try = { kind: 'try', mark: machine.path.facts.length, throws: [], possible: [] };
  const ran = side(machine, TRUE, () => {
    machine.frames.push(frame);
    const value = work();
    machine.frames.pop();
    return value;
  });
  mergeSide(machine, TRUE, ran);
  return { frame, ran };
}

/**
 * Runs what gives a promise that nobody waits for: what it is rejected with ends no request. Code goes on behind it,
 * but where it has answered.
 */
export function dropped(machine: Machine, work: () => Value): Value {
  if (machine.frames.length === 0) return work();
  const before = machine.endings.length;
  const { frame, ran } = started(machine, work);
  const hasAnswered = ran.answered || machine.endings.length > before;
  if (frame.throws.length > 0 && !hasAnswered) return UNDEFINED;
  const onwards = some([ran.live, ...frame.throws.map(({ when }) => when)]);
  if (!isFalse(onwards)) assume(machine, onwards);
  else if (ran.answered) machine.path.answered = true;
  else machine.path.dead = true;
  return ran.value ?? UNDEFINED;
}

/**
 * Runs a function that may give such a promise, what a third party makes of it: what it throws itself does end the
 * request.
 */
export function leftToItself(machine: Machine, work: () => Value): Value {
  const frame = machine.frames.findLast(({ kind }) => kind === 'try' || kind === 'request');
  const errors = frame?.kind === 'try' ? frame.possible : [];
  const [caught, uncaught] = [errors.length, machine.thrown.length];
  const value = work();
  errors.push(...errors.splice(caught).filter((each) => !isOfThirdParty(each)));
  const own = machine.thrown.splice(uncaught).filter(({ exit }) => !isOfThirdParty(exit));
  machine.thrown.push(...own);
  return value;
}

function isOfThirdParty({ value, facts }: Exit): boolean {
  const last = facts.at(-1);
  return isRaised(value) && last?.kind === 'atom' && last.condition.kind === 'external';
}

/** Whether nobody looks at what an expression gives: `f();`, `void f();`, `asked && f();`. */
export function isDropped(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isExpressionStatement(parent) || ts.isVoidExpression(parent)) return true;
  const isOne = ts.isConditionalExpression(parent) && parent.condition !== node;
  const isLast = ts.isBinaryExpression(parent) && parent.right === node && isLogical(parent);
  const isBare = ts.isParenthesizedExpression(parent) || ts.isNonNullExpression(parent);
  return (isOne || isLast || isBare) && isDropped(parent);
}

function isLogical({ operatorToken: { kind } }: ts.BinaryExpression): boolean {
  const { SyntaxKind } = ts;
  return (
    kind === SyntaxKind.AmpersandAmpersandToken ||
    kind === SyntaxKind.BarBarToken ||
    kind === SyntaxKind.QuestionQuestionToken
  );
}

/** Whether a call stands by itself: nobody waits for what becomes of it, and nobody here expects it to throw. */
export function isLeftToItself(node: ts.Node): boolean {
  return isDropped(node) && !isTried(node);
}

function isTried(node: ts.Node): boolean {
  const { parent } = node;
  if (!parent || ts.isFunctionLike(parent)) return false;
  return (ts.isTryStatement(parent) && parent.tryBlock === node) || isTried(parent);
}

export function fail(machine: Machine, { when, value, node }: Exit): void {
  if (isRaised(value)) mayThrow(machine, { when, value }, node);
  else
    branch(machine, when, {
      yes: () => machine.throwValue(value, node),
      no: () => undefined,
    });
}
