// Every condition in the code that an app's routes can come to run, read off the syntax: which functions
// those are is a walk over names, and what is a condition a matter of the language alone.
import { ts } from '../../src/kernel/syntax.ts';
import { isUnit, liveFunctions } from '../../src/proof/coverage/live.ts';
import type { Program } from '../../src/repo/repo.ts';

/** One thing that is asked: an operand where several are joined by `&&`, `||` or `??`. */
export interface Asked {
  readonly file: string;
  readonly line: number;
  readonly node: ts.Node;
  /** Whether one answer to it leaves the function at once. */
  readonly leaves: boolean;
}

/** The conditions that handlers in these files can come to, through what the files import and what imports them. */
export function conditionsBehind(routeFiles: readonly string[], program: Program): Asked[] {
  const files = filesAround(routeFiles, program);
  const imported = new Set([...files].flatMap((file) => importsOf(file, program)));
  const roots = new Set([...files].filter((file) => !imported.has(file)));
  const live = liveFunctions([...files].sort(), { roots, code: program });
  return [...files].sort().flatMap((file) => {
    const source = program.source(file);
    return source
      ? askedIn(source, live).map((one) => ({ file, line: lineOf(one.node), ...one }))
      : [];
  });
}

const ASIDE =
  /(^|\/)(__tests__|__mocks__|tests?|e2e|cypress)\/|\.(test|spec|stories|d)\.[cm]?[jt]sx?$/;

function filesAround(routeFiles: readonly string[], program: Program): Set<string> {
  const all = program.repo.files
    .map(({ path }) => path)
    .filter((path) => /\.[cm]?[jt]sx?$/.test(path) && !ASIDE.test(path));
  const importers = new Map<string, string[]>();
  for (const file of all)
    for (const to of importsOf(file, program))
      importers.set(to, [...(importers.get(to) ?? []), file]);
  const above = closure(routeFiles, (file) => importers.get(file) ?? []);
  const below = closure([...above], (file) => importsOf(file, program));
  return new Set([...below].filter((file) => !ASIDE.test(file) && !inBrowser(file, program)));
}

function closure(from: readonly string[], next: (file: string) => readonly string[]): Set<string> {
  const found = new Set(from);
  for (const file of found) for (const each of next(file)) found.add(each);
  return found;
}

function inBrowser(file: string, program: Program): boolean {
  return /^\s*['"]use client['"]/m.test(program.text(file)?.slice(0, 500) ?? '');
}

function importsOf(file: string, program: Program): string[] {
  return (program.source(file)?.statements ?? []).flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    if (ts.isImportDeclaration(statement) && statement.importClause?.isTypeOnly) return [];
    const { moduleSpecifier: from } = statement;
    return from && ts.isStringLiteral(from) ? (program.resolve(file, from.text) ?? []) : [];
  });
}

type Found = Pick<Asked, 'node' | 'leaves'>;

function lineOf(node: ts.Node): number {
  return node.getSourceFile().getLineAndCharacterOfPosition(node.getStart()).line + 1;
}

function askedIn(source: ts.SourceFile, live: ReadonlySet<ts.Node>): Found[] {
  const found: Found[] = [];
  const visit = (node: ts.Node, inside: boolean): void => {
    const runs = isUnit(node) ? live.has(node) : inside;
    if (runs) found.push(...askedBy(node));
    ts.forEachChild(node, (child) => visit(child, runs));
  };
  visit(source, false);
  return found;
}

function askedBy(node: ts.Node): Found[] {
  const leaves = leavesEarly(node);
  const of = (...asked: ts.Node[]) =>
    asked.flatMap(operands).map((each) => ({ node: each, leaves }));
  if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node))
    return of(node.expression);
  if (ts.isForStatement(node)) return node.condition ? of(node.condition) : [];
  if (ts.isConditionalExpression(node)) return of(node.condition);
  if (ts.isCaseClause(node)) return [{ node: node.expression, leaves }];
  if (!ts.isBinaryExpression(node) || !isLogical(node.operatorToken.kind)) return [];
  // What stands in a condition was counted with it, and so were the parts of a chain.
  return isOperand(node) ? [] : of(node.left);
}

function operands(node: ts.Node): ts.Node[] {
  if (ts.isParenthesizedExpression(node)) return operands(node.expression);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    return isJoined(node.operand) ? operands(node.operand) : [node];
  if (!ts.isBinaryExpression(node) || !isLogical(node.operatorToken.kind)) return [node];
  return [...operands(node.left), ...operands(node.right)];
}

function isJoined(node: ts.Node): boolean {
  if (ts.isParenthesizedExpression(node)) return isJoined(node.expression);
  return ts.isBinaryExpression(node) && isLogical(node.operatorToken.kind);
}

function isLogical(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.AmpersandAmpersandToken ||
    kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.QuestionQuestionToken
  );
}

/** Whether it is asked as a part of something that was counted already. */
function isOperand(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent)) return isOperand(parent);
  if (ts.isPrefixUnaryExpression(parent)) return isOperand(parent);
  if (ts.isBinaryExpression(parent) && isLogical(parent.operatorToken.kind))
    return node === parent.left || isOperand(parent);
  if (ts.isForStatement(parent)) return parent.condition === node;
  if (ts.isConditionalExpression(parent)) return parent.condition === node;
  return (
    (ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent)) &&
    parent.expression === node
  );
}

function leavesEarly(node: ts.Node): boolean {
  if (ts.isIfStatement(node))
    return exits(node.thenStatement) || (!!node.elseStatement && exits(node.elseStatement));
  if (ts.isCaseClause(node)) return node.statements.some(exits);
  return false;
}

function exits(node: ts.Node): boolean {
  if (ts.isReturnStatement(node) || ts.isThrowStatement(node)) return true;
  if (isUnit(node)) return false;
  return ts.forEachChild(node, (child) => exits(child) || undefined) ?? false;
}

/** The form of a condition, its names left out: what is counted together. */
export function formOf(node: ts.Node): string {
  if (ts.isParenthesizedExpression(node) || ts.isAwaitExpression(node))
    return formOf(node.expression);
  if (ts.isNonNullExpression(node) || ts.isAsExpression(node)) return formOf(node.expression);
  if (ts.isPrefixUnaryExpression(node)) return `!${formOf(node.operand)}`.replace('!!', '');
  if (ts.isTypeOfExpression(node)) return `typeof ${formOf(node.expression)}`;
  if (ts.isBinaryExpression(node))
    return `${formOf(node.left)} ${node.operatorToken.getText()} ${formOf(node.right)}`;
  if (ts.isCallExpression(node)) return `${calleeOf(node.expression)}()`;
  if (ts.isPropertyAccessExpression(node)) return 'a.b';
  if (ts.isElementAccessExpression(node)) return 'a[b]';
  if (ts.isIdentifier(node)) return node.text === 'undefined' ? 'undefined' : 'a';
  if (ts.isStringLiteralLike(node)) return "'text'";
  if (ts.isNumericLiteral(node)) return '1';
  if (node.kind === ts.SyntaxKind.NullKeyword) return 'null';
  return ts.SyntaxKind[node.kind] ?? 'other';
}

/** A method by its own name, for many are the language's; a function is one of the app's. */
function calleeOf(node: ts.Node): string {
  return ts.isPropertyAccessExpression(node) ? `.${node.name.text}` : 'f';
}
