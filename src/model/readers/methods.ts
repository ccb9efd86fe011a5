import { ts } from '../../../kernel/syntax.ts';

const WRITING = /^(POST|PUT|PATCH|DELETE)$/;

/** The methods an action tells apart (`request.method === 'DELETE'`, a `switch` on it); forms post where it tells none. */
export function methodsOf(action: ts.Node): string[] {
  const found = new Set<string>();
  const add = (node: ts.Node | undefined) => {
    const said = node && ts.isStringLiteralLike(node) ? node.text.toUpperCase() : '';
    if (WRITING.test(said)) found.add(said);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node)) {
      if (isMethod(node.left)) add(node.right);
      if (isMethod(node.right)) add(node.left);
    }
    if (ts.isSwitchStatement(node) && isMethod(node.expression)) {
      for (const clause of node.caseBlock.clauses)
        if (ts.isCaseClause(clause)) add(clause.expression);
    }
    ts.forEachChild(node, visit);
  };
  visit(action);
  return found.size > 0 ? [...found] : ['POST'];
}

function isMethod(node: ts.Expression): boolean {
  return /^([\w.]+\.)?method(\.to(Upper|Lower)Case\(\))?$/.test(node.getText());
}
