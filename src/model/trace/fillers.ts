import { ts } from '../../kernel/syntax.ts';

/** A map that a file makes, by the variable or the field that holds it. */
export interface Filled {
  readonly name: string;
  readonly file: ts.SourceFile;
}

export function filledAt(made: ts.Node): Filled | undefined {
  const { parent } = made;
  const isHeld = ts.isVariableDeclaration(parent) || ts.isPropertyDeclaration(parent);
  if (!isHeld || parent.initializer !== made || !ts.isIdentifier(parent.name)) return undefined;
  return { name: parent.name.text, file: made.getSourceFile() };
}

/** The functions and methods of its file that put something into a map, by themselves or through each other. */
export function fillersOf({ name, file }: Filled): ReadonlySet<string> {
  const named = functionsIn(file);
  const found = new Set<string>();
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const { called, body } of named)
      if (callsWithin(body).some((call) => isPut(call, name) || found.has(calledName(call))))
        found.add(called);
  }
  return found;
}

/** `map.set(…)`, the map being one of that name. */
export function isPut({ expression }: ts.CallExpression, map: string): boolean {
  if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== 'set') return false;
  const { expression: owner } = expression;
  return (ts.isPropertyAccessExpression(owner) ? owner.name : owner).getText() === map;
}

/** The name of the function or method that is called; empty where it has none. */
export function calledName({ expression }: ts.CallExpression): string {
  const named = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  return ts.isIdentifier(named) ? named.text : '';
}

export function callsWithin(root: ts.Node): ts.CallExpression[] {
  const found: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}

interface Named {
  readonly called: string;
  readonly body: ts.Node;
}

function functionsIn(file: ts.SourceFile): Named[] {
  const found: Named[] = [];
  const visit = (node: ts.Node): void => {
    const called = ts.isFunctionLike(node) ? functionName(node) : undefined;
    if (called) found.push({ called, body: node });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The name that a function is called by: its own, or that of the variable or field that holds it. */
export function functionName(node: ts.SignatureDeclaration): string | undefined {
  const { parent } = node;
  const isHeld = ts.isVariableDeclaration(parent) || ts.isPropertyDeclaration(parent);
  const name = node.name ?? (isHeld ? parent.name : undefined);
  return name && ts.isIdentifier(name) ? name.text : undefined;
}
