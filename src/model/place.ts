import type { Place } from '../condition/condition.ts';
import { digest } from '../kernel/digest.ts';
import { ts } from '../kernel/syntax.ts';

/** Where a node stands. `symbol` is the path of named things around it; the hash is of its tokens alone. */
export function placeOf(node: ts.Node): Place {
  const source = node.getSourceFile();
  const start = node.getStart(source);
  return {
    file: source.fileName,
    line: source.getLineAndCharacterOfPosition(start).line + 1,
    symbol: symbolOf(node),
    hash: digest(tokensOf(node).join(' ')).slice(0, 16),
  };
}

/** Where a call stands in a chain of calls: the line of its own name and the tokens from there on. */
export function placeOfCall(node: ts.Node): Place {
  const place = placeOf(node);
  const start = node.getStart() + calledFrom(node);
  const line = node.getSourceFile().getLineAndCharacterOfPosition(start).line + 1;
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return place;
  const tokens = [node.expression.name.text, ...node.arguments.flatMap(tokensOf)];
  return { ...place, line, hash: digest(tokens.join(' ')).slice(0, 16) };
}

/** How far into a call's text its own name begins, behind what it is called on. */
export function calledFrom(node: ts.Node): number {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return 0;
  return node.expression.name.getStart() - node.getStart();
}

/** The tokens of a node without comments and layout. */
export function tokensOf(node: ts.Node): string[] {
  const tokens: string[] = [];
  collect(node, node.getSourceFile(), tokens);
  return tokens;
}

const scanner = ts.createScanner(ts.ScriptTarget.Latest, true);

/** Only names, literals and the like are nodes: what stands between them is scanned, and never wrapped. */
function collect(node: ts.Node, source: ts.SourceFile, tokens: string[]): void {
  if (node.kind < ts.SyntaxKind.FirstNode) {
    if (node.getWidth(source) > 0) tokens.push(node.getText(source));
    return;
  }
  scanner.setText(source.text);
  let position = node.pos;
  const before = (next: number) => {
    scan(position, next, tokens);
    position = next;
  };
  const visit = (child: ts.Node) => {
    before(child.pos);
    collect(child, source, tokens);
    scanner.setText(source.text);
    position = child.end;
  };
  ts.forEachChild(node, visit, (children) => {
    before(children.pos);
    for (const child of children) visit(child);
    before(children.end);
  });
  before(node.end);
}

function scan(from: number, to: number, tokens: string[]): void {
  if (from >= to) return;
  scanner.resetTokenState(from);
  while (scanner.scan() !== ts.SyntaxKind.EndOfFileToken && scanner.getTokenEnd() <= to) {
    tokens.push(scanner.getTokenText());
    if (scanner.getTokenEnd() >= to) return;
  }
}

function symbolOf(node: ts.Node): string {
  const names: string[] = [];
  for (let at: ts.Node | undefined = node; at; at = at.parent) {
    const name = nameOf(at);
    if (name) names.unshift(name);
  }
  return names.join('.');
}

function nameOf(node: ts.Node): string | undefined {
  const named =
    ts.isFunctionLike(node) ||
    ts.isClassLike(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isModuleDeclaration(node);
  return named &&
    node.name &&
    !ts.isObjectBindingPattern(node.name) &&
    !ts.isArrayBindingPattern(node.name)
    ? node.name.getText()
    : undefined;
}
