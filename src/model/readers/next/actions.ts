import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { importedFiles } from '../../files.ts';
import { type Exported, exportOf } from '../exports.ts';

/** A function of the server that pages call, by the name it goes by. */
export interface Action extends Exported {
  readonly name: string;
}

/** The files a page shows something of: what it imports, but for the server's actions. Known by their outlines. */
export function screensOf(program: Program, start: readonly string[]): ts.SourceFile[] {
  const outline = program.outlined();
  const seen = new Set(start);
  const sources: ts.SourceFile[] = [];
  for (const file of seen) {
    const source = outline.source(file);
    if (!source || says(source.statements, 'use server')) continue;
    sources.push(source);
    for (const imported of importedFiles(program, file)) seen.add(imported);
  }
  return sources;
}

/** The server actions that screens can call, in the order they are met. */
export function actionsOf(program: Program, screens: readonly ts.SourceFile[]): Action[] {
  const outline = program.outlined();
  const all = screens.flatMap((source) => [
    ...importedInto(outline, source),
    ...written(program, source),
  ]);
  return [...new Map(all.map((action) => [action.node, action])).values()];
}

/** A directive at the head of a file or function. */
function says(statements: readonly ts.Statement[], directive: string): boolean {
  for (const statement of statements) {
    if (!ts.isExpressionStatement(statement) || !ts.isStringLiteral(statement.expression))
      return false;
    if (statement.expression.text === directive) return true;
  }
  return false;
}

/** What a file imports by name from files of server actions. */
function importedInto(program: Program, source: ts.SourceFile): Action[] {
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier))
      return [];
    const file = program.resolve(source.fileName, statement.moduleSpecifier.text);
    const actions = file === undefined ? undefined : program.source(file);
    if (!file || !actions || !says(actions.statements, 'use server')) return [];
    return namesIn(statement).flatMap((name): Action[] => {
      const exported = exportOf(program, file, name);
      return exported ? [{ ...exported, name }] : [];
    });
  });
}

function namesIn({ importClause }: ts.ImportDeclaration): string[] {
  if (!importClause || importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
  const { name, namedBindings } = importClause;
  const named = namedBindings && ts.isNamedImports(namedBindings) ? namedBindings.elements : [];
  const names = named.filter(({ isTypeOnly }) => !isTypeOnly);
  return [
    ...(name ? ['default'] : []),
    ...names.map(({ propertyName, name: own }) => (propertyName ?? own).text),
  ];
}

/** Functions that say of themselves that they run on the server. */
function written(program: Program, source: ts.SourceFile): Action[] {
  if (!program.matches(source.fileName, /use server/)) return [];
  program.source(source.fileName);
  const found: Action[] = [];
  const visit = (node: ts.Node): void => {
    const body = ts.isFunctionLike(node) && 'body' in node ? node.body : undefined;
    if (body && ts.isBlock(body) && says(body.statements, 'use server')) {
      const registered = { file: source.fileName, expression: node as ts.Node as ts.Expression };
      found.push({ node, name: nameOf(node), registered });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function nameOf(node: ts.Node): string {
  const own = (node as { name?: ts.Node }).name;
  if (own) return own.getText();
  const { parent } = node;
  return ts.isVariableDeclaration(parent) || ts.isJsxAttribute(parent.parent)
    ? ((parent as { name?: ts.Node }).name?.getText() ?? 'action')
    : 'action';
}
