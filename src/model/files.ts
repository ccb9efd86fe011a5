import { posix } from 'node:path';
import { ts } from '../kernel/syntax.ts';
import type { Program, Repo } from '../repo/repo.ts';

const TESTS =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|e2e|cypress|specs?|\.storybook|bench(?:marks)?)\/|[.-](?:test|spec|stories|bench|e2e)\.[mc]?[jt]sx?$/;

/** The package's own source files, without its tests and the packages nested in it. */
export function ownFiles(repo: Repo, root: string): string[] {
  const nested = repo.packages
    .map((one) => one.root)
    .filter((other) => other !== root && isInside(other, root));
  return repo.files
    .map(({ path }) => path)
    .filter((path) => /\.[mc]?[jt]sx?$/.test(path) && isInside(path, root))
    .filter((path) => !nested.some((other) => isInside(path, other)))
    .filter((path) => !TESTS.test(posix.relative(root, path)));
}

/** The repo files a file imports or re-exports for more than their types. */
export function importedFiles(program: Program, file: string): string[] {
  return specifiersOf(program, file).flatMap((specifier) => program.resolve(file, specifier) ?? []);
}

/** The specifiers a file imports or re-exports from, for more than types. */
export function specifiersOf(program: Program, file: string): string[] {
  return (program.source(file)?.statements ?? []).flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const typesOnly = ts.isImportDeclaration(statement)
      ? statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      : statement.isTypeOnly;
    const specifier = statement.moduleSpecifier;
    return !typesOnly && specifier && ts.isStringLiteral(specifier) ? [specifier.text] : [];
  });
}

function isInside(path: string, folder: string): boolean {
  return folder === '.' || path.startsWith(`${folder}/`);
}
