import { ts } from '../../kernel/syntax.ts';

const assignments = new WeakMap<
  ts.SourceFile,
  ReadonlyMap<string, readonly ts.BinaryExpression[]>
>();

/** What a file assigns to a name, nothing (`connection = null`) left out. */
export function assignedLater(name: ts.Identifier): readonly ts.Expression[] {
  const source = name.getSourceFile();
  const known = assignments.get(source) ?? collected(source);
  assignments.set(source, known);
  return (known.get(name.text) ?? []).map(({ right }) => right).filter((each) => !isNothing(each));
}

export function isNothing(node: ts.Expression): boolean {
  return (
    node.kind === ts.SyntaxKind.NullKeyword || (ts.isIdentifier(node) && node.text === 'undefined')
  );
}

function collected(source: ts.SourceFile): Map<string, ts.BinaryExpression[]> {
  const found = new Map<string, ts.BinaryExpression[]>();
  const visit = (node: ts.Node): void => {
    const name = ts.isBinaryExpression(node) && isAssignment(node) ? node.left : undefined;
    if (name && ts.isIdentifier(name))
      found.set(name.text, [...(found.get(name.text) ?? []), node as ts.BinaryExpression]);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isAssignment({ operatorToken: { kind } }: ts.BinaryExpression): boolean {
  return kind === ts.SyntaxKind.EqualsToken || kind === ts.SyntaxKind.QuestionQuestionEqualsToken;
}
