import { required, ts } from '../kernel/syntax.ts';

/** The specifiers a file imports or re-exports from, for more than types. */
export function importsIn(source: ts.SourceFile): readonly string[] {
  return [...importsOf(source), ...(source.text.includes('require(') ? requiresIn(source) : [])];
}

function importsOf(source: ts.SourceFile): string[] {
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const typesOnly = ts.isImportDeclaration(statement)
      ? statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      : statement.isTypeOnly;
    const specifier = statement.moduleSpecifier;
    return !typesOnly && specifier && ts.isStringLiteral(specifier) ? [specifier.text] : [];
  });
}

function requiresIn(source: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = ts.isCallExpression(node) ? required(node) : undefined;
    if (specifier !== undefined) found.push(specifier);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
