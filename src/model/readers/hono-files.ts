import type { Program } from '../../repo/repo.ts';
import { importedFiles, ownFiles, specifiersOf } from '../files.ts';

/**
 * Files of a package that lead to Hono through what they import: those nobody imports first, for they decide
 * in which order modules run.
 */
export function honoFiles(program: Program, root: string): string[] {
  const own = ownFiles(program.repo, root);
  const leading = leadingToHono(program, own);
  const files = own.filter((file) => leading.has(file));
  const imported = new Set(files.flatMap((file) => importedFiles(program, file)));
  return [
    ...files.filter((file) => !imported.has(file)),
    ...files.filter((file) => imported.has(file)),
  ];
}

/** Whether a specifier names Hono or one of its packages, its client aside. */
export function isHono(specifier: string): boolean {
  return /^(?:jsr:)?@?hono(?:-openapi)?(?:\/(?!client)|$)/.test(specifier);
}

/** The files that import Hono, and those that import such files, however far off. */
function leadingToHono(program: Program, start: readonly string[]): Set<string> {
  const importers = new Map<string, string[]>();
  const seen = new Set(start);
  for (const file of seen) {
    for (const imported of importedFiles(program, file)) {
      importers.set(imported, [...(importers.get(imported) ?? []), file]);
      seen.add(imported);
    }
  }
  const direct = [...seen].filter((file) => specifiersOf(program, file).some(isHono));
  const leading = new Set(direct);
  for (const file of leading) for (const one of importers.get(file) ?? []) leading.add(one);
  return leading;
}
