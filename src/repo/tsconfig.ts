import { posix } from 'node:path';
import type { Json } from '../kernel/digest.ts';
import { folderAbove, type Repo } from './repo.ts';
import { objectOf, starOf, workspaceOf } from './workspace.ts';

interface Options {
  /** Folder that `paths` without a `baseUrl` are relative to. */
  readonly folder: string;
  readonly baseUrl: string | null;
  readonly paths: { readonly [pattern: string]: Json };
}

/** What tells of a repo where its compiler options lead. */
export type CompilerIndex = Pick<Repo, 'manifests' | 'packages'>;

const known = new WeakMap<CompilerIndex, Map<string, readonly Options[]>>();

/** Where `paths` and `baseUrl` of the nearest tsconfig, `extends` followed, may lead for a specifier. */
export function* compilerPaths(
  repo: CompilerIndex,
  from: string,
  specifier: string,
): Generator<string> {
  for (const options of optionsFor(repo, posix.dirname(from))) {
    for (const [pattern, targets] of longestFirst(options.paths)) {
      const star = starOf(pattern, specifier);
      if (star === undefined || !Array.isArray(targets)) continue;
      for (const target of targets) {
        if (typeof target !== 'string') continue;
        yield posix.join(
          options.baseUrl ?? options.folder,
          target.replace('*', () => star),
        );
      }
    }
    if (options.baseUrl !== null) yield posix.join(options.baseUrl, specifier);
  }
}

function longestFirst(paths: Options['paths']): [string, Json][] {
  return Object.entries(paths).sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1));
}

function optionsFor(repo: CompilerIndex, folder: string): readonly Options[] {
  const perFolder = known.get(repo) ?? new Map<string, readonly Options[]>();
  known.set(repo, perFolder);
  const cached = perFolder.get(folder);
  if (cached) return cached;
  const here = configsIn(repo, folder).map((path) => optionsOf(repo, path, new Set()));
  const above = here.length > 0 ? undefined : folderAbove(repo, folder);
  const options = above === undefined ? here : optionsFor(repo, above);
  perFolder.set(folder, options);
  return options;
}

/** `tsconfig.json` speaks first; its siblings (`tsconfig.app.json`) are what project references point at. */
function configsIn(repo: CompilerIndex, folder: string): string[] {
  const paths = Object.keys(repo.manifests).filter(
    (path) => posix.dirname(path) === folder && /(?:^|\/)[tj]sconfig[^/]*\.json$/.test(path),
  );
  return paths.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

function optionsOf(repo: CompilerIndex, path: string, seen: Set<string>): Options {
  const folder = posix.dirname(path);
  const nothing: Options = { folder, baseUrl: null, paths: {} };
  const manifest = repo.manifests[path];
  if (manifest === undefined || seen.has(path)) return nothing;
  seen.add(path);
  const config = objectOf(manifest);
  const inherited = parentsOf(config['extends'])
    .map((parent) => locate(repo, folder, parent))
    .filter((parent) => parent !== undefined)
    .map((parent) => optionsOf(repo, parent, seen))
    .reduce((before, after) => overlay(before, after), nothing);
  const compiler = objectOf(config['compilerOptions']);
  const baseUrl = compiler['baseUrl'];
  return overlay(inherited, {
    folder,
    baseUrl: typeof baseUrl === 'string' ? posix.join(folder, baseUrl) : null,
    paths: objectOf(compiler['paths']),
  });
}

function overlay(before: Options, after: Options): Options {
  const own = Object.keys(after.paths).length > 0;
  return {
    folder: own ? after.folder : before.folder,
    baseUrl: after.baseUrl ?? before.baseUrl,
    paths: own ? after.paths : before.paths,
  };
}

/** The project files one extends, as written. */
export function parentsOf(value: Json | undefined): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((item): item is string => typeof item === 'string');
}

function locate(repo: CompilerIndex, folder: string, parent: string): string | undefined {
  const workspace = parent.startsWith('.') ? undefined : workspaceOf(repo, parent);
  const path = workspace
    ? posix.join(workspace.root, workspace.subpath)
    : posix.join(folder, parent);
  return [path, `${path}.json`, posix.join(path, 'tsconfig.json')].find(
    (candidate) => repo.manifests[candidate] !== undefined,
  );
}
