import { ts } from '../../kernel/syntax.ts';

/** What a file puts into one of its own variables once it is declared. */
export interface Later {
  readonly value: ts.Expression;
  /** Whoever asks first puts it there: the function looks whether there is anything, and fills it. */
  readonly lazily: boolean;
}

const assignments = new WeakMap<ts.SourceFile, ReadonlyMap<string, readonly Later[]>>();

/** What is assigned to the variable of a file that has this name, nothing (`connection = null`) left out. */
export function assignedLater(name: ts.Identifier): readonly Later[] {
  const source = name.getSourceFile();
  const known = assignments.get(source) ?? collected(source);
  assignments.set(source, known);
  return known.get(name.text) ?? [];
}

export function isNothing(node: ts.Expression): boolean {
  return (
    node.kind === ts.SyntaxKind.NullKeyword || (ts.isIdentifier(node) && node.text === 'undefined')
  );
}

function collected(source: ts.SourceFile): Map<string, Later[]> {
  const found = new Map<string, Later[]>();
  const visit = (node: ts.Node): void => {
    const name = ts.isBinaryExpression(node) && isAssignment(node) ? node.left : undefined;
    if (name && ts.isIdentifier(name)) {
      const value = (node as ts.BinaryExpression).right;
      const around = functionsAround(node);
      if (!isNothing(value) && !around.some((each) => declares(each, name.text))) {
        const lazily = around[0] !== undefined && asksFor(around[0], name.text);
        found.set(name.text, [...(found.get(name.text) ?? []), { value, lazily }]);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

export function isAssignment({ operatorToken: { kind } }: ts.BinaryExpression): boolean {
  return kind === ts.SyntaxKind.EqualsToken || kind === ts.SyntaxKind.QuestionQuestionEqualsToken;
}

/** The innermost first. */
export function functionsAround(node: ts.Node): ts.SignatureDeclaration[] {
  const around = [];
  for (let at = node.parent; at; at = at.parent) if (ts.isFunctionLike(at)) around.push(at);
  return around;
}

/** Whether a function has a variable or parameter of its own by that name. */
function declares(within: ts.SignatureDeclaration, name: string): boolean {
  const visit = (node: ts.Node): boolean => {
    const declared = ts.isVariableDeclaration(node) || ts.isParameter(node);
    if (declared && ts.isIdentifier(node.name) && node.name.text === name) return true;
    if (node !== within && ts.isFunctionLike(node)) return false;
    return ts.forEachChild(node, visit) ?? false;
  };
  return visit(within);
}

/** Whether a function looks whether something of that name is there. */
export function asksFor(within: ts.SignatureDeclaration, name: string): boolean {
  const names = (node: ts.Node): boolean =>
    ts.isIdentifier(node) ? node.text === name : (ts.forEachChild(node, names) ?? false);
  const visit = (node: ts.Node): boolean => {
    if (ts.isIfStatement(node) && names(node.expression)) return true;
    return ts.forEachChild(node, visit) ?? false;
  };
  return visit(within);
}
