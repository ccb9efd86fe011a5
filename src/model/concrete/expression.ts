import { ts } from '../../kernel/syntax.ts';
import { bounded, inner, type Machine, type Scope, slotOf, Unread } from './machine.ts';
import { callMethod, GLOBALS, memberOf } from './members.ts';

/** The value of an expression over plain data; throws `Unread` for anything else. */
export function evaluate(machine: Machine, node: ts.Expression, scope: Scope): unknown {
  machine.step();
  if (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node)
  ) {
    return evaluate(machine, node.expression, scope);
  }
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isNumericLiteral(node)) return Number(node.text.replaceAll('_', ''));
  if (ts.isIdentifier(node)) return named(machine, node, scope);
  if (ts.isCallExpression(node)) return called(machine, node, scope);
  if (ts.isBinaryExpression(node)) return binary(machine, node, scope);
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    return accessed(machine, node, scope);
  }
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) {
    return machine.closure(node, scope);
  }
  return compound(machine, node, scope);
}

function compound(machine: Machine, node: ts.Expression, scope: Scope): unknown {
  const value = (of: ts.Expression) => evaluate(machine, of, scope);
  switch (node.kind) {
    case ts.SyntaxKind.TrueKeyword:
      return true;
    case ts.SyntaxKind.FalseKeyword:
      return false;
    case ts.SyntaxKind.NullKeyword:
      return null;
  }
  if (ts.isConditionalExpression(node)) {
    return value(value(node.condition) ? node.whenTrue : node.whenFalse);
  }
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    return unary(machine, node, scope);
  }
  if (ts.isRegularExpressionLiteral(node)) {
    const end = node.text.lastIndexOf('/');
    return new RegExp(node.text.slice(1, end), node.text.slice(end + 1));
  }
  if (ts.isTemplateExpression(node)) {
    const spans = node.templateSpans.map(
      (span) => `${plain(value(span.expression))}${span.literal.text}`,
    );
    return bounded(node.head.text + spans.join(''));
  }
  if (ts.isArrayLiteralExpression(node)) return items(machine, node.elements, scope);
  throw new Unread();
}

function items(machine: Machine, nodes: readonly ts.Expression[], scope: Scope): unknown[] {
  const found = nodes.flatMap((node): unknown[] => {
    if (!ts.isSpreadElement(node)) return [evaluate(machine, node, scope)];
    const spread = evaluate(machine, node.expression, scope);
    if (typeof spread !== 'string' && !Array.isArray(spread)) throw new Unread();
    return [...spread];
  });
  return bounded(found);
}

function named(machine: Machine, node: ts.Identifier, scope: Scope): unknown {
  const slot = slotOf(scope, node.text);
  if (slot) return slot.value;
  const meaning = machine.program.meaning(node);
  if (!meaning) {
    if (!GLOBALS.has(node.text)) throw new Unread();
    return GLOBALS.get(node.text);
  }
  if (meaning.kind !== 'declared') throw new Unread();
  const declared = meaning.node;
  if (ts.isFunctionDeclaration(declared)) return machine.closure(declared, inner(null));
  const fixed =
    ts.isVariableDeclaration(declared) &&
    ts.isVariableDeclarationList(declared.parent) &&
    (declared.parent.flags & ts.NodeFlags.Const) !== 0;
  if (!fixed || !declared.initializer) throw new Unread();
  return evaluate(machine, declared.initializer, inner(null));
}

function called(machine: Machine, node: ts.CallExpression, scope: Scope): unknown {
  const target = node.expression;
  if (ts.isPropertyAccessExpression(target)) {
    const known = globalNamed(machine, target, scope);
    const args = () => items(machine, node.arguments, scope);
    if (typeof known === 'function') return bounded(Reflect.apply(known, undefined, args()));
    const receiver = evaluate(machine, target.expression, scope);
    const skipped = receiver === null || receiver === undefined;
    if (skipped && target.questionDotToken) return undefined;
    return callMethod(receiver, target.name.text, args());
  }
  const callee = evaluate(machine, target, scope);
  if (typeof callee !== 'function') throw new Unread();
  return bounded(Reflect.apply(callee, undefined, items(machine, node.arguments, scope)));
}

