import { ts } from '../../kernel/syntax.ts';
import { evaluateCall } from './call.ts';
import { anyItemsOf, COLLECTIONS, LANGUAGE } from './collection.ts';
import { binary, joined, prefix, typeOf } from './operator.ts';
import { ownPlace } from './places.ts';
import { meant, propertyOf } from './property.ts';
import { SOON } from './soon.ts';
import type { Frame, Machine, Value } from './value.ts';
import { either, list, literal, object, truthOf, UNKNOWN } from './value.ts';

type Read = (machine: Machine, node: ts.Expression, frame: Frame | null) => Value;

/** The value of an expression, with its origin. */
export function evaluate(machine: Machine, node: ts.Expression, frame: Frame | null): Value {
  const inner = unwrapped(node);
  if (ts.isIdentifier(inner)) return identifier(machine, inner, frame);
  if (ts.isPropertyAccessExpression(inner) || ts.isElementAccessExpression(inner)) {
    return access(machine, inner, frame);
  }
  const value = shape(machine, inner, frame);
  if (value.origin?.kept) return value;
  return { ...value, origin: { expression: inner, frame } };
}

/** An expression without what only the type checker and `await` add to it. */
export function unwrapped(node: ts.Expression): ts.Expression {
  const wrapped =
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isTypeAssertionExpression(node) ||
    ts.isAwaitExpression(node) ||
    ts.isExpressionWithTypeArguments(node);
  return wrapped ? unwrapped(node.expression) : node;
}

function shape(machine: Machine, node: ts.Expression, frame: Frame | null): Value {
  if (ts.isStringLiteralLike(node)) return literal(node.text);
  if (ts.isNumericLiteral(node)) return literal(Number(node.text.replaceAll('_', '')));
  if (ts.isRegularExpressionLiteral(node)) return regex(node.text);
  if (
    ts.isCallExpression(node) ||
    ts.isNewExpression(node) ||
    ts.isTaggedTemplateExpression(node)
  ) {
    return evaluateCall(machine, node, frame);
  }
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) {
    return { kind: 'function', node, frame, self: null, origin: null };
  }
  if (ts.isClassExpression(node)) return { kind: 'class', node, frame, origin: null };
  if (ts.isBinaryExpression(node)) return binary(machine, node, frame);
  return KEYWORDS.get(node.kind)?.(machine, node, frame) ?? compound(machine, node, frame);
}

const KEYWORDS = new Map<ts.SyntaxKind, Read>([
  [ts.SyntaxKind.TrueKeyword, () => literal(true)],
  [ts.SyntaxKind.FalseKeyword, () => literal(false)],
  [ts.SyntaxKind.NullKeyword, () => literal(null)],
  [ts.SyntaxKind.MetaProperty, (machine, node) => ownPlace(machine, node) ?? UNKNOWN],
  [ts.SyntaxKind.ThisKeyword, (_machine, _node, frame) => frame?.self ?? UNKNOWN],
]);

function compound(machine: Machine, node: ts.Expression, frame: Frame | null): Value {
  if (ts.isTemplateExpression(node)) return template(machine, node, frame);
  if (ts.isObjectLiteralExpression(node)) return objectLiteral(machine, node, frame);
  if (ts.isArrayLiteralExpression(node)) return arrayLiteral(machine, node, frame);
  if (ts.isPrefixUnaryExpression(node)) return prefix(machine, node, frame);
  if (ts.isVoidExpression(node)) {
    machine.evaluate(node.expression, frame);
    return literal(undefined);
  }
  if (ts.isTypeOfExpression(node)) return typeOf(machine.evaluate(node.expression, frame));
  if (ts.isPostfixUnaryExpression(node)) return prefix(machine, node, frame);
  if (ts.isConditionalExpression(node)) {
    const truth = truthOf(machine.evaluate(node.condition, frame));
    if (truth === true) return machine.evaluate(node.whenTrue, frame);
    if (truth === false) return machine.evaluate(node.whenFalse, frame);
    return either([node.whenTrue, node.whenFalse].map((side) => machine.evaluate(side, frame)));
  }
  return UNKNOWN;
}

function identifier(machine: Machine, node: ts.Identifier, frame: Frame | null): Value {
  if (node.text === 'undefined') return literal(undefined);
  const meaning = machine.names.meaning(node);
  const place = meaning ? undefined : ownPlace(machine, node);
  if (place) return { ...place, origin: { expression: node, frame } };
  if (!meaning && isOfLanguage(node.text)) return ofLanguage(node, frame);
  const value = meant(machine, meaning, frame);
  const passed = value.origin && meaning?.kind === 'declared' && isPassed(meaning.node, value);
  return passed || value.origin?.kept ? value : { ...value, origin: { expression: node, frame } };
}

function isOfLanguage(name: string): boolean {
  return name === 'Promise' || name === 'URL' || COLLECTIONS.has(name) || SOON.has(name);
}

