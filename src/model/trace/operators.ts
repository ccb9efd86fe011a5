import type { Op, Term } from '../../condition/condition.ts';
import { ts } from '../../kernel/syntax.ts';
import { isNothing } from './assigned-later.ts';
import { bitwise, inverted } from './bits.ts';
import { concat } from './composites.ts';
import { assign } from './environment.ts';
import { not } from './formula.ts';
import { isBoolean } from './in-every-case.ts';
import { inObject } from './in-object.ts';
import { instanceOf } from './instance-of.ts';
import type { Machine } from './machine.ts';
import { power, signed } from './numbers.ts';
import { branchValue } from './path.ts';
import { sameValue } from './same-value.ts';
import { textOf } from './source.ts';
import { isSettled } from './term-parts.ts';
import { called, endsOf, overChoice, termsIn, toTerm, truthValue } from './terms.ts';
import { compareValues, isThere } from './truth.ts';
import {
  literal,
  literalOf,
  type Scope,
  term,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

const COMPARISONS: ReadonlyMap<ts.SyntaxKind, Op> = new Map([
  [ts.SyntaxKind.EqualsEqualsToken, '='],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, '='],
  [ts.SyntaxKind.ExclamationEqualsToken, '!='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, '!='],
  [ts.SyntaxKind.LessThanToken, '<'],
  [ts.SyntaxKind.LessThanEqualsToken, '<='],
  [ts.SyntaxKind.GreaterThanToken, '>'],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>='],
]);

type Arith = (Term & { kind: 'arith' })['op'];

const ARITHMETIC: ReadonlyMap<ts.SyntaxKind, Arith> = new Map([
  [ts.SyntaxKind.PlusToken, '+'],
  [ts.SyntaxKind.MinusToken, '-'],
  [ts.SyntaxKind.AsteriskToken, '*'],
  [ts.SyntaxKind.SlashToken, '/'],
  [ts.SyntaxKind.PercentToken, '%'],
  [ts.SyntaxKind.PlusEqualsToken, '+'],
  [ts.SyntaxKind.MinusEqualsToken, '-'],
  [ts.SyntaxKind.AsteriskEqualsToken, '*'],
  [ts.SyntaxKind.SlashEqualsToken, '/'],
]);

const POWERS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AsteriskAsteriskToken,
  ts.SyntaxKind.AsteriskAsteriskEqualsToken,
]);

/** `a op b` for every binary operator, assignments included. */
export function binary(machine: Machine, node: ts.BinaryExpression, scope: Scope): Value {
  const kind = node.operatorToken.kind;
  const lazy = shortCircuit(machine, node, scope);
  if (lazy) return lazy;
  if (kind === ts.SyntaxKind.EqualsToken) {
    const value = machine.evaluate(node.right, scope);
    assign(machine, { target: node.left, scope }, value);
    return value;
  }
  const left = machine.evaluate(node.left, scope);
  if (kind === ts.SyntaxKind.InstanceOfKeyword) return instanceOf(machine, { left, node, scope });
  const right = machine.evaluate(node.right, scope);
  const op = COMPARISONS.get(kind);
  if (op) return truthValue(compareValues({ left, op, right }, node));
  const sign = ARITHMETIC.get(kind);
  const powered = POWERS.has(kind) ? power(left, right) : undefined;
  const value = sign ? arithmetic(sign, left, right) : (powered ?? bitwise(node, left, right));
  if (value) {
    if (kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment) {
      assign(machine, { target: node.left, scope }, value);
    }
    return value;
  }
  if (kind === ts.SyntaxKind.CommaToken) return right;
  if (kind === ts.SyntaxKind.InKeyword)
    return overChoice(right, (object) => inObject(machine, { left, right: object }, node));
  return unknown(textOf(node), [...termsIn(left), ...termsIn(right)]);
}

function shortCircuit(
  machine: Machine,
  node: ts.BinaryExpression,
  scope: Scope,
): Value | undefined {
  const right = () => machine.evaluate(node.right, scope);
  const assigned = () => {
    const value = right();
    assign(machine, { target: node.left, scope }, value);
    return value;
  };
  switch (node.operatorToken.kind) {
    case ts.SyntaxKind.AmpersandAmpersandToken: {
      const left = machine.evaluate(node.left, scope);
      const when = machine.truth(left, node.left);
      return branchValue(machine, when, { yes: right, no: () => falsy(left) });
    }
    case ts.SyntaxKind.BarBarToken:
    case ts.SyntaxKind.BarBarEqualsToken: {
      const plain = node.operatorToken.kind === ts.SyntaxKind.BarBarToken;
      const left = machine.evaluate(node.left, scope);
      const when = machine.truth(left, node.left);
      if (plain && isSetting(left)) return withDefault(left, right());
      return branchValue(machine, when, { yes: () => truthy(left), no: plain ? right : assigned });
    }
    case ts.SyntaxKind.QuestionQuestionToken:
    case ts.SyntaxKind.QuestionQuestionEqualsToken: {
      const plain = node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken;
      const left = machine.evaluate(node.left, scope);
      const when = isThere(left, node.left);
      machine.deps.noteCondition?.(node.left, when);
      if (plain && left.kind === 'unknown' && isNo(node.right)) return left;
      if (plain && isSetting(left)) return withDefault(left, right());
      return branchValue(machine, when, { yes: () => present(left), no: plain ? right : assigned });
    }
    default:
      return undefined;
  }
}

