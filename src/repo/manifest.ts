import { posix } from 'node:path';
import { parse } from 'yaml';
import { ts } from '../kernel/syntax.ts';
import type { Package, Repo } from './repo.ts';
import { objectOf } from './workspace.ts';

type Manifest = Repo['manifests'][string];

/** Whether a path is a package.json, a TypeScript (or JavaScript) project file or what pnpm knows a workspace by. */
export function isManifest(path: string): boolean {
  return /(?:^|\/)(?:(?:package|[tj]sconfig[^/]*)\.json|pnpm-workspace\.yaml)$/.test(path);
}

/** The JSON of a manifest (project files may hold comments) and what was wrong with it, if anything. */
export function parseManifest(
  path: string,
  text: string,
): { json: Manifest | undefined; message: string | null } {
  if (path.endsWith('.yaml')) return parseYaml(text);
  const { config, error } = ts.parseConfigFileTextToJson(path, text);
  const message = error ? ts.flattenDiagnosticMessageText(error.messageText, ' ') : null;
  return { json: config === undefined ? undefined : JSON.parse(JSON.stringify(config)), message };
}

function parseYaml(text: string): ReturnType<typeof parseManifest> {
  try {
    return { json: JSON.parse(JSON.stringify(parse(text))), message: null };
  } catch (error) {
    return { json: undefined, message: error instanceof Error ? error.message : String(error) };
  }
}

/** The packages that manifests describe, the outermost first; a nameless one is called by its folder. */
export function packagesOf(manifests: Repo['manifests'], rootName: string): Package[] {
  return Object.keys(manifests)
    .filter((path) => posix.basename(path) === 'package.json')
    .filter((path) => path === 'package.json' || !isMarker(manifests[path]))
    .map((path) => packageOf(posix.dirname(path), manifests[path], rootName))
    .sort((a, b) => depth(a) - depth(b) || (a.root < b.root ? -1 : 1));
}

/** `{ "type": "module" }` beside some files makes no package. */
function isMarker(manifest: Manifest | undefined): boolean {
  const { name, dependencies, scripts } = objectOf(manifest);
  return name === undefined && dependencies === undefined && scripts === undefined;
}

function packageOf(root: string, manifest: Manifest | undefined, rootName: string): Package {
  const { name, scripts, ...rest } = objectOf(manifest);
  const lists = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'];
  const dependencies = lists.flatMap((list) => Object.keys(objectOf(rest[list])));
  const commands = Object.entries(objectOf(scripts));
  return {
    name: typeof name === 'string' ? name : root === '.' ? rootName : posix.basename(root),
    root,
    dependencies: [...new Set(dependencies)].sort(),
    scripts: Object.fromEntries(commands.map(([key, value]) => [key, String(value)])),
  };
}

function depth({ root }: Package): number {
  return root === '.' ? 0 : root.split('/').length;
}
