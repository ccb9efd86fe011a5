/**
 * The one door to a TypeScript parser. Walk with `ts.forEachChild`; never wrap every node
 * (wrapping costs more than parsing).
 */
import { ts } from 'ts-morph';

export { ts };

/** The specifier of `require('…')`; undefined for any other expression. */
export function required(node: ts.Expression | undefined): string | undefined {
  if (!node || !ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  const [argument] = node.arguments;
  return node.expression.text === 'require' && argument && ts.isStringLiteralLike(argument)
    ? argument.text
    : undefined;
}

/** What a function is given: a parameter `this` is a type alone. */
export function parametersOf(node: ts.SignatureDeclaration): readonly ts.ParameterDeclaration[] {
  const [first] = node.parameters;
  const isType = first && ts.isIdentifier(first.name) && first.name.text === 'this';
  return isType ? node.parameters.slice(1) : node.parameters;
}
