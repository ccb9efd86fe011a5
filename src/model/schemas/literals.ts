import { ts } from '../../kernel/syntax.ts';

export type Options = ReadonlyMap<string, ts.Expression>;

/** The properties written out in an object. */
export function propertiesOf(node: ts.Expression | undefined): Options {
  if (!node || !ts.isObjectLiteralExpression(node)) return new Map();
  return new Map(
    node.properties.flatMap((each): [string, ts.Expression][] =>
      ts.isPropertyAssignment(each)
        ? [[each.name.getText().replace(/['"]/g, ''), each.initializer]]
        : [],
    ),
  );
}

export type Json = string | number | boolean | null;

export function literalIn(node: ts.Expression | undefined): Json | undefined {
  if (!node) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
  return node.kind === ts.SyntaxKind.NullKeyword ? null : undefined;
}

/** The last name of `DataTypes.STRING`, `models.user`, `User`, and of what is called so. */
export function lastName(node: ts.Expression | undefined): string | undefined {
  if (!node) return undefined;
  if (ts.isCallExpression(node)) return lastName(node.expression);
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  return ts.isIdentifier(node) ? node.text : undefined;
}
