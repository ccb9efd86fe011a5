import { realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { manifestIn, packagesNamed, workspaceGlobs } from './workspace-globs.ts';

/** What stands around a package that is read from its own folder. */
export interface Surroundings {
  /** The repo's root: nothing outside of it is read. */
  readonly top: string;
  /** The folder that says which packages are one workspace with this one; null where none does. */
  readonly workspace: string | null;
  /** The real folders of that workspace's packages by name. */
  readonly packages: ReadonlyMap<string, string>;
}

/**
 * Looks upwards from a folder, as far as the folder with `.git`, the file system or one of `roots` (outside of which
 * nothing is looked at) reaches, for the nearest workspace that names it. Without `.git` the workspace is the repo;
 * null where there is neither, or the folder is the repo's root itself.
 */
export function surroundingsOf(
  real: string,
  roots: readonly string[] | undefined,
): Surroundings | null {
  if (isThere(join(real, '.git'))) return null;
  const above = foldersAbove(real, roots);
  const workspace = workspaceOf(real, above);
  const repo = above.find((folder) => isThere(join(folder, '.git')));
  const top = repo ?? workspace?.folder;
  if (top === undefined) return null;
  return {
    top,
    workspace: workspace?.folder ?? null,
    packages: workspace ? packagesIn(workspace, top) : new Map(),
  };
}

/** The nearest folder above one, within `roots`, that has a package.json; undefined where none has. */
export function packageAbove(
  real: string,
  roots: readonly string[] | undefined,
): string | undefined {
  return foldersAbove(real, roots).find((folder) => isThere(join(folder, 'package.json')));
}

interface Workspace {
  readonly folder: string;
  /** Its packages, by their paths from there. */
  readonly paths: readonly string[];
}

/** The nearest workspace that names a folder. */
function workspaceOf(real: string, above: readonly string[]): Workspace | undefined {
  for (const folder of above) {
    const paths = packagesNamed(folder, workspaceGlobs(folder));
    if (paths.includes(relative(folder, real).replaceAll(sep, '/'))) return { folder, paths };
  }
  return undefined;
}

/** Whether a path is a folder or lies in it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Where a path really is; undefined where that is nowhere, or outside of a folder. */
export function realWithin(path: string, top: string): string | undefined {
  try {
    const real = realpathSync(path);
    return isWithin(real, top) ? real : undefined;
  } catch {
    return undefined;
  }
}

function foldersAbove(real: string, roots: readonly string[] | undefined): string[] {
  const limits = roots?.flatMap((root) => realWithin(root, sep) ?? []);
  const device = deviceOf(real);
  const above: string[] = [];
  for (let folder = dirname(real); folder !== above.at(-1); folder = dirname(folder)) {
    const isAllowed = !limits || limits.some((limit) => isWithin(folder, limit));
    if (!isAllowed || deviceOf(folder) !== device) break;
    above.push(folder);
    if (isThere(join(folder, '.git'))) break;
  }
  return above;
}

function packagesIn({ folder: root, paths }: Workspace, top: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const folder = realWithin(join(root, path), top);
    if (!folder) continue;
    const { name } = manifestIn(folder, 'package.json');
    const called = typeof name === 'string' ? name : basename(folder);
    if (!found.has(called)) found.set(called, folder);
  }
  return found;
}

function deviceOf(folder: string): number | undefined {
  return statOf(folder)?.dev;
}

function isThere(path: string): boolean {
  return statOf(path) !== undefined;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