function ofLanguage(node: ts.Identifier, frame: Frame | null): Value {
  const origin = { expression: node, frame };
  return { kind: 'package', package: LANGUAGE, path: [node.text], origin };
}

/** Whether a name stood for something written elsewhere (a parameter, a loop variable, a part of one). */
function isPassed(declaration: ts.Node, value: Value): boolean {
  if (ts.isParameter(declaration) || ts.isBindingElement(declaration)) return true;
  if (!ts.isVariableDeclaration(declaration)) return false;
  if (!declaration.initializer) return ts.isForOfStatement(declaration.parent.parent);
  return (
    unwrapped(declaration.initializer) !== value.origin?.expression && !isModuleLevel(declaration)
  );
}

function isModuleLevel(declaration: ts.VariableDeclaration): boolean {
  return ts.isSourceFile(declaration.parent.parent.parent);
}

function access(
  machine: Machine,
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  frame: Frame | null,
): Value {
  const receiver = machine.evaluate(node.expression, frame);
  const isNothing = receiver.kind === 'literal' && (receiver.value ?? undefined) === undefined;
  if (node.questionDotToken && isNothing) return literal(undefined);
  const name = ts.isPropertyAccessExpression(node)
    ? literal(node.name.text)
    : machine.evaluate(node.argumentExpression, frame);
  const value =
    name.kind === 'literal' ? propertyOf(machine, receiver, String(name.value)) : UNKNOWN;
  if (value.origin?.kept) {
    if (receiver.kind === 'native') frame?.values.set(node, value);
    return value;
  }
  const written = unwrapped(node.expression);
  const stable =
    receiver.origin?.expression === written || written.kind === ts.SyntaxKind.ThisKeyword;
  return stable || !value.origin ? { ...value, origin: { expression: node, frame } } : value;
}

function template(machine: Machine, node: ts.TemplateExpression, frame: Frame | null): Value {
  let value: Value = literal(node.head.text);
  for (const span of node.templateSpans) {
    const part = joined(value, machine.evaluate(span.expression, frame));
    value = joined(part, literal(span.literal.text));
  }
  return value;
}

function objectLiteral(
  machine: Machine,
  node: ts.ObjectLiteralExpression,
  frame: Frame | null,
): Value {
  const value = object();
  const inside: Frame = { values: new Map(), parent: frame, self: value };
  for (const property of node.properties) {
    if (ts.isSpreadAssignment(property)) {
      const spread = machine.evaluate(property.expression, frame);
      const sides = spread.kind === 'either' ? spread.of : [spread];
      for (const side of sides) spreadOver(machine, value, side);
      continue;
    }
    const name = nameOf(machine, property.name, frame);
    if (name === undefined) value.open.value = true;
    else value.entries.set(name, propertyValue(machine, property, { frame, inside }));
  }
  return value;
}

/** What is spread on one side of a choice alone is taken to be there. */
function spreadOver(machine: Machine, value: Value & { kind: 'object' }, spread: Value): void {
  if (spread.kind === 'object')
    for (const [name, item] of spread.entries) value.entries.set(name, item);
  else if (spread.kind === 'module')
    for (const name of machine.names.exportNames(spread.file))
      value.entries.set(name, propertyOf(machine, spread, name));
  else if (truthOf(spread) !== false) value.open.value = true;
}

function propertyValue(
  machine: Machine,
  property: Exclude<ts.ObjectLiteralElementLike, ts.SpreadAssignment>,
  { frame, inside }: { frame: Frame | null; inside: Frame },
): Value {
  if (ts.isPropertyAssignment(property)) return machine.evaluate(property.initializer, frame);
  if (ts.isShorthandPropertyAssignment(property)) return machine.evaluate(property.name, frame);
  if (ts.isMethodDeclaration(property)) {
    return { kind: 'function', node: property, frame: inside, self: inside.self, origin: null };
  }
  if (ts.isGetAccessorDeclaration(property)) {
    return machine.invoke(
      { kind: 'function', node: property, frame: inside, self: inside.self },
      [],
    );
  }
  return UNKNOWN;
}

function nameOf(machine: Machine, name: ts.PropertyName, frame: Frame | null): string | undefined {
  if (!ts.isComputedPropertyName(name)) return name.text;
  const value = machine.evaluate(name.expression, frame);
  return value.kind === 'literal' ? String(value.value) : undefined;
}

function arrayLiteral(
  machine: Machine,
  node: ts.ArrayLiteralExpression,
  frame: Frame | null,
): Value {
  const value = list([]);
  if (value.kind !== 'list') return value;
  for (const element of node.elements) {
    const item = machine.evaluate(
      ts.isSpreadElement(element) ? element.expression : element,
      frame,
    );
    const spread = ts.isSpreadElement(element) ? anyItemsOf(item) : list([item]);
    if (spread?.kind === 'list') value.items.push(...spread.items);
    else value.open.value = true;
  }
  return value;
}

function regex(text: string): Value {
  const end = text.lastIndexOf('/');
  return { kind: 'regex', source: text.slice(1, end), flags: text.slice(end + 1), origin: null };
}
