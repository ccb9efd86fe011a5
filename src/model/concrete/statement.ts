import { ts } from '../../kernel/syntax.ts';
import { evaluate } from './expression.ts';
import { define, inner, type Machine, type Scope, Unread } from './machine.ts';

/** How a statement ended. */
export type End =
  | { readonly kind: 'on' | 'break' | 'continue' }
  | { readonly kind: 'return'; readonly value: unknown };

const ON: End = { kind: 'on' };

export function runAll(machine: Machine, statements: readonly ts.Statement[], scope: Scope): End {
  for (const statement of statements) {
    if (!ts.isFunctionDeclaration(statement) || !statement.name) continue;
    define(scope, statement.name.text, machine.closure(statement, scope));
  }
  for (const statement of statements) {
    const end = run(machine, statement, scope);
    if (end.kind !== 'on') return end;
  }
  return ON;
}

function run(machine: Machine, node: ts.Statement, scope: Scope): End {
  machine.step();
  if (ts.isExpressionStatement(node)) {
    evaluate(machine, node.expression, scope);
    return ON;
  }
  if (ts.isVariableStatement(node)) return declare(machine, node.declarationList, scope);
  if (ts.isReturnStatement(node)) {
    const value = node.expression && evaluate(machine, node.expression, scope);
    return { kind: 'return', value };
  }
  if (ts.isBlock(node)) return runAll(machine, node.statements, inner(scope));
  if (ts.isIfStatement(node)) {
    const side = evaluate(machine, node.expression, scope)
      ? node.thenStatement
      : node.elseStatement;
    return side ? run(machine, side, scope) : ON;
  }
  if (ts.isIterationStatement(node, false)) return loop(machine, node, inner(scope));
  if (ts.isFunctionDeclaration(node) || ts.isEmptyStatement(node)) return ON;
  if (ts.isBreakStatement(node) && !node.label) return { kind: 'break' };
  if (ts.isContinueStatement(node) && !node.label) return { kind: 'continue' };
  throw new Unread();
}

function declare(machine: Machine, list: ts.VariableDeclarationList, scope: Scope): End {
  for (const { name, initializer } of list.declarations) {
    bind(name, initializer && evaluate(machine, initializer, scope), scope);
  }
  return ON;
}

function bind(name: ts.BindingName, value: unknown, scope: Scope): void {
  if (ts.isIdentifier(name)) {
    define(scope, name.text, value);
    return;
  }
  if (!ts.isArrayBindingPattern(name) || !Array.isArray(value)) throw new Unread();
  name.elements.forEach((element, index) => {
    if (ts.isOmittedExpression(element)) return;
    if (element.initializer) throw new Unread();
    bind(element.name, element.dotDotDotToken ? value.slice(index) : value[index], scope);
  });
}

function loop(machine: Machine, node: ts.IterationStatement, scope: Scope): End {
  if (ts.isForOfStatement(node)) return each(machine, node, scope);
  if (ts.isForInStatement(node)) throw new Unread();
  const counted = ts.isForStatement(node) ? node : null;
  const start = counted?.initializer;
  if (start && ts.isVariableDeclarationList(start)) declare(machine, start, scope);
  else if (start) evaluate(machine, start, scope);
  const test = counted
    ? counted.condition
    : (node as ts.WhileStatement | ts.DoStatement).expression;
  for (let first = true; ; first = false) {
    machine.step();
    const asked = !(first && ts.isDoStatement(node));
    if (asked && test && !evaluate(machine, test, scope)) return ON;
    const end = run(machine, node.statement, scope);
    if (end.kind === 'return') return end;
    if (end.kind === 'break') return ON;
    if (counted?.incrementor) evaluate(machine, counted.incrementor, scope);
  }
}

function each(machine: Machine, node: ts.ForOfStatement, scope: Scope): End {
  const over = evaluate(machine, node.expression, scope);
  const [declared] = ts.isVariableDeclarationList(node.initializer)
    ? node.initializer.declarations
    : [];
  if (!declared || !(typeof over === 'string' || Array.isArray(over))) throw new Unread();
  for (const item of over) {
    machine.step();
    const round = inner(scope);
    bind(declared.name, item, round);
    const end = run(machine, node.statement, round);
    if (end.kind === 'return') return end;
    if (end.kind === 'break') return ON;
  }
  return ON;
}
