import { ts } from '../../kernel/syntax.ts';
import { assignProperty } from './property.ts';
import { under } from './under.ts';
import { assignNoted } from './unsure.ts';
import type { Frame, Machine, Primitive, Value } from './value.ts';
import { either, literal, truthOf, UNKNOWN } from './value.ts';

/** `a + b`, `a ?? b`, `a = b`, `a += b`, …; unknown where the sides aren't known. */
export function binary(machine: Machine, node: ts.BinaryExpression, frame: Frame | null): Value {
  const operator = node.operatorToken.kind;
  if (operator === ts.SyntaxKind.EqualsToken) return assignment(machine, node, frame);
  const within = COMPOUND.get(operator);
  const value = combined(machine, { node, operator: within ?? operator }, frame);
  if (within !== undefined) store(machine, node.left, { value, frame });
  return value;
}

/** What the operator of `a + b` or `a += b` gives. */
function combined(
  machine: Machine,
  { node, operator }: { node: ts.BinaryExpression; operator: ts.SyntaxKind },
  frame: Frame | null,
): Value {
  const left = machine.evaluate(node.left, frame);
  const picked = pick(operator, left);
  if (picked === 'left') return left;
  const holds = operator === ts.SyntaxKind.AmpersandAmpersandToken;
  const given = () => machine.evaluate(node.right, frame);
  const right =
    picked === 'both' && operator !== ts.SyntaxKind.QuestionQuestionToken
      ? under(machine, { condition: { expression: node.left, frame }, holds }, given)
      : given();
  if (picked === 'right' || operator === ts.SyntaxKind.CommaToken) return right;
  if (picked === 'both') return either([...leftOver(operator, left), right]);
  if (operator === ts.SyntaxKind.PlusToken && [left, right].some(isEither)) {
    return joined(left, right);
  }
  if (left.kind !== 'literal' || right.kind !== 'literal') return UNKNOWN;
  const value = compute(operator, left.value, right.value);
  return value === undefined ? UNKNOWN : literal(value);
}

/** `!a`, `-a`, `i++`. */
export function prefix(
  machine: Machine,
  node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression,
  frame: Frame | null,
): Value {
  const value = machine.evaluate(node.operand, frame);
  if (node.operator === ts.SyntaxKind.ExclamationToken) {
    const truth = truthOf(value);
    return truth === undefined ? UNKNOWN : literal(!truth);
  }
  if (value.kind !== 'literal' || typeof value.value !== 'number') return UNKNOWN;
  if (node.operator === ts.SyntaxKind.MinusToken) return literal(-value.value);
  const step = node.operator === ts.SyntaxKind.PlusPlusToken ? 1 : -1;
  if (node.operator === ts.SyntaxKind.PlusToken) return value;
  const next = literal(value.value + step);
  store(machine, node.operand, { value: next, frame });
  return ts.isPrefixUnaryExpression(node) ? next : value;
}

/** `typeof a`. */
export function typeOf(value: Value): Value {
  if (value.kind === 'literal') return literal(typeof value.value);
  if (value.kind === 'list' || value.kind === 'object' || value.kind === 'regex')
    return literal('object');
  if (value.kind === 'function' || value.kind === 'class') return literal('function');
  return value.kind === 'either' ? either(value.of.map(typeOf)) : UNKNOWN;
}

function assignment(machine: Machine, node: ts.BinaryExpression, frame: Frame | null): Value {
  const value = machine.evaluate(node.right, frame);
  store(machine, node.left, { value, frame });
  return value;
}

function store(
  machine: Machine,
  target: ts.Expression,
  { value, frame }: { value: Value; frame: Frame | null },
): void {
  if (ts.isIdentifier(target)) {
    const meaning = machine.names.meaning(target);
    if (meaning?.kind === 'declared') assignNoted(machine, meaning.node, { value, frame });
    return;
  }
  if (!ts.isPropertyAccessExpression(target) && !ts.isElementAccessExpression(target)) return;
  const receiver = machine.evaluate(target.expression, frame);
  if (receiver.kind === 'native' && ts.isPropertyAccessExpression(target))
    assignProperty(machine, receiver.native, { name: target.name.text, value });
  if (receiver.kind === 'package' && ts.isPropertyAccessExpression(target))
    for (const { assign } of machine.semantics) assign?.(receiver, target.name.text, value);
  if (receiver.kind !== 'object') return;
  const name = ts.isPropertyAccessExpression(target)
    ? literal(target.name.text)
    : machine.evaluate(target.argumentExpression, frame);
  if (name.kind === 'literal') receiver.entries.set(String(name.value), value);
  else receiver.open.value = true;
}

