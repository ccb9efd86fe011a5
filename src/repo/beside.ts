import { posix, relative, resolve, sep } from 'node:path';
import { type Finding, finding } from '../kernel/finding.ts';
import { isManifest, parseManifest } from './manifest.ts';
import { isBeside, isTest, type Package, type Repo } from './repo.ts';
import { candidates } from './resolve.ts';
import { isWithin, realWithin, type Surroundings } from './surroundings.ts';
import { type CompilerIndex, compilerPaths, parentsOf } from './tsconfig.ts';
import { SKIPPED } from './walk.ts';
import { objectOf } from './workspace.ts';

/** How what stands around a package is read, by real paths. */
export interface Reach {
  readonly around: Surroundings | null;
  /** Texts of the files that are wanted in a folder, by their paths from there. */
  readonly readFolder: (path: string) => Promise<ReadonlyMap<string, string>>;
  /** The text of a file; undefined where it is not wanted. */
  readonly readFile: (path: string) => string | undefined;
}

interface State extends Reach {
  readonly real: string;
  /** What was read, by its path from the package's folder; what is found beside it is added. */
  readonly texts: Map<string, string>;
  readonly index: CompilerIndex & { readonly manifests: Record<string, Manifest> };
  readonly taken: Set<string>;
  /** Paths that were sought, with whether a file was there. */
  readonly sought: Map<string, boolean>;
  readonly findings: Finding[];
}

type Manifest = Repo['manifests'][string];

/**
 * Adds to a package's texts what it reaches beside its folder: packages of the workspace that it depends on or imports,
 * however far off, files that its compiler options or relative paths lead to, the workspace root's manifests and the Prisma
 * schema those name. Their
 * paths go through `..`. Says which packages its manifests promise and nobody finds.
 */
export async function addBeside(
  real: string,
  texts: Map<string, string>,
  reach: Reach,
): Promise<Finding[]> {
  const { around } = reach;
  const packages = [...(around?.packages ?? [])].map(([name, folder]) =>
    packageAt(real, name, folder),
  );
  const index = { packages, manifests: {} };
  const taken = new Set<string>();
  const state = { ...reach, real, texts, index, taken, sought: new Map(), findings: [] };
  const own = [...texts.keys()];
  const workspace = around?.workspace ?? null;
  if (workspace) {
    for (const name of MANIFESTS) takeFile(state, resolve(workspace, name));
    const manifest = texts.get(pathFrom(real, resolve(workspace, 'package.json'))) ?? '';
    for (const schema of prismaSchemas(manifest)) takeFile(state, resolve(workspace, schema));
  }
  await noteManifests(state, own);
  // What is added meanwhile comes up as well.
  for (const [path, text] of around ? texts : []) {
    if (isManifest(path) || isAside(path)) continue;
    for (const specifier of specifiersIn(text)) await follow(state, path, specifier);
  }
  return state.findings;
}

const MANIFESTS = [
  ...['package.json', 'pnpm-workspace.yaml'],
  ...['tsconfig.json', 'tsconfig.base.json', 'jsconfig.json'],
];

/** The schemas that a manifest's scripts or its `prisma` name; else, where it has Prisma run, where Prisma looks for one. */
function prismaSchemas(manifest: string): readonly string[] {
  const named = [...manifest.matchAll(/[\w@./-]+\.prisma\b/g)].map(([path]) => path);
  if (named.length > 0 || !/\bprisma (?:generate|migrate|db)\b/.test(manifest)) return named;
  return ['prisma/schema.prisma', 'schema.prisma'];
}

/** Tests and tools' settings reach for what the app itself does not. */
function isAside(path: string): boolean {
  return isTest(path) || /\.config\.[mc]?[jt]s$/.test(path) || !/\.[mc]?[jt]sx?$/.test(path);
}

function packageAt(real: string, name: string, folder: string): Package {
  return { name, root: pathFrom(real, folder), dependencies: [], scripts: {} };
}

function pathFrom(real: string, path: string): string {
  return relative(real, path).replaceAll(sep, '/') || '.';
}

