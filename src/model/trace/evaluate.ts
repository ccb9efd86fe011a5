import { ts } from '../../kernel/syntax.ts';
import { accessExpression } from './access.ts';
import { assignedTo } from './assigned.ts';
import { bigNumber } from './bits.ts';
import { callExpression, newExpression } from './calls.ts';
import { arrayOf, concat, spreadOver } from './composites.ts';
import { delegated } from './delegated.ts';
import { assign, cellOf, propertyName, scopeWithin } from './environment.ts';
import { noteGetter } from './getters.ts';
import { globalOf } from './global-object.ts';
import { globalValue } from './globals.ts';
import { jsxElement } from './jsx.ts';
import type { Machine } from './machine.ts';
import { noteSpreads } from './merged-parts.ts';
import { exportsOf } from './modules.ts';
import { binary, step, unary } from './operators.ts';
import { taggedTemplate } from './packages.ts';
import { branchValue, narrowed } from './path.ts';
import { regexp } from './regexps.ts';
import { spreadRest } from './rests.ts';
import { textOf } from './source.ts';
import { spreadInto } from './spread-items.ts';
import { fieldsCell, overChoice } from './terms.ts';
import { typeName } from './type-name.ts';
import {
  type Item,
  literal,
  openCell,
  type Scope,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

/** The symbolic value of an expression; what it throws or awaits on the way bears on the path. */
export function evaluate(machine: Machine, node: ts.Expression, scope: Scope): Value {
  machine.steps += 1;
  if (machine.steps > machine.limit || machine.path.dead) return unknown(textOf(node));
  if (machine.file !== scope.file) lookInto(machine, scope.file);
  return narrowed(machine, evaluated(machine, node, scope));
}

/** What registered the endpoint gave code that this trace has not asked for by name. */
function lookInto(machine: Machine, file: string): void {
  machine.deps.program.source(file);
  machine.file = file;
}

function evaluated(machine: Machine, node: ts.Expression, scope: Scope): Value {
  if (ts.isIdentifier(node)) return identifier(machine, node, scope);
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    return accessExpression(machine, node, scope);
  }
  if (ts.isCallExpression(node)) return callExpression(machine, node, scope);
  if (ts.isNewExpression(node)) return newExpression(machine, node, scope);
  if (ts.isBinaryExpression(node)) return binary(machine, node, scope);
  if (ts.isPrefixUnaryExpression(node)) return unary(machine, node, scope);
  if (ts.isPostfixUnaryExpression(node)) return step(machine, node, scope);
  if (ts.isConditionalExpression(node)) return conditional(machine, node, scope);
  if (ts.isAwaitExpression(node)) {
    return machine.settle(machine.evaluate(node.expression, scope), node);
  }
  if (ts.isYieldExpression(node) && node.asteriskToken && node.expression) {
    return delegated(machine, machine.evaluate(node.expression, scope), node);
  }
  if (isWrapping(node)) return machine.evaluate(node.expression, scope);
  if (ts.isFunctionExpression(node) || ts.isArrowFunction(node)) {
    return { kind: 'closure', node, scope };
  }
  if (isDeclaration(node)) return { kind: 'closure', node, scope };
  return written(machine, node, scope);
}

/** What is written out: literals, templates, objects, arrays, elements. */
function written(machine: Machine, node: ts.Expression, scope: Scope): Value {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node))
    return literal(node.text);
  if (ts.isNumericLiteral(node)) return literal(Number(node.text.replace(/_/g, '')));
  if (ts.isBigIntLiteral(node)) return bigNumber(literal(node.text.replace(/n$/, '')));
  if (ts.isTemplateExpression(node)) return template(machine, node, scope);
  if (ts.isTaggedTemplateExpression(node)) return taggedTemplate(machine, node, scope);
  if (ts.isObjectLiteralExpression(node)) return objectLiteral(machine, node, scope);
  if (ts.isArrayLiteralExpression(node)) return arrayLiteral(machine, node, scope);
  if (ts.isJsxElement(node) || ts.isJsxSelfClosingElement(node) || ts.isJsxFragment(node)) {
    return jsxElement(machine, node, scope);
  }
  if (ts.isClassExpression(node)) return { kind: 'class', node, scope };
  if (ts.isVoidExpression(node)) {
    machine.evaluate(node.expression, scope);
    return UNDEFINED;
  }
  if (ts.isTypeOfExpression(node)) return typeOf(machine, node, scope);
  if (ts.isDeleteExpression(node)) return deleted(machine, node, scope);
  return keyword(node, scope);
}

/** `delete a.b`: what reads it later finds nothing. */
function deleted(machine: Machine, { expression }: ts.DeleteExpression, scope: Scope): Value {
  const named =
    ts.isPropertyAccessExpression(expression) ||
    (ts.isElementAccessExpression(expression) &&
      ts.isStringLiteralLike(expression.argumentExpression));
  if (named) assign(machine, { target: expression, scope }, UNDEFINED);
  return literal(true);
}

function keyword(node: ts.Expression, scope: Scope): Value {
  switch (node.kind) {
    case ts.SyntaxKind.TrueKeyword:
      return literal(true);
    case ts.SyntaxKind.FalseKeyword:
      return literal(false);
    case ts.SyntaxKind.NullKeyword:
      return literal(null);
    case ts.SyntaxKind.ThisKeyword:
      return scope.self ?? unknown('this');
    case ts.SyntaxKind.MetaProperty:
      return newTarget(node, scope) ?? unknown(textOf(node));
    case ts.SyntaxKind.RegularExpressionLiteral:
      return regexp(node.getText());
    default:
      return unknown(textOf(node));
  }
}

