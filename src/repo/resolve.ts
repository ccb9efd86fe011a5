import { posix } from 'node:path';
import { folderAbove, homeward, type Repo } from './repo.ts';
import { compilerPaths } from './tsconfig.ts';
import { exportTargets, workspaceOf } from './workspace.ts';

/** Finds the repo file a specifier means from another file; undefined for what is not part of it. */
export type Resolve = (from: string, specifier: string) => string | undefined;

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.d.ts'];

/** What a written extension may stand for on disk, most likely first. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.js', '.jsx', '.d.ts'],
  '.jsx': ['.tsx', '.jsx'],
  '.mjs': ['.mts', '.mjs', '.d.mts'],
  '.cjs': ['.cts', '.cjs', '.d.cts'],
};

/** Module resolution over the repo's index alone: no file is touched and no `node_modules` needed. */
export function resolver(repo: Repo): Resolve {
  const paths = new Set(repo.files.map((file) => file.path));
  const known = new Map<string, string | undefined>();
  const probe = (path: string): string | undefined =>
    candidates(homeward(path, repo.place)).find((one) => paths.has(one));
  return (from, specifier) => {
    const key = `${posix.dirname(from)}\u0000${specifier}`;
    if (known.has(key)) return known.get(key);
    const found = firstOf(targets(repo, from, specifier), probe);
    known.set(key, found);
    return found;
  };
}

function* targets(repo: Repo, from: string, specifier: string): Generator<string> {
  if (/^\.\.?(\/|$)/.test(specifier)) {
    yield posix.join(posix.dirname(from), specifier);
    return;
  }
  if (specifier.startsWith('/') || specifier.startsWith('node:')) return;
  yield* compilerPaths(repo, from, specifier);
  yield* workspaceTargets(repo, from, specifier);
}

function* workspaceTargets(repo: Repo, from: string, specifier: string): Generator<string> {
  if (specifier.startsWith('#')) {
    const root = packageRoot(repo, from);
    if (root !== undefined)
      yield* exportTargets(repo, root, { field: 'imports', subpath: specifier });
    return;
  }
  const workspace = workspaceOf(repo, specifier);
  if (!workspace) return;
  yield* exportTargets(repo, workspace.root, { field: 'exports', subpath: workspace.subpath });
}

function packageRoot(repo: Repo, from: string): string | undefined {
  let folder: string | undefined = posix.dirname(from);
  while (folder !== undefined && !repo.manifests[posix.join(folder, 'package.json')])
    folder = folderAbove(repo, folder);
  return folder;
}

/** Where a path without its ending, or with that of built output, may stand, most likely first. */
export function candidates(path: string): string[] {
  const written = /\.[mc]?jsx?$/.exec(path)?.[0] ?? '';
  const stem = path.slice(0, path.length - written.length);
  return [
    ...(WRITTEN[written] ?? []).map((extension) => stem + extension),
    path,
    ...EXTENSIONS.map((extension) => path + extension),
    ...EXTENSIONS.map((extension) => posix.join(path, `index${extension}`)),
  ];
}

function firstOf(
  from: Iterable<string>,
  probe: (path: string) => string | undefined,
): string | undefined {
  for (const target of from) {
    const found = probe(target);
    if (found) return found;
  }
  return undefined;
}
