import { ts } from '../../kernel/syntax.ts';
import { isNothing } from './assigned-later.ts';
import { cellOf, define, scopeWithin } from './environment.ts';
import type { Machine } from './machine.ts';
import { oneClient } from './one-of.ts';
import { endsOf } from './terms.ts';
import { type Scope, UNDEFINED, type Value } from './values.ts';

const LONGEST = 5_000;

/** `let x; if (…) x = a; else x = b;`: what a file's own statements leave in a variable; undefined where none set it. */
export function leftAtTop(
  machine: Machine,
  node: ts.VariableDeclaration,
  scope: Scope,
): Value | undefined {
  const { name, initializer } = node;
  if (!ts.isIdentifier(name) || !ts.isVariableStatement(node.parent.parent)) return undefined;
  const source = node.parent.parent.parent;
  if (!ts.isSourceFile(source) || node.parent.flags & ts.NodeFlags.Const) return undefined;
  const setting = source.statements.filter((each) => sets(each, name.text));
  const isPlain = setting.every((each) => each.getWidth(source) < LONGEST);
  if (setting.length === 0 || !isPlain) return undefined;
  const inner = scopeWithin(scope);
  const before = initializer && !isNothing(initializer);
  define(inner, name.text, before ? machine.evaluate(initializer, scope) : UNDEFINED);
  for (const statement of setting) machine.run(statement, inner);
  const left = cellOf(inner, name.text)?.value;
  return left && (oneClient(endsOf(left)) ?? left);
}

/** Whether a statement assigns to a name where it stands, not in a function that may run later. */
function sets(statement: ts.Statement, name: string): boolean {
  const visit = (node: ts.Node): boolean => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
    return isAssignmentTo(node, name) || (ts.forEachChild(node, visit) ?? false);
  };
  return visit(statement);
}

function isAssignmentTo(node: ts.Node, name: string): boolean {
  if (!ts.isBinaryExpression(node) || !ts.isIdentifier(node.left)) return false;
  return node.left.text === name && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
}
