import { ts } from '../../kernel/syntax.ts';

/** The first property of a name that stands anywhere in a file of configuration. */
export function property(node: ts.Node, name: string): ts.Expression | undefined {
  if (ts.isPropertyAssignment(node) && node.name.getText() === name) return node.initializer;
  return ts.forEachChild(node, (child) => property(child, name));
}

export function stringOf(node: ts.Expression | undefined): string | undefined {
  return node && ts.isStringLiteralLike(node) ? node.text : undefined;
}

export function stringsOf(node: ts.Expression | undefined): string[] | undefined {
  if (!node || !ts.isArrayLiteralExpression(node)) return undefined;
  return node.elements.flatMap((each) => stringOf(each) ?? []);
}
