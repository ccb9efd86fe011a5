import { ts } from '../kernel/syntax.ts';

type Locals = ReadonlyMap<string, ts.Node>;

const known = new WeakMap<ts.Node, Locals>();

/**
 * The declaration an identifier means by lexical scope alone: a variable declaration, binding element,
 * parameter, function, class, enum, namespace or import clause part. Undefined for globals and for names that are not
 * references (`b` in `a.b`, the key in `{ key: value }`).
 */
export function declarationOf(identifier: ts.Identifier): ts.Node | undefined {
  const before = declarations.get(identifier);
  if (before !== undefined) return before ?? undefined;
  const found = declarationAround(identifier);
  declarations.set(identifier, found ?? null);
  return found;
}

const declarations = new WeakMap<ts.Identifier, ts.Node | null>();

function declarationAround(identifier: ts.Identifier): ts.Node | undefined {
  if (!isReference(identifier)) return undefined;
  let scope: ts.Node | undefined = identifier.parent;
  while (scope) {
    const found = localsOf(scope).get(identifier.text);
    if (found) return found;
    scope = scope.parent;
  }
  return undefined;
}

/** What a file's own top level declares under a name, imports included. */
export function topLevel(source: ts.SourceFile, name: string): ts.Node | undefined {
  return localsOf(source).get(name);
}

function isReference(identifier: ts.Identifier): boolean {
  const { parent } = identifier;
  if (ts.isPropertyAccessExpression(parent)) return parent.name !== identifier;
  if (ts.isQualifiedName(parent)) return parent.right !== identifier;
  if (ts.isBindingElement(parent)) return parent.propertyName !== identifier;
  if (ts.isImportSpecifier(parent)) return parent.propertyName !== identifier;
  if (ts.isExportSpecifier(parent)) return (parent.propertyName ?? parent.name) === identifier;
  const named =
    ts.isPropertyAssignment(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isGetAccessorDeclaration(parent) ||
    ts.isSetAccessorDeclaration(parent) ||
    ts.isEnumMember(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isJsxAttribute(parent);
  if (named) return parent.name !== identifier;
  return !ts.isLabeledStatement(parent) && !ts.isBreakOrContinueStatement(parent);
}

function localsOf(scope: ts.Node): Locals {
  const cached = known.get(scope);
  if (cached) return cached;
  const locals = new Map<string, ts.Node>();
  declare(scope, locals);
  if (locals.size > 0) known.set(scope, locals);
  else known.set(scope, NONE);
  return locals;
}

const NONE: Locals = new Map();

function declare(scope: ts.Node, locals: Map<string, ts.Node>): void {
  if (ts.isFunctionLike(scope)) {
    for (const parameter of scope.parameters) bind(parameter, locals);
    if (ts.isFunctionExpression(scope) && scope.name) add(locals, scope.name.text, scope);
    if ('body' in scope && scope.body && ts.isBlock(scope.body)) hoist(scope.body, locals);
  } else if (ts.isClassExpression(scope) && scope.name) {
    add(locals, scope.name.text, scope);
  } else if (ts.isSourceFile(scope)) {
    for (const statement of scope.statements) declareStatement(statement, locals);
    for (const statement of scope.statements) hoist(statement, locals);
  } else if (ts.isBlock(scope) || ts.isModuleBlock(scope)) {
    for (const statement of scope.statements) declareStatement(statement, locals);
  } else if (ts.isCaseBlock(scope)) {
    for (const clause of scope.clauses)
      for (const statement of clause.statements) declareStatement(statement, locals);
  } else if (ts.isForStatement(scope) || ts.isForOfStatement(scope) || ts.isForInStatement(scope)) {
    const { initializer } = scope;
    if (initializer && ts.isVariableDeclarationList(initializer)) bindAll(initializer, locals);
  } else if (ts.isCatchClause(scope) && scope.variableDeclaration) {
    bind(scope.variableDeclaration, locals);
  }
}

function declareStatement(statement: ts.Statement, locals: Map<string, ts.Node>): void {
  if (ts.isVariableStatement(statement)) bindAll(statement.declarationList, locals);
  else if (ts.isFunctionDeclaration(statement)) declareFunction(statement, locals);
  else if (ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement)) {
    if (statement.name) add(locals, statement.name.text, statement);
  } else if (ts.isModuleDeclaration(statement) && ts.isIdentifier(statement.name)) {
    // `declare global` names nothing: it tells the types of what is there.
    if (statement.flags & ts.NodeFlags.GlobalAugmentation) return;
    add(locals, statement.name.text, statement);
  } else if (ts.isImportEqualsDeclaration(statement)) {
    add(locals, statement.name.text, statement);
  } else if (ts.isImportDeclaration(statement)) declareImports(statement, locals);
}

/** Overload signatures carry the same name: the one with a body is the declaration. */
function declareFunction(node: ts.FunctionDeclaration, locals: Map<string, ts.Node>): void {
  if (!node.name) return;
  if (node.body) locals.set(node.name.text, node);
  else add(locals, node.name.text, node);
}

function declareImports(statement: ts.ImportDeclaration, locals: Map<string, ts.Node>): void {
  const clause = statement.importClause;
  if (!clause) return;
  if (clause.name) add(locals, clause.name.text, clause);
  const bindings = clause.namedBindings;
  if (!bindings) return;
  if (ts.isNamespaceImport(bindings)) add(locals, bindings.name.text, bindings);
  else for (const element of bindings.elements) add(locals, element.name.text, element);
}

/** `var` belongs to the function, namespace or file around it, however deep it stands. */
function hoist(node: ts.Node, locals: Map<string, ts.Node>): void {
  if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isExpression(node)) return;
  if (ts.isModuleDeclaration(node)) return;
  if (ts.isVariableDeclarationList(node) && !(node.flags & ts.NodeFlags.BlockScoped)) {
    bindAll(node, locals);
  }
  ts.forEachChild(node, (child) => hoist(child, locals));
}

function bindAll(list: ts.VariableDeclarationList, locals: Map<string, ts.Node>): void {
  for (const declaration of list.declarations) bind(declaration, locals);
}

function bind(
  node: ts.VariableDeclaration | ts.ParameterDeclaration | ts.BindingElement,
  locals: Map<string, ts.Node>,
): void {
  if (ts.isIdentifier(node.name)) {
    add(locals, node.name.text, node);
    return;
  }
  for (const element of node.name.elements) if (ts.isBindingElement(element)) bind(element, locals);
}

function add(locals: Map<string, ts.Node>, name: string, node: ts.Node): void {
  if (!locals.has(name)) locals.set(name, node);
}
