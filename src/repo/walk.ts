import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join, posix, sep } from 'node:path';

/** Folders that hold what others wrote or what a tool made. */
export const SKIPPED = new Set([
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
export function walk(root: string, wanted: (path: string) => boolean): Found[] {
  const state: Walk = { root, followed: new Set([root]), found: [] };
  enter(state, '.', wanted);
  return state.found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** One after the other and at once: for so many small files waiting costs several times the work. */
function enter(state: Walk, folder: string, wanted: (path: string) => boolean): void {
  const entries = attempt(state, folder, () =>
    readdirSync(join(state.root, folder), { withFileTypes: true }),
  );
  for (const entry of (entries ?? []).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = posix.join(folder, entry.name);
    const kind = entry.isSymbolicLink() ? linked(state, path) : kindOf(entry);
    if (kind === 'folder' && !SKIPPED.has(entry.name) && !isHidden(entry.name)) {
      enter(state, path, wanted);
    } else if (kind === 'file' && wanted(path)) {
      const size = attempt(state, path, () => statSync(join(state.root, path)))?.size;
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
function linked(state: Walk, path: string): 'file' | 'folder' | undefined {
  try {
    const target = realpathSync(join(state.root, path));
    if (!target.startsWith(state.root + sep) || state.followed.has(target)) return undefined;
    if (target.split(sep).some((part) => SKIPPED.has(part))) return undefined;
    state.followed.add(target);
    return kindOf(statSync(target));
  } catch {
    return undefined;
  }
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }) {
  if (entry.isDirectory()) return 'folder';
  return entry.isFile() ? 'file' : undefined;
}

function attempt<T>(state: Walk, path: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    state.found.push({ path, size: 0, error: causeOf(error) });
    return undefined;
  }
}

/** The system's code for what stood in the way of reading. */
export function causeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
