import { ts } from '../../kernel/syntax.ts';
import type { Meaning, Program } from '../../repo/repo.ts';
import { libraries } from './libraries.ts';
import type { Machine } from './machine.ts';

/** Whether code does no more than log, and the files that say so. */
interface Judged {
  readonly logs: boolean;
  readonly files: ReadonlySet<string>;
}

interface Judging {
  readonly program: Program;
  readonly isLibrary: (specifier: string) => boolean;
  readonly files: Set<string>;
  readonly seen: Set<ts.Node>;
  /** Names of the first function's parameters: what is done to those, or by them, is its caller's concern. */
  readonly given: ReadonlySet<string>;
  writes: boolean;
}

type Code = ts.SignatureDeclaration & { readonly body?: ts.Node | undefined };

const judged = new WeakMap<ts.Node, Judged>();

/**
 * Whether a function writes to the console and does nothing else that a request could tell: it gives nothing back,
 * throws nothing, waits for nothing, changes nothing of its caller's and asks no library that is followed. How it words
 * a line is no concern of any ending.
 */
export function onlyLogs(machine: Machine, code: Code): boolean {
  const { program } = machine.deps;
  const known = judged.get(code) ?? judge(machine, code);
  judged.set(code, known);
  if (known.logs) for (const file of known.files) program.source(file);
  return known.logs;
}

function judge(machine: Machine, code: Code): Judged {
  const files = new Set<string>();
  if (!code.body || !ts.isBlock(code.body) || returns(code.body)) return { logs: false, files };
  const judging: Judging = {
    program: machine.deps.program,
    isLibrary: (specifier) => libraries(machine).some(({ from }) => from.test(specifier)),
    files,
    seen: new Set(),
    given: new Set(code.parameters.flatMap(({ name }) => namesIn(name))),
    writes: false,
  };
  const harmless = isHarmless(judging, code);
  return { logs: harmless && judging.writes, files };
}

function returns(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  if (ts.isReturnStatement(node)) return node.expression !== undefined;
  return ts.forEachChild(node, returns) ?? false;
}

function namesIn(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((each) => (ts.isBindingElement(each) ? namesIn(each.name) : []));
}

function isHarmless(judging: Judging, code: Code): boolean {
  if (judging.seen.has(code)) return true;
  if (judging.seen.size > MOST) return false;
  judging.seen.add(code);
  judging.files.add(code.getSourceFile().fileName);
  return code.body !== undefined && isQuiet(judging, code.body);
}

/** How many functions a logger may consist of. */
const MOST = 40;

function isQuiet(judging: Judging, node: ts.Node): boolean {
  if (ts.isTypeNode(node)) return true;
  if (ts.isThrowStatement(node) || ts.isAwaitExpression(node) || ts.isYieldExpression(node))
    return false;
  const changed = changedBy(node);
  if (changed && !isOwn(judging, changed)) return false;
  if (ts.isNewExpression(node) && !isPlainMade(node)) return false;
  if (ts.isCallExpression(node) && !isQuietCall(judging, node)) return false;
  return !ts.forEachChild(node, (child) => !isQuiet(judging, child));
}

/** What `a = …`, `a += …`, `a++` and `delete a` change. */
function changedBy(node: ts.Node): ts.Expression | undefined {
  if (ts.isBinaryExpression(node)) return isAssignment(node) ? node.left : undefined;
  if (ts.isDeleteExpression(node)) return node.expression;
  const counts = ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node);
  return counts && COUNTING.has(node.operator) ? node.operand : undefined;
}

const COUNTING: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.PlusPlusToken,
  ts.SyntaxKind.MinusMinusToken,
]);

function isAssignment({ operatorToken: { kind } }: ts.BinaryExpression): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/** Whether what is assigned to is the code's own: no property of `this` or of what it was given. */
function isOwn(judging: Judging, target: ts.Expression): boolean {
  const root = rootOf(target);
  return ts.isIdentifier(root) && !judging.given.has(root.text) && isLocal(judging, root);
}

/** Whether a name is declared in the code that is judged: what a function around it has is its caller's. */
function isLocal({ program, seen }: Judging, name: ts.Identifier): boolean {
  const meaning = program.meaning(name);
  if (meaning?.kind !== 'declared') return meaning === undefined;
  for (let at: ts.Node = meaning.node.parent; at; at = at.parent) if (seen.has(at)) return true;
  return false;
}

