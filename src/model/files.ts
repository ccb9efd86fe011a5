import { posix } from 'node:path';
import { isInside, isTest, type Program, type Repo } from '../repo/repo.ts';

/** The package's own source files, without its tests and the packages nested in it. */
export function ownFiles(repo: Repo, root: string): string[] {
  const nested = repo.packages
    .map((one) => one.root)
    .filter((other) => other !== root && isInside(other, root));
  return repo.files
    .map(({ path }) => path)
    .filter((path) => /\.[mc]?[jt]sx?$/.test(path) && isInside(path, root))
    .filter((path) => !nested.some((other) => isInside(path, other)))
    .filter((path) => !isTest(posix.relative(root, path)));
}

/** The packages of the workspace that a package's files import from, however far off. */
export function reachedPackages(program: Program, root: string): string[] {
  const reached = reachedFiles(program, root);
  return program.repo.packages
    .map((one) => one.root)
    .filter((other) => other !== root && !isInside(root, other))
    .filter((other) => reached.some((file) => isInside(file, other)));
}

/** The package's own source files and those they import from others, however far off. */
export function reachedFiles(program: Program, root: string): string[] {
  const seen = new Set(ownFiles(program.repo, root));
  for (const file of seen) for (const one of importedFiles(program, file)) seen.add(one);
  return [...seen];
}

/**
 * Files of a package that lead to what `isMine` names through what they import: those nobody imports first, for they
 * decide in which order modules run.
 */
export function leadingFiles(
  program: Program,
  root: string,
  isMine: (specifier: string) => boolean,
): string[] {
  const own = ownFiles(program.repo, root);
  const leading = leadingTo(program, own, isMine);
  const files = own.filter((file) => leading.has(file));
  const imported = new Set(files.flatMap((file) => importedFiles(program, file)));
  return [
    ...files.filter((file) => !imported.has(file)),
    ...files.filter((file) => imported.has(file)),
  ];
}

/** The files that import it, and those that import such files, however far off. */
function leadingTo(
  program: Program,
  start: readonly string[],
  isMine: (specifier: string) => boolean,
): Set<string> {
  const importers = new Map<string, string[]>();
  const seen = new Set(start);
  for (const file of seen) {
    for (const imported of importedFiles(program, file)) {
      importers.set(imported, [...(importers.get(imported) ?? []), file]);
      seen.add(imported);
    }
  }
  const direct = [...seen].filter((file) => program.imports(file).some(isMine));
  const leading = new Set(direct);
  for (const file of leading) for (const one of importers.get(file) ?? []) leading.add(one);
  return leading;
}

/** The repo files a file imports or re-exports for more than their types. */
export function importedFiles(program: Program, file: string): string[] {
  return program.imports(file).flatMap((specifier) => program.resolve(file, specifier) ?? []);
}
