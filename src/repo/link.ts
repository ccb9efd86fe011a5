import { required, ts } from '../kernel/syntax.ts';
import { assignedExports } from './commonjs.ts';
import type { Meaning } from './repo.ts';
import type { Resolve } from './resolve.ts';
import { declarationOf, topLevel } from './scope.ts';

type Source = (path: string) => ts.SourceFile | undefined;

/** What was found, such as what a name means, and the files that were looked into on the way there. */
interface Link<T = Meaning | undefined> {
  readonly found: T;
  readonly files: readonly string[];
}

interface Links {
  readonly meaning: (identifier: ts.Identifier) => Link;
  readonly exported: (file: string, name: string) => Link;
  readonly exportNames: (file: string) => Link<readonly string[]>;
}

/** Follows names through scopes, imports, renames and re-exports to what declares them. */
export function linker(all: Source, resolve: Resolve): Links {
  let trail = new Set<string>();
  const source: Source = (path) => {
    const parsed = all(path);
    if (parsed) trail.add(path);
    return parsed;
  };
  const traced = <T>(find: () => T): Link<T> => {
    trail = new Set();
    const found = find();
    return { found, files: [...trail] };
  };
  const { follow, means, namesOf } = follower(source, resolve);
  const named = new Map<string, Link<readonly string[]>>();
  const known = new Map<string, Link>();
  const meant = new Map<ts.Node, Link>();
  return {
    exported: (file, name) =>
      once(known, `${file}\u0000${name}`, () => traced(() => follow(file, name, new Set()))),
    exportNames: (file) =>
      once(named, file, () => traced(() => [...new Set(namesOf(file, new Set()))])),
    meaning: (identifier) => {
      const declaration = declarationOf(identifier);
      if (!declaration) return NOWHERE;
      const { fileName } = identifier.getSourceFile();
      return once(meant, declaration, () => traced(() => means(declaration, fileName, new Set())));
    },
  };
}

const NOWHERE: Link = { found: undefined, files: [] };

function once<Key, T>(known: Map<Key, Link<T>>, key: Key, find: () => Link<T>): Link<T> {
  const before = known.get(key);
  if (before) return before;
  const found = find();
  known.set(key, found);
  return found;
}

/** The steps on the way; `seen` are those taken. */
function follower(source: Source, resolve: Resolve) {
  const follow = (file: string, name: string, seen: Set<string>): Meaning | undefined => {
    const key = `${file}\u0000${name}`;
    const parsed = seen.has(key) ? undefined : source(file);
    seen.add(key);
    if (!parsed) return undefined;
    const found = exportsOf(parsed).get(name);
    if (found) return means(found, file, seen);
    const assigned = assignedExports(parsed);
    const given = name === '*' || name === 'default' ? assigned.whole : assigned.names.get(name);
    if (given) return meansWritten(given, file, seen);
    if (name === '*') return { kind: 'module', file };
    return name === 'default' ? undefined : starred(parsed, name, seen);
  };

  /** What an assigned export is: a name or `require` leads on. */
  const meansWritten = (node: ts.Expression, file: string, seen: Set<string>) => {
    const specifier = required(node);
    if (specifier !== undefined) return through(file, specifier, { name: '*', seen });
    const local = ts.isIdentifier(node) ? topLevel(node.getSourceFile(), node.text) : undefined;
    return local ? means(local, file, seen) : writtenAs(node, file);
  };

  const starred = (parsed: ts.SourceFile, name: string, seen: Set<string>): Meaning | undefined => {
    let outside: Meaning | undefined;
    for (const specifier of starredBy(parsed)) {
      const found = through(parsed.fileName, specifier, { name, seen });
      if (found && found.kind !== 'package') return found;
      outside ??= found;
    }
    return outside;
  };

  /** What `name` of the module behind a specifier is; `*` is the module itself. */
  const through = (
    from: string,
    specifier: string | undefined,
    { name, seen }: { name: string; seen: Set<string> },
  ): Meaning | undefined => {
    if (specifier === undefined) return undefined;
    const file = resolve(from, specifier);
    if (file) return follow(file, name, seen);
    const outside = !/^[./]/.test(specifier) || GENERATED.test(specifier);
    return outside ? { kind: 'package', package: specifier, name } : undefined;
  };

  const means = (node: ts.Node, file: string, seen: Set<string>): Meaning | undefined => {
    const imported = importOf(node);
    if (imported) return through(file, imported.specifier, { name: imported.name, seen });
    if (ts.isExportSpecifier(node)) {
      const name = (node.propertyName ?? node.name).text;
      const specifier = specifierOf(node.parent.parent);
      if (specifier !== undefined) return through(file, specifier, { name, seen });
      const local = topLevel(node.getSourceFile(), name);
      return local && means(local, file, seen);
    }
    if (ts.isExportAssignment(node)) {
      const { expression } = node;
      if (!ts.isIdentifier(expression)) return { kind: 'declared', file, node: expression };
      const local = declarationOf(expression);
      return local && means(local, file, seen);
    }
    return { kind: 'declared', file, node };
  };

  const namesOf = (file: string, seen: Set<string>): string[] => {
    const parsed = seen.has(file) ? undefined : source(file);
    seen.add(file);
    if (!parsed) return [];
    const starred = starredBy(parsed).flatMap((specifier) => {
      const from = specifier === undefined ? undefined : resolve(file, specifier);
      return from ? namesOf(from, seen).filter((name) => name !== 'default') : [];
    });
    return [...exportsOf(parsed).keys(), ...assignedExports(parsed).names.keys(), ...starred];
  };
  return { follow, means, namesOf };
}