/** What says no more than that there is nothing: the unknown may be that as well. */
function isNo(node: ts.Expression): boolean {
  return node.kind === ts.SyntaxKind.FalseKeyword || isNothing(node);
}

function isSetting(value: Value): boolean {
  return value.kind === 'term' && value.term.kind === 'env';
}

/** An environment variable with what holds where it is not set. */
export function withDefault(setting: Value, otherwise: Value): Value {
  const type =
    otherwise.kind === 'term' ? { ...otherwise.type, nullable: false } : typed('unknown');
  return called('coalesce', [setting, otherwise], type);
}

/** What is left of a value where it is known to be false. */
function falsy(value: Value): Value {
  if (value.kind === 'row') return UNDEFINED;
  if (value.kind === 'choice') return overChoice(value, falsy);
  if (isSetting(value) || value.kind === 'unknown') return literal(false);
  return isBoolean(value) ? literal(false) : value;
}

function truthy(value: Value): Value {
  if (isBoolean(value)) return literal(true);
  return present(value);
}

/** What is left of a value where it is known to be there. */
export function present(value: Value): Value {
  if (value.kind === 'row') return { ...value, sure: true };
  if (value.kind !== 'choice') return value;
  if (value.no.kind === 'undefined') return present(value.yes);
  if (value.yes.kind === 'undefined') return present(value.no);
  return value;
}

/** Arithmetic on terms, done at once on literals; `+` of a string is concatenation. */
export function arithmetic(op: Arith, left: Value, right: Value): Value {
  const a = literalOf(left);
  const b = literalOf(right);
  if (op === '+' && [left, right].some(isText)) return concat([left, right]);
  if (typeof a === 'number' && typeof b === 'number') return literal(calculate(op, a, b));
  if (op === '+' && a === 0) return right;
  if (op === '-' && endsOf(left).some((one) => endsOf(right).some((other) => isSame(one, other)))) {
    return overChoice(left, (one) =>
      overChoice(right, (other) => (isSame(one, other) ? literal(0) : operation(op, one, other))),
    );
  }
  return operation(op, left, right);
}

function operation(op: Arith, left: Value, right: Value): Value {
  return term({ kind: 'arith', op, left: toTerm(left), right: toTerm(right) }, typed('number'));
}

function isSame(one: Value, other: Value): boolean {
  return one.kind === 'term' && isSettled(one.term) && sameValue(one, other);
}

function isText(value: Value): boolean {
  if (value.kind === 'jsx') return true;
  if (value.kind === 'choice') return isText(value.yes) && isText(value.no);
  return value.kind === 'term' && value.type.base === 'string' && value.term.kind !== 'input';
}

function calculate(op: Arith, a: number, b: number): number {
  if (op === '+') return a + b;
  if (op === '-') return a - b;
  if (op === '*') return a * b;
  return op === '/' ? a / b : a % b;
}

export function unary(machine: Machine, node: ts.PrefixUnaryExpression, scope: Scope): Value {
  const value = machine.evaluate(node.operand, scope);
  const said = literalOf(value);
  switch (node.operator) {
    case ts.SyntaxKind.ExclamationToken:
      return truthValue(not(machine.truth(value, node.operand)));
    case ts.SyntaxKind.MinusToken:
      return typeof said === 'number' ? literal(-said) : arithmetic('-', literal(0), value);
    case ts.SyntaxKind.PlusToken:
      return signed(value);
    case ts.SyntaxKind.PlusPlusToken:
    case ts.SyntaxKind.MinusMinusToken:
      return step(machine, node, scope);
    case ts.SyntaxKind.TildeToken:
      return inverted(value) ?? unknown(textOf(node), termsIn(value));
    default:
      return unknown(textOf(node), termsIn(value));
  }
}

/** `i++`, `--i`. */
export function step(
  machine: Machine,
  node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression,
  scope: Scope,
): Value {
  const before = machine.evaluate(node.operand, scope);
  const op = node.operator === ts.SyntaxKind.PlusPlusToken ? '+' : '-';
  const after = arithmetic(op, before, literal(1));
  assign(machine, { target: node.operand, scope }, after);
  return ts.isPrefixUnaryExpression(node) ? after : before;
}
