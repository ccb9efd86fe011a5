import { posix } from 'node:path';
import type { Json } from '../kernel/digest.ts';
import type { Repo } from './repo.ts';

/** The workspace package a bare specifier names, and the part behind the name as `.` or `./part`. */
export function workspaceOf(
  repo: Pick<Repo, 'packages'>,
  specifier: string,
): { root: string; subpath: string } | undefined {
  const owner = repo.packages.find(
    ({ name }) => name !== '' && (specifier === name || specifier.startsWith(`${name}/`)),
  );
  if (!owner) return undefined;
  return { root: owner.root, subpath: `.${specifier.slice(owner.name.length)}` };
}

/**
 * Where a package's `exports` or `imports` may lead for a subpath: every condition, a browser's last;
 * built output is looked for where its source would stand.
 */
export function* exportTargets(
  repo: Repo,
  root: string,
  { field, subpath }: { field: 'exports' | 'imports'; subpath: string },
): Generator<string> {
  const manifest = objectOf(repo.manifests[posix.join(root, 'package.json')]);
  const declared = manifest[field] ?? null;
  for (const target of matched(declared, subpath)) yield* sourceOf(repo, root, target);
  if (field === 'imports') return;
  if (subpath === '.') {
    for (const key of ['source', 'module', 'main', 'types']) {
      const target = manifest[key];
      if (typeof target === 'string') yield* sourceOf(repo, root, target);
    }
    yield posix.join(root, 'src/index');
    yield posix.join(root, 'index');
  }
  yield* sourceOf(repo, root, subpath);
  yield posix.join(root, 'src', subpath);
}

/** `./dist/x.js` is built from what its compiler is told, else from `./src/x`, as far as anybody can tell. */
function* sourceOf(repo: Repo, root: string, target: string): Generator<string> {
  if (!target.startsWith('.') && !/^[\w-]+\//.test(target)) return;
  yield posix.join(root, target);
  yield* compiledFrom(repo, root, target);
  const built = /^(?:\.\/)?(?:dist|build|lib|out)\/(?:(?:esm|cjs|es|types)\/)?(.*)$/.exec(
    target,
  )?.[1];
  if (!built) return;
  const bare = built.replace(/(\.d)?\.[mc]?[jt]sx?$/, '');
  yield posix.join(root, 'src', bare);
  yield posix.join(root, bare);
}

/** Where the options that compile a package into the target's folder say its source is. */
function* compiledFrom(repo: Repo, root: string, target: string): Generator<string> {
  for (const config of compilersIn(repo, root)) {
    const { outDir, rootDir } = objectOf(config['compilerOptions']);
    if (typeof outDir !== 'string') continue;
    const inside = posix.relative(posix.normalize(outDir), posix.normalize(target));
    if (inside.startsWith('..')) continue;
    const bare = inside.replace(/(\.d)?\.[mc]?[jt]sx?$/, '');
    const roots = typeof rootDir === 'string' ? [rootDir] : includedFolders(config['include']);
    for (const folder of roots) yield posix.join(root, folder, bare);
  }
}

const compilers = new WeakMap<Repo['manifests'], ReadonlyMap<string, readonly string[]>>();

/** What compilers are told in a package's own folder; which folders have that is looked for once. */
function compilersIn({ manifests }: Repo, root: string) {
  const paths = () => Object.keys(manifests).filter((path) => /\/tsconfig[^/]*\.json$/.test(path));
  const byFolder = compilers.get(manifests) ?? Map.groupBy(paths(), posix.dirname);
  compilers.set(manifests, byFolder);
  return (byFolder.get(root) ?? []).map((path) => objectOf(manifests[path]));
}

/** The folders that `include` names, where the compiler works out itself what the source's root is. */
function includedFolders(include: Json | undefined): string[] {
  const patterns = Array.isArray(include) ? include : [];
  return patterns.flatMap((pattern) =>
    typeof pattern === 'string' ? (/^(?:\.\/)?[\w-]+(?=\/|$)/.exec(pattern) ?? []) : [],
  );
}

function* matched(declared: Json, subpath: string): Generator<string> {
  if (typeof declared === 'string' || Array.isArray(declared)) {
    if (subpath === '.') yield* conditions(declared);
    return;
  }
  const entries = Object.entries(objectOf(declared));
  if (entries.length > 0 && !entries.some(([key]) => /^[.#]/.test(key))) {
    if (subpath === '.') yield* conditions(declared);
    return;
  }
  for (const [pattern, target] of entries) {
    const star = starOf(pattern, subpath);
    if (star === undefined) continue;
    for (const path of conditions(target)) yield path.replaceAll('*', star);
  }
}

/** What `*` stands for when the pattern matches, '' for an exact match, else undefined. */
export function starOf(pattern: string, text: string): string | undefined {
  if (pattern === text) return '';
  const [before, after] = pattern.split('*');
  if (before === undefined || after === undefined) return undefined;
  const fits = text.startsWith(before) && text.endsWith(after);
  return fits && text.length >= before.length + after.length
    ? text.slice(before.length, text.length - after.length)
    : undefined;
}

function* conditions(target: Json): Generator<string> {
  if (typeof target === 'string') yield target;
  else if (Array.isArray(target)) for (const item of target) yield* conditions(item);
  else {
    const named = Object.entries(objectOf(target));
    const last = ([name]: readonly [string, Json]) => Number(name === 'browser');
    for (const [, item] of named.toSorted((a, b) => last(a) - last(b))) yield* conditions(item);
  }
}

export function objectOf(value: Json | undefined): { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })
    : {};
}