/** `Math.floor` and the like, where nothing of the repo is called `Math`. */
function globalNamed(
  machine: Machine,
  { expression, name }: ts.PropertyAccessExpression,
  scope: Scope,
): unknown {
  if (!ts.isIdentifier(expression) || slotOf(scope, expression.text)) return undefined;
  if (machine.program.meaning(expression)) return undefined;
  return GLOBALS.get(`${expression.text}.${name.text}`);
}

function accessed(
  machine: Machine,
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  scope: Scope,
): unknown {
  const receiver = evaluate(machine, node.expression, scope);
  if ((receiver === null || receiver === undefined) && node.questionDotToken) return undefined;
  const name = ts.isPropertyAccessExpression(node)
    ? node.name.text
    : plain(evaluate(machine, node.argumentExpression, scope));
  return memberOf(receiver, name);
}

function unary(
  machine: Machine,
  node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression,
  scope: Scope,
): unknown {
  const value = evaluate(machine, node.operand, scope);
  if (node.operator === ts.SyntaxKind.ExclamationToken) return !value;
  const number = Number(plain(value));
  if (node.operator === ts.SyntaxKind.MinusToken) return -number;
  if (node.operator === ts.SyntaxKind.PlusToken) return number;
  if (node.operator === ts.SyntaxKind.TildeToken) return ~number;
  const next = node.operator === ts.SyntaxKind.PlusPlusToken ? number + 1 : number - 1;
  store(node.operand, next, scope);
  return ts.isPrefixUnaryExpression(node) ? next : number;
}

function store(target: ts.Expression, value: unknown, scope: Scope): void {
  const slot = ts.isIdentifier(target) ? slotOf(scope, target.text) : undefined;
  if (!slot) throw new Unread();
  slot.value = bounded(value);
}

function binary(machine: Machine, node: ts.BinaryExpression, scope: Scope): unknown {
  const operator = node.operatorToken.getText();
  if (operator === '=') {
    const value = evaluate(machine, node.right, scope);
    store(node.left, value, scope);
    return value;
  }
  const left = evaluate(machine, node.left, scope);
  if (operator === '&&' && !left) return left;
  if (operator === '||' && left) return left;
  if (operator === '??' && left !== null && left !== undefined) return left;
  const right = evaluate(machine, node.right, scope);
  if (/^(&&|\|\||\?\?|,)$/.test(operator)) return right;
  const assigned = /^([-+*/%&|^]|\*\*|<<|>>|>>>)=$/.exec(operator)?.[1];
  const value = computed(assigned ?? operator, left, right);
  if (assigned) store(node.left, value, scope);
  return value;
}

/** Text of plain data; lists and functions have none that code should rely on. */
function plain(value: unknown): string {
  if (value !== null && (typeof value === 'object' || typeof value === 'function')) {
    throw new Unread();
  }
  return String(value);
}

function computed(operator: string, left: unknown, right: unknown): unknown {
  if (operator === '===') return left === right;
  if (operator === '!==') return left !== right;
  if (operator === '+' && (typeof left === 'string' || typeof right === 'string')) {
    return bounded(plain(left) + plain(right));
  }
  const texts = typeof left === 'string' && typeof right === 'string';
  const [a, b] = [left, right].map((side) => (side === null ? 0 : Number(side))) as [
    number,
    number,
  ];
  if (texts && ORDER.has(operator)) return ORDER.get(operator)?.(left < right, left === right);
  const compute = ARITHMETIC.get(operator);
  plain(left);
  plain(right);
  if (!compute) throw new Unread();
  return compute(a, b);
}

const ORDER = new Map<string, (less: boolean, equal: boolean) => boolean>([
  ['<', (less) => less],
  ['<=', (less, equal) => less || equal],
  ['>', (less, equal) => !less && !equal],
  ['>=', (less) => !less],
]);

const ARITHMETIC = new Map<string, (a: number, b: number) => number | boolean>([
  ['+', (a, b) => a + b],
  ['-', (a, b) => a - b],
  ['*', (a, b) => a * b],
  ['/', (a, b) => a / b],
  ['%', (a, b) => a % b],
  ['**', (a, b) => a ** b],
  ['&', (a, b) => a & b],
  ['|', (a, b) => a | b],
  ['^', (a, b) => a ^ b],
  ['<<', (a, b) => a << b],
  ['>>', (a, b) => a >> b],
  ['>>>', (a, b) => a >>> b],
  ['<', (a, b) => a < b],
  ['<=', (a, b) => a <= b],
  ['>', (a, b) => a > b],
  ['>=', (a, b) => a >= b],
]);