const IMPORTED = /\b(?:from|import|require)\s*\(?\s*(['"])([^'"\n]+)\1/g;

function specifiersIn(text: string): Set<string> {
  return new Set([...text.matchAll(IMPORTED)].map(([, , specifier = '']) => specifier));
}

async function follow(state: State, from: string, specifier: string): Promise<void> {
  if (specifier.startsWith('.')) {
    const path = posix.join(posix.dirname(from), specifier);
    if (isBeside(path)) await seek(state, path);
    return;
  }
  const folder = packageNamed(state, specifier);
  if (folder !== undefined) return void (await takeFolder(state, folder));
  for (const path of compilerPaths(state.index, from, specifier)) {
    if (isBeside(path) && (await seek(state, path))) return;
  }
}

/** The folder of the workspace's package that a specifier leads into. */
function packageNamed({ around }: State, specifier: string): string | undefined {
  const [first = '', second = ''] = specifier.split('/');
  return around?.packages.get(`${first}/${second}`) ?? around?.packages.get(first);
}

/** Takes the workspace's package that a file beside ours belongs to, else the file alone; says whether there is one. */
async function seek(state: State, path: string): Promise<boolean> {
  const before = state.sought.get(path);
  if (before !== undefined) return before;
  const found = candidates(path).find((each) => takeFile(state, resolve(state.real, each)));
  state.sought.set(path, found !== undefined);
  const owner = found && state.index.packages.find(({ root }) => found.startsWith(`${root}/`));
  if (owner) await takeFolder(state, resolve(state.real, owner.root));
  return found !== undefined;
}

/** Adds a file beside ours; says whether it is one that may be read. */
function takeFile(state: State, file: string): boolean {
  const found = placeOf(state, file);
  if (!found) return false;
  const path = pathFrom(state.real, found);
  if (state.texts.has(path)) return true;
  const text = state.readFile(found);
  if (text === undefined) return false;
  state.texts.set(path, text);
  if (isManifest(path)) noteProject(state, path);
  return true;
}

/** Adds the files of a folder beside ours, once; says whether it is one that may be read. */
async function takeFolder(state: State, folder: string): Promise<boolean> {
  const found = placeOf(state, folder);
  if (!found || isWithin(state.real, found)) return false;
  if ([...state.taken].some((each) => isWithin(found, each))) return true;
  state.taken.add(found);
  const base = pathFrom(state.real, found);
  const texts = [...(await state.readFolder(found))].map(
    ([inside, text]) => [posix.join(base, inside), text] as const,
  );
  for (const [path, text] of texts) state.texts.set(path, text);
  await noteManifests(
    state,
    texts.map(([path]) => path),
  );
  return texts.length > 0;
}

/** Where something beside ours really is, unless it must not be read. */
function placeOf({ around, real }: State, path: string): string | undefined {
  const found = around ? realWithin(path, around.top) : undefined;
  if (!around || found === undefined || isWithin(found, real)) return undefined;
  return relative(around.top, found)
    .split(sep)
    .some((part) => SKIPPED.has(part))
    ? undefined
    : found;
}

/** Notes manifests and takes what they lead to: packages they depend on, project files they extend. */
async function noteManifests(state: State, paths: readonly string[]): Promise<void> {
  const manifests = paths.filter(isManifest);
  for (const path of manifests) noteProject(state, path);
  for (const path of manifests) {
    const manifest = objectOf(state.index.manifests[path]);
    for (const parent of parentsOf(manifest['extends'])) {
      const folder = packageNamed(state, parent);
      if (folder !== undefined) await takeFolder(state, folder);
    }
    if (posix.basename(path) !== 'package.json') continue;
    for (const promise of promisesIn(manifest, isBeside(path))) await keep(state, path, promise);
  }
}

/** Notes a manifest with the project files it extends by path. */
function noteProject(state: State, path: string): void {
  const { json } = parseManifest(path, state.texts.get(path) ?? '');
  if (json === undefined) return;
  state.index.manifests[path] = json;
  for (const parent of parentsOf(objectOf(json)['extends'])) {
    const target = posix.join(posix.dirname(path), parent);
    const targets = [target, `${target}.json`, posix.join(target, 'tsconfig.json')];
    for (const each of targets) if (isBeside(each)) takeFile(state, resolve(state.real, each));
  }
}

interface Promised {
  readonly name: string;
  /** `workspace`, `file`, `link` or `portal`, where the version says so. */
  readonly protocol: string | undefined;
  /** The folder as the version names it. */
  readonly path: string | undefined;
}

/** The packages a manifest says it takes; of a neighbour's, those it needs to run. */
function promisesIn(manifest: ReturnType<typeof objectOf>, isNeighbour: boolean): Promised[] {
  const lists = ['dependencies', 'peerDependencies', 'optionalDependencies'];
  if (!isNeighbour) lists.push('devDependencies');
  const declared = lists.flatMap((list) => Object.entries(objectOf(manifest[list])));
  return declared.map(([name, version]) => {
    const [, protocol, target = ''] = PROTOCOL.exec(String(version)) ?? [];
    const isPath =
      protocol !== undefined && (protocol !== 'workspace' || /^\.{0,2}\//.test(target));
    return { name, protocol, path: isPath ? target : undefined };
  });
}

const PROTOCOL = /^(workspace|file|link|portal):(.*)$/;

async function keep(state: State, file: string, { name, protocol, path }: Promised): Promise<void> {
  const named = state.around?.packages.get(name);
  const at = posix.dirname(file);
  const folder = path === undefined ? named : resolve(state.real, at, path);
  if (folder !== undefined && isWithin(folder, state.real)) return;
  if (folder !== undefined && isWithin(state.real, folder)) return;
  if (folder !== undefined && (await takeFolder(state, folder))) return;
  if (protocol === undefined || path?.endsWith('.tgz') || isOwn(state, name)) return;
  const facts = { package: name, ...(path !== undefined && { folder: posix.join(at, path) }) };
  state.findings.push(finding('repo.missingPackage', { severity: 'warning', file, facts }));
}

function isOwn({ index }: State, name: string): boolean {
  return Object.entries(index.manifests).some(
    ([path, manifest]) =>
      posix.basename(path) === 'package.json' && objectOf(manifest)['name'] === name,
  );
}
