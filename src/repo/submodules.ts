import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { type Finding, finding } from '../kernel/finding.ts';

/** Parts of a checkout that are repos of their own and were not fetched with it: nothing of them can be read. */
export function missingSubmodules(root: string): Finding[] {
  const declared = textOf(join(root, '.gitmodules')).matchAll(/^\s*path\s*=\s*(.+?)\s*$/gm);
  return [...declared].flatMap(([, path = '']) => {
    const folder = join(root, path);
    const isOutside = !folder.startsWith(root + sep);
    return isOutside || !isEmpty(folder)
      ? []
      : [finding('repo.missingSubmodule', { severity: 'warning', file: path })];
  });
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch {
    return true;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
