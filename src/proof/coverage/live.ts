import { ts } from '../../kernel/syntax.ts';

/** What a walk of the calls goes by. */
export interface Code {
  source(path: string): ts.SourceFile | undefined;
}

/**
 * The functions that code in these files may come to call, by a walk that goes by names alone: one is
 * live once live code mentions its name, or hands it out where nothing names it. Too many rather than too few.
 */
export function liveFunctions(
  files: readonly string[],
  { roots, code }: { roots: ReadonlySet<string>; code: Code },
): ReadonlySet<ts.Node> {
  const live = new Set<ts.Node>();
  const mentioned = new Set<string>();
  const waiting = new Map<string, ts.Node[]>();
  const work: ts.Node[] = [];
  const enter = (node: ts.Node): void => {
    if (live.has(node)) return;
    live.add(node);
    work.push(node);
  };
  const mention = (name: string): void => {
    if (mentioned.has(name)) return;
    mentioned.add(name);
    for (const node of waiting.get(name) ?? []) enter(node);
  };
  const meet = (node: ts.Node, isRoot: boolean): void => {
    const name = nameOf(node);
    if (name === null || isRoot || mentioned.has(name)) enter(node);
    else waiting.set(name, [...(waiting.get(name) ?? []), node]);
  };
  for (const file of files) {
    const source = code.source(file);
    if (source) for (const node of unitsIn(source)) meet(node, roots.has(file) && isExported(node));
    if (source) work.push(source);
  }
  for (let node = work.pop(); node; node = work.pop()) {
    for (const name of namesIn(node)) mention(name);
    if (!ts.isSourceFile(node)) for (const unit of unitsIn(node)) meet(unit, false);
  }
  return live;
}

/** A function with code of its own, or a class: what is entered as a whole. */
export function isUnit(node: ts.Node): boolean {
  return ts.isClassLike(node) || (ts.isFunctionLike(node) && 'body' in node && !!node.body);
}

/** The units directly in a node. */
function unitsIn(root: ts.Node): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (isUnit(node)) found.push(node);
    else ts.forEachChild(node, visit);
  };
  ts.forEachChild(root, visit);
  return found;
}

/** The names that code mentions outside of the units in it: not those it declares, imports or re-exports. */
function namesIn(root: ts.Node): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isUnit(node) || ts.isTypeNode(node) || isNoCode(node)) return;
    if (ts.isIdentifier(node) && !declares(node)) found.push(node.text);
    if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression))
      found.push(node.argumentExpression.text);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(root, visit);
  return found.flatMap((name) => aliasesOf(root.getSourceFile()).get(name) ?? name);
}

const aliases = new WeakMap<ts.SourceFile, ReadonlyMap<string, string[]>>();

/** What a file calls by another name than it was exported under: both names count. */
function aliasesOf(source: ts.SourceFile): ReadonlyMap<string, string[]> {
  const known = aliases.get(source);
  if (known) return known;
  const found = new Map<string, string[]>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const { importClause: clause } = statement;
    const named = clause?.namedBindings;
    if (clause?.name) found.set(clause.name.text, [clause.name.text, 'default']);
    if (!named || !ts.isNamedImports(named)) continue;
    for (const { name, propertyName } of named.elements)
      if (propertyName) found.set(name.text, [name.text, propertyName.text]);
  }
  aliases.set(source, found);
  return found;
}

function isNoCode(node: ts.Node): boolean {
  return (
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node)
  );
}

function declares(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent)) return parent.name === node;
  return (
    (ts.isVariableDeclaration(parent) || isUnit(parent) || ts.isParameter(parent)) &&
    'name' in parent &&
    parent.name === node
  );
}

/**
 * The name a unit waits to be mentioned by; null for one that is handed out as it stands, or that a
 * framework calls: methods with a decorator, and those of a class that fulfils a contract.
 */
function nameOf(node: ts.Node): string | null {
  if (ts.isConstructorDeclaration(node)) return null;
  if (ts.isFunctionDeclaration(node) || ts.isClassLike(node)) return node.name?.text ?? 'default';
  if (ts.isMethodDeclaration(node) || ts.isAccessor(node)) {
    if (ts.getDecorators(node)?.length || !ts.isIdentifier(node.name)) return null;
    const { parent } = node;
    if (ts.isClassLike(parent)) return parent.heritageClauses?.length ? null : node.name.text;
    return ts.isVariableDeclaration(parent.parent) ? node.name.text : null;
  }
  return heldBy(node);
}

/** The variable, property or field that holds a function expression. */
function heldBy({ parent }: ts.Node): string | null {
  if (ts.isVariableDeclaration(parent) || ts.isPropertyDeclaration(parent))
    return ts.isIdentifier(parent.name) ? parent.name.text : null;
  const held = ts.isPropertyAssignment(parent) && ts.isVariableDeclaration(parent.parent.parent);
  return held && ts.isIdentifier(parent.name) ? parent.name.text : null;
}

/** Whether a module gives the unit away: a framework may call what no import asks for. */
function isExported(node: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at && !ts.isSourceFile(at); at = at.parent) {
    if (ts.isExportAssignment(at)) return true;
    if (ts.canHaveModifiers(at) && ts.getModifiers(at)?.some(isExport)) return true;
  }
  return false;
}

function isExport({ kind }: ts.Modifier): boolean {
  return kind === ts.SyntaxKind.ExportKeyword;
}
