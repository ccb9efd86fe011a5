import { ts } from '../../kernel/syntax.ts';
import type { Machine } from './machine.ts';

/** Whether what a call gives goes to a function of the repo that takes a promise there: `attempt(request.json())`. */
export function isTakenAsPromise({ deps }: Machine, node: ts.CallExpression): boolean {
  const { parent } = node;
  if (!ts.isCallExpression(parent) || !ts.isIdentifier(parent.expression)) return false;
  const at = parent.arguments.indexOf(node);
  const meaning = at < 0 ? undefined : deps.program.meaning(parent.expression);
  const code = meaning?.kind === 'declared' ? codeOf(meaning.node) : undefined;
  const parameter = code?.parameters[at];
  if (!code?.body || !parameter || !ts.isIdentifier(parameter.name)) return false;
  return saysPromise(parameter.type) || awaits(code.body, parameter.name.text);
}

function codeOf(node: ts.Node): ts.FunctionLikeDeclaration | undefined {
  const made = ts.isVariableDeclaration(node) ? node.initializer : node;
  if (!made) return undefined;
  const isCode =
    ts.isFunctionDeclaration(made) || ts.isArrowFunction(made) || ts.isFunctionExpression(made);
  return isCode ? made : undefined;
}

function saysPromise(type: ts.TypeNode | undefined): boolean {
  if (!type || !ts.isTypeReferenceNode(type)) return false;
  return /^Promise(Like)?$/.test(type.typeName.getText());
}

/** Whether code awaits one of its own names. */
function awaits(code: ts.Node, name: string): boolean {
  if (ts.isAwaitExpression(code))
    return ts.isIdentifier(code.expression) && code.expression.text === name;
  return ts.forEachChild(code, (child) => awaits(child, name)) ?? false;
}