/** The operator that an assignment has in it. */
const COMPOUND = new Map<ts.SyntaxKind, ts.SyntaxKind>([
  [ts.SyntaxKind.PlusEqualsToken, ts.SyntaxKind.PlusToken],
  [ts.SyntaxKind.MinusEqualsToken, ts.SyntaxKind.MinusToken],
  [ts.SyntaxKind.AsteriskEqualsToken, ts.SyntaxKind.AsteriskToken],
  [ts.SyntaxKind.BarBarEqualsToken, ts.SyntaxKind.BarBarToken],
  [ts.SyntaxKind.AmpersandAmpersandEqualsToken, ts.SyntaxKind.AmpersandAmpersandToken],
  [ts.SyntaxKind.QuestionQuestionEqualsToken, ts.SyntaxKind.QuestionQuestionToken],
]);

/** Which side a short-circuit operator gives, as far as the left one tells. */
function pick(operator: ts.SyntaxKind, left: Value): 'left' | 'right' | 'both' | null {
  const truth = truthOf(left);
  switch (operator) {
    case ts.SyntaxKind.BarBarToken:
      return truth === undefined ? 'both' : truth ? 'left' : 'right';
    case ts.SyntaxKind.AmpersandAmpersandToken:
      return truth === undefined ? 'both' : truth ? 'right' : 'left';
    case ts.SyntaxKind.QuestionQuestionToken:
      if (left.kind === 'literal') return left.value == null ? 'right' : 'left';
      return truth === undefined ? 'both' : 'left';
    default:
      return null;
  }
}

/** What the left side may give where it is not known which of its values it has: never what the operator goes on from. */
function leftOver(operator: ts.SyntaxKind, left: Value): Value[] {
  const sides = left.kind === 'either' ? left.of : [left];
  return sides.filter((side) => pick(operator, side) !== 'right');
}

/** The texts that two values come to one behind the other; unknown where either is, or where there are too many. */
export function joined(before: Value, after: Value): Value {
  const [starts, ends] = [before, after].map((value) => (isEither(value) ? value.of : [value]));
  if (!starts || !ends || starts.length * ends.length > TEXTS) return UNKNOWN;
  return either(
    starts.flatMap((start) =>
      ends.map((end) =>
        isWritten(start, before) && isWritten(end, after)
          ? literal(String(start.value) + String(end.value))
          : UNKNOWN,
      ),
    ),
  );
}

const TEXTS = 16;

/** What may be nothing is no text of its own: nobody means to have `undefined` in one. */
function isWritten(side: Value, of: Value): side is Value & { kind: 'literal' } {
  return side.kind === 'literal' && (side === of || side.value != null);
}

function isEither(value: Value): value is Value & { kind: 'either' } {
  return value.kind === 'either';
}

function compute(operator: ts.SyntaxKind, left: Primitive, right: Primitive): Primitive {
  if (operator === ts.SyntaxKind.EqualsEqualsEqualsToken) return left === right;
  if (operator === ts.SyntaxKind.ExclamationEqualsEqualsToken) return left !== right;
  if (operator === ts.SyntaxKind.PlusToken && (isText(left) || isText(right))) {
    return String(left) + String(right);
  }
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  return ARITHMETIC.get(operator)?.(left, right);
}

const ARITHMETIC = new Map<ts.SyntaxKind, (left: number, right: number) => Primitive>([
  [ts.SyntaxKind.PlusToken, (left, right) => left + right],
  [ts.SyntaxKind.MinusToken, (left, right) => left - right],
  [ts.SyntaxKind.AsteriskToken, (left, right) => left * right],
  [ts.SyntaxKind.SlashToken, (left, right) => left / right],
  [ts.SyntaxKind.AsteriskAsteriskToken, (left, right) => left ** right],
  [ts.SyntaxKind.LessThanToken, (left, right) => left < right],
  [ts.SyntaxKind.LessThanEqualsToken, (left, right) => left <= right],
  [ts.SyntaxKind.GreaterThanToken, (left, right) => left > right],
  [ts.SyntaxKind.GreaterThanEqualsToken, (left, right) => left >= right],
]);

function isText(value: Primitive): value is string {
  return typeof value === 'string';
}
