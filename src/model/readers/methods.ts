import { ts } from '../../kernel/syntax.ts';

/**
 * The methods that code tells apart: `request.method === 'DELETE'`, a `switch` on it, an object of handlers by method
 * (`handlers[req.method]`) or by method and path (`handlers['GET /users']`).
 */
export function methodsIn(code: ts.Node, known: RegExp): string[] {
  const found = new Set<string>();
  const add = (said: string | undefined) => {
    const method = said?.toUpperCase() ?? '';
    if (known.test(method)) found.add(method);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node)) {
      if (isMethod(node.left)) add(textOf(node.right));
      if (isMethod(node.right)) add(textOf(node.left));
    }
    if (ts.isSwitchStatement(node) && isMethod(node.expression)) {
      for (const clause of node.caseBlock.clauses)
        if (ts.isCaseClause(clause)) add(textOf(clause.expression));
    }
    if (ts.isElementAccessExpression(node)) {
      const keys = keysOf(node.expression);
      if (isMethod(node.argumentExpression) || isByPath(keys, known))
        for (const key of keys) add(key.split(' ')[0]);
    }
    ts.forEachChild(node, visit);
  };
  visit(code);
  return [...found];
}

/** Keys that each say a method and a path. */
function isByPath(keys: readonly string[], known: RegExp): boolean {
  const [first] = keys;
  return (
    first !== undefined &&
    keys.every((key) => / \//.test(key) && known.test(key.split(' ')[0] ?? ''))
  );
}

function isMethod(node: ts.Expression): boolean {
  return /^([\w.]+\.)?method(!|\?|\.to(Upper|Lower)Case\(\)| as [\w. ]+)*$/.test(node.getText());
}

function textOf(node: ts.Expression): string | undefined {
  return ts.isStringLiteralLike(node) ? node.text : undefined;
}

/** The keys of an object written in the same file under a name. */
function keysOf(node: ts.Expression): string[] {
  const name = node.getText();
  const keys: string[] = [];
  const visit = (at: ts.Node): void => {
    if (ts.isVariableDeclaration(at) && at.name.getText() === name) {
      const value = at.initializer && plain(at.initializer);
      if (value && ts.isObjectLiteralExpression(value))
        for (const property of value.properties) keys.push(property.name?.getText() ?? '');
    }
    ts.forEachChild(at, visit);
  };
  visit(node.getSourceFile());
  return keys.map((key) => key.replace(/^['"]|['"]$/g, ''));
}

function plain(node: ts.Expression): ts.Expression {
  return ts.isAsExpression(node) || ts.isSatisfiesExpression(node) ? plain(node.expression) : node;
}