/** The modules whose exports a file hands on as a whole. */
function starredBy(parsed: ts.SourceFile): (string | undefined)[] {
  const starring = parsed.statements.flatMap((statement) =>
    ts.isExportDeclaration(statement) && !statement.exportClause ? [specifierOf(statement)] : [],
  );
  return [...starring, ...assignedExports(parsed).handedOn];
}

/** An object that is a module's exports is the module; anything else stands for itself. */
function writtenAs(node: ts.Expression, file: string): Meaning {
  const exported = assignedExports(node.getSourceFile()).whole === node;
  return exported && ts.isObjectLiteralExpression(node)
    ? { kind: 'module', file }
    : { kind: 'declared', file, node };
}

/** Code a tool makes and no checkout holds. */
const GENERATED = /(?:^|\/)(?:__)?(?:generated|prisma)(?:__)?\//;

const exports = new WeakMap<ts.SourceFile, ReadonlyMap<string, ts.Node>>();

/** What a file's statements export by name: a declaration, an export specifier or assignment. */
function exportsOf(source: ts.SourceFile): ReadonlyMap<string, ts.Node> {
  const known = exports.get(source);
  if (known) return known;
  const found = new Map<string, ts.Node>();
  for (const statement of source.statements) {
    for (const [name, node] of exportedBy(statement)) if (!found.has(name)) found.set(name, node);
  }
  exports.set(source, found);
  return found;
}

function exportedBy(statement: ts.Statement): [string, ts.Node][] {
  if (ts.isExportAssignment(statement)) return [['default', statement]];
  if (ts.isExportDeclaration(statement)) {
    const clause = statement.exportClause;
    if (!clause) return [];
    if (ts.isNamespaceExport(clause)) return [[clause.name.text, clause]];
    return clause.elements.map((element) => [element.name.text, element]);
  }
  if (!ts.canHaveModifiers(statement)) return [];
  const modifiers = ts.getModifiers(statement) ?? [];
  const has = (kind: ts.SyntaxKind) => modifiers.some((modifier) => modifier.kind === kind);
  if (!has(ts.SyntaxKind.ExportKeyword)) return [];
  if (has(ts.SyntaxKind.DefaultKeyword)) return [['default', statement]];
  return declaredBy(statement);
}

function declaredBy(statement: ts.Statement): [string, ts.Node][] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(boundBy);
  const value =
    (ts.isFunctionDeclaration(statement) && statement.body) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isModuleDeclaration(statement);
  return value && statement.name ? [[statement.name.text, statement]] : [];
}

function boundBy(node: ts.VariableDeclaration | ts.BindingElement): [string, ts.Node][] {
  if (ts.isIdentifier(node.name)) return [[node.name.text, node]];
  return node.name.elements.flatMap((element) =>
    ts.isBindingElement(element) ? boundBy(element) : [],
  );
}

/** The module and name behind an import's part; undefined for any other node. */
function importOf(node: ts.Node): { specifier: string | undefined; name: string } | undefined {
  if (ts.isImportSpecifier(node)) {
    const specifier = specifierOf(node.parent.parent.parent);
    return { specifier, name: (node.propertyName ?? node.name).text };
  }
  if (ts.isNamespaceImport(node)) return { specifier: specifierOf(node.parent.parent), name: '*' };
  if (ts.isNamespaceExport(node)) return { specifier: specifierOf(node.parent), name: '*' };
  if (ts.isImportClause(node)) return { specifier: specifierOf(node.parent), name: 'default' };
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
    const { expression } = node.moduleReference;
    return { specifier: ts.isStringLiteral(expression) ? expression.text : undefined, name: '*' };
  }
  return requireOf(node);
}

/** `const x = require('m')` is the module, `const { y: z } = require('m')` its export `y`. */
function requireOf(node: ts.Node): { specifier: string; name: string } | undefined {
  if (ts.isVariableDeclaration(node)) {
    const specifier = required(node.initializer);
    return specifier === undefined ? undefined : { specifier, name: '*' };
  }
  if (!ts.isBindingElement(node) || !ts.isVariableDeclaration(node.parent.parent)) return undefined;
  const specifier = required(node.parent.parent.initializer);
  const key = node.propertyName ?? node.name;
  return specifier === undefined || !ts.isIdentifier(key)
    ? undefined
    : { specifier, name: key.text };
}

function specifierOf(node: ts.Node): string | undefined {
  if (!ts.isImportDeclaration(node) && !ts.isExportDeclaration(node)) return undefined;
  const specifier = node.moduleSpecifier;
  return specifier && ts.isStringLiteral(specifier) ? specifier.text : undefined;
}