function isPlainMade({ expression }: ts.NewExpression): boolean {
  return ts.isIdentifier(expression) && /^(Date|Error|Map|Set|Intl)$/.test(expression.text);
}

function rootOf(node: ts.Expression): ts.Expression {
  let at = node;
  for (;;) {
    if (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at)) at = at.expression;
    else if (ts.isCallExpression(at) || ts.isNonNullExpression(at)) at = at.expression;
    else if (ts.isParenthesizedExpression(at) || ts.isAsExpression(at)) at = at.expression;
    else return at;
  }
}

function isQuietCall(judging: Judging, node: ts.CallExpression): boolean {
  const { expression } = node;
  if (/^(console\.\w+|process\.std(out|err)\.write)$/.test(expression.getText())) {
    judging.writes = true;
    return true;
  }
  if (ts.isIdentifier(expression)) return isQuietFunction(judging, expression);
  if (!ts.isPropertyAccessExpression(expression)) return false;
  if (!node.arguments.every((each) => isQuietGiven(judging, each))) return false;
  const { name, expression: owner } = expression;
  if (owner.kind === ts.SyntaxKind.ThisKeyword) {
    const method = methodOf(node, name.text);
    return method !== undefined && isHarmless(judging, method);
  }
  const changed = owner.getText() === 'Object' ? node.arguments[0] : owner;
  if (CHANGING.test(name.text) && changed && !isOwn(judging, changed)) return false;
  if (PLAIN.has(name.text)) return true;
  const root = rootOf(owner);
  if (!ts.isIdentifier(root)) return false;
  const meaning = judging.program.meaning(root);
  if (meaning?.kind === 'package') return !judging.isLibrary(meaning.package);
  return /^(get|is|has|to|format)(?![a-z])/.test(name.text) && !judging.given.has(root.text);
}

/** A function that is handed on by its name is called by who it is handed to. */
function isQuietGiven(judging: Judging, given: ts.Expression): boolean {
  const meaning = ts.isIdentifier(given) ? judging.program.meaning(given) : undefined;
  const code = meaning && codeOf(meaning);
  return code === undefined || isHarmless(judging, code);
}

function isQuietFunction(judging: Judging, name: ts.Identifier): boolean {
  if (judging.given.has(name.text) || name.text === 'fetch') return false;
  const meaning = judging.program.meaning(name);
  if (!meaning || (isLocal(judging, name) && !codeOf(meaning))) return true;
  if (meaning.kind === 'package') return !judging.isLibrary(meaning.package);
  const code = codeOf(meaning);
  return code !== undefined && isHarmless(judging, code);
}

/** The function that a name stands for, where it is written out. */
function codeOf(meaning: Meaning): Code | undefined {
  const node = meaning.kind === 'declared' ? meaning.node : undefined;
  const made = node && ts.isVariableDeclaration(node) ? node.initializer : node;
  return made && isCode(made) ? made : undefined;
}

function isCode(node: ts.Node): node is ts.Node & Code {
  return (
    ts.isFunctionDeclaration(node) || ts.isArrowFunction(node) || ts.isFunctionExpression(node)
  );
}

/** The method of the class around a node. */
function methodOf(node: ts.Node, name: string): ts.MethodDeclaration | undefined {
  let at: ts.Node = node;
  while (at.parent && !ts.isClassLike(at)) at = at.parent;
  const members: readonly ts.ClassElement[] = ts.isClassLike(at) ? at.members : [];
  return members.find(
    (each): each is ts.MethodDeclaration =>
      ts.isMethodDeclaration(each) && each.body !== undefined && each.name.getText() === name,
  );
}

/** Methods that change what they are called on. */
const CHANGING =
  /^(push|pop|shift|unshift|splice|fill|sort|reverse|copyWithin|set\w*|add|delete|clear|define\w*|assign)$/;

/** Methods of the language's own objects. */
const PLAIN: ReadonlySet<string> = new Set(
  [Array, String, Number, Date, Map, Set, Object, RegExp]
    .flatMap((type): object[] => [type, type.prototype])
    .concat([JSON, Math])
    .flatMap((each) => Object.getOwnPropertyNames(each)),
);