/** `new.target`: in a constructor the class that is made, which may extend its own; undefined for another `import.meta`. */
function newTarget(node: ts.Node, { self }: Scope): Value | undefined {
  if (!ts.isMetaProperty(node) || node.keywordToken !== ts.SyntaxKind.NewKeyword) return undefined;
  const around = ts.findAncestor(
    node,
    (each) => ts.isFunctionLike(each) && !ts.isArrowFunction(each),
  );
  const isMade = around && ts.isConstructorDeclaration(around);
  return isMade && self?.kind === 'instance' ? (self.of ?? undefined) : undefined;
}

/** `export default function () { … }`: a declaration without a name stands where an expression may. */
function isDeclaration(node: ts.Node): node is ts.FunctionDeclaration & ts.Expression {
  return ts.isFunctionDeclaration(node);
}

function isWrapping(
  node: ts.Expression,
): node is
  | ts.ParenthesizedExpression
  | ts.AsExpression
  | ts.NonNullExpression
  | ts.SatisfiesExpression
  | ts.TypeAssertion {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isTypeAssertionExpression(node)
  );
}

function identifier(machine: Machine, node: ts.Identifier, scope: Scope): Value {
  if (node.text === 'undefined') return UNDEFINED;
  return (
    cellOf(scope, node.text)?.value ??
    machine.declared(node, scope) ??
    globalValue(machine, node.text) ??
    onGlobal(machine, node) ??
    unknown(node.text)
  );
}

function onGlobal(machine: Machine, node: ts.Identifier): Value | undefined {
  const owner = globalOf(machine, node);
  return owner && machine.get(owner, node.text, node);
}

function conditional(machine: Machine, node: ts.ConditionalExpression, scope: Scope): Value {
  const when = machine.truth(machine.evaluate(node.condition, scope), node.condition);
  return branchValue(machine, when, {
    yes: () => machine.evaluate(node.whenTrue, scope),
    no: () => machine.evaluate(node.whenFalse, scope),
  });
}

function template(machine: Machine, node: ts.TemplateExpression, scope: Scope): Value {
  const parts: Value[] = [literal(node.head.text)];
  for (const span of node.templateSpans) {
    parts.push(machine.evaluate(span.expression, scope), literal(span.literal.text));
  }
  return concat(parts.filter((part) => stringOf(part) !== ''));
}

/** What is there in browsers alone. */
const BROWSER = /^(window|document|navigator|localStorage|sessionStorage)$/;

function typeOf(machine: Machine, node: ts.TypeOfExpression, scope: Scope): Value {
  const { expression } = node;
  if (
    ts.isIdentifier(expression) &&
    BROWSER.test(expression.text) &&
    !cellOf(scope, expression.text)
  )
    return literal(machine.browser ? 'object' : 'undefined');
  return overChoice(machine.evaluate(expression, scope), (value) => typeName(value, node));
}

function objectLiteral(machine: Machine, node: ts.ObjectLiteralExpression, scope: Scope): Value {
  const fields = new Map<string, Value>();
  const made: Value & { kind: 'object' } = {
    kind: 'object',
    fields: fieldsCell(fields),
    open: openCell(false),
  };
  const inner = scopeWithin(scope, { self: made });
  const spreads: Value[] = [];
  for (const property of node.properties) {
    if (ts.isSpreadAssignment(property)) {
      const given = machine.evaluate(property.expression, scope);
      const value = given.kind === 'module' ? exportsOf(machine, given) : given;
      spreads.push(value);
      const before = spreadRest(machine, made, { given: value, before: fields, node: property });
      const spread = spreadOver(before, value, property);
      for (const [name, field] of spread.fields) fields.set(name, field);
      if (value.kind === 'row')
        for (const [name, field] of assignedTo(machine, value)) fields.set(name, field);
      if (spread.open) made.open.value = true;
    } else if (ts.isShorthandPropertyAssignment(property)) {
      fields.set(property.name.text, machine.evaluate(property.name, scope));
    } else if (ts.isPropertyAssignment(property)) {
      fields.set(
        propertyName(machine, property.name, scope),
        machine.evaluate(property.initializer, scope),
      );
    } else if (ts.isMethodDeclaration(property)) {
      const value: Value = { kind: 'closure', node: property, scope: inner };
      fields.set(propertyName(machine, property.name, scope), value);
    } else if (ts.isGetAccessorDeclaration(property)) {
      const getter = { kind: 'closure', node: property, scope: inner } as const;
      noteGetter(made, propertyName(machine, property.name, scope), getter);
    }
  }
  if (spreads.length > 1 && spreads.length === node.properties.length) noteSpreads(made, spreads);
  return made;
}

function arrayLiteral(machine: Machine, node: ts.ArrayLiteralExpression, scope: Scope): Value {
  const items: Item[] = [];
  for (const element of node.elements) {
    if (!ts.isSpreadElement(element)) {
      items.push({ value: machine.evaluate(element, scope), when: null });
      continue;
    }
    const value = machine.evaluate(element.expression, scope);
    if (value.kind === 'list' && node.elements.length === 1) return value;
    items.push(...spreadInto(value, element.expression));
  }
  return arrayOf(items);
}
