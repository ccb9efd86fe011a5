import type { Program } from '../../../repo/repo.ts';
import { leadingFiles } from '../../files.ts';

/** Files of a package that lead to Hono through what they import. */
export function honoFiles(program: Program, root: string): string[] {
  return leadingFiles(program, root, isHono);
}

/** Whether a specifier names Hono or one of its packages, its client aside. */
export function isHono(specifier: string): boolean {
  return /^(?:jsr:)?@?hono(?:-openapi)?(?:\/(?!client)|$)/.test(specifier);
}
