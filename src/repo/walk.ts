import { readdir, realpath, stat } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';

/** Folders that hold what others wrote or what a tool made. */
const SKIPPED = new Set([
  'node_modules',
  'bower_components',
  'dist',
  'build',
  'coverage',
  'vendor',
]);

interface Walk {
  readonly root: string;
  readonly followed: Set<string>;
  readonly found: Found[];
}

/** A file or an unreadable folder, by its path from the root; `error` says what stood in the way. */
export interface Found {
  readonly path: string;
  readonly size: number;
  readonly error: string | null;
}

/**
 * Every file below a folder that `wanted` says yes to, sorted by path. Hidden and generated folders are left out;
 * a link is followed once, and only to a target inside the root.
 */
export async function walk(root: string, wanted: (path: string) => boolean): Promise<Found[]> {
  const state: Walk = { root, followed: new Set([root]), found: [] };
  await enter(state, '.', wanted);
  return state.found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function enter(
  state: Walk,
  folder: string,
  wanted: (path: string) => boolean,
): Promise<void> {
  const entries = await attempt(state, folder, () =>
    readdir(join(state.root, folder), { withFileTypes: true }),
  );
  for (const entry of (entries ?? []).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = posix.join(folder, entry.name);
    const kind = entry.isSymbolicLink() ? await linked(state, path) : kindOf(entry);
    if (kind === 'folder' && !SKIPPED.has(entry.name) && !isHidden(entry.name)) {
      await enter(state, path, wanted);
    } else if (kind === 'file' && wanted(path)) {
      const size = (await attempt(state, path, () => stat(join(state.root, path))))?.size;
      if (size !== undefined) state.found.push({ path, size, error: null });
    }
  }
}

/** Folders that begin with a dot and are no hidden ones: one of routes, and what bundlers keep to one side. */
const CODE = new Set(['.well-known', '.server', '.client']);

function isHidden(name: string): boolean {
  return name.startsWith('.') && !CODE.has(name);
}

/** What a link leads to, or undefined where it must not be followed (again). */
async function linked(state: Walk, path: string): Promise<'file' | 'folder' | undefined> {
  try {
    const target = await realpath(join(state.root, path));
    if (!target.startsWith(state.root + sep) || state.followed.has(target)) return undefined;
    if (target.split(sep).some((part) => SKIPPED.has(part))) return undefined;
    state.followed.add(target);
    return kindOf(await stat(target));
  } catch {
    return undefined;
  }
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }) {
  if (entry.isDirectory()) return 'folder';
  return entry.isFile() ? 'file' : undefined;
}

async function attempt<T>(
  state: Walk,
  path: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const message = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    state.found.push({ path, size: 0, error: message });
    return undefined;
  }
}
