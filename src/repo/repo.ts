import { posix } from 'node:path';
import * as z from 'zod';
import { Finding } from '../kernel/finding.ts';
import type { ts } from '../kernel/syntax.ts';

/** Where text comes from; paths are relative to the repo's root, with forward slashes. */
export interface Files {
  /** Throws where there is no such file. */
  read(path: string): string;
}

/** One package of a checkout (a repo without workspaces has one, at root `.`). */
export const Package = z.object({
  name: z.string(),
  root: z.string(),
  dependencies: z.array(z.string()),
  scripts: z.record(z.string(), z.string()),
});
export type Package = Readonly<z.infer<typeof Package>>;

/** A checkout as read: an index of paths and content hashes; text comes through `Files`. */
export const Repo = z.object({
  name: z.string(),
  /** Its folder from the root of the checkout that it is part of; absent where it is all of one. */
  place: z.string().optional(),
  commit: z.string().nullable(),
  packages: z.array(Package),
  /** Source files (.ts .tsx .mts .cts .js .jsx .mjs .cjs) SQL and Prisma schemas, sorted by path. */
  files: z.array(z.object({ path: z.string(), hash: z.string() })),
  /** Every manifest read, as JSON: package.json, pnpm-workspace.yaml and tsconfig files by path. */
  manifests: z.record(z.string(), z.json()),
  findings: z.array(Finding),
});
export type Repo = Readonly<z.infer<typeof Repo>>;

/** Whether a path leads out of the package's folder to what was read beside it. */
export function isBeside(path: string): boolean {
  return path === '..' || path.startsWith('../');
}

/** A path that goes out of the repo's folder (`place`, from the checkout's root) and into it again, as one within. */
export function homeward(path: string, place: string | undefined): string {
  const [ups = ''] = /^(?:\.\.\/)+/.exec(path) ?? [];
  const own = (place ?? '').split('/').filter(Boolean);
  const back = `${own.slice(-ups.length / 3).join('/')}/`;
  const isOut = ups === '' || ups.length / 3 > own.length;
  return !isOut && path.startsWith(ups + back) ? path.slice(ups.length + back.length) : path;
}

/** Whether a path lies in a folder; what stands beside the repo's root (`.`) does not lie in it. */
export function isInside(path: string, folder: string): boolean {
  return folder === '.' ? !isBeside(path) : path.startsWith(`${folder}/`);
}

/** The folder a folder is in, as far up as anything was read. */
export function folderAbove(
  { manifests }: Pick<Repo, 'manifests'>,
  folder: string,
): string | undefined {
  if (folder === '/') return undefined;
  if (folder !== '.' && posix.basename(folder) !== '..') return posix.dirname(folder);
  const above = folder === '.' ? '..' : `../${folder}`;
  return Object.keys(manifests).some((path) => path.startsWith(`${above}/`)) ? above : undefined;
}

const TESTS =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|e2e|cypress|specs?|\.storybook|bench(?:marks)?)\/|[.-](?:test|spec|stories|bench|e2e)\.[mc]?[jt]sx?$/;

/** Whether a file is there for tests alone, by its path. */
export function isTest(path: string): boolean {
  return TESTS.test(path);
}

/**
 * What a name means: a declaration in the repo (for `export default <expression>` that expression), or an
 * export of a package that is not part of it (`package` is the specifier as written, `name` may be
 * `default`, or `*` for the package itself), or a whole module of the repo.
 */
export type Meaning =
  | { readonly kind: 'declared'; readonly file: string; readonly node: ts.Node }
  | { readonly kind: 'package'; readonly package: string; readonly name: string }
  | { readonly kind: 'module'; readonly file: string };

/** The repo's code, parsed on demand and never executed. */
export interface Program {
  readonly repo: Repo;
  /** The parsed file with parent pointers; undefined where it is missing. */
  source(path: string): ts.SourceFile | undefined;
  /** The text of any file of the repo; undefined where there is none. */
  text(path: string): string | undefined;
  /** The specifiers a file imports or re-exports from, for more than types. */
  imports(path: string): readonly string[];
  /** Whether a file's text has what a pattern finds; false where there is no such file. */
  matches(path: string, pattern: RegExp): boolean;
  /** The repo file a specifier means from another file; undefined for packages and what is not there. */
  resolve(from: string, specifier: string): string | undefined;
  /**
   * What an identifier means where it stands: block and function scopes first, then the file, then
   * through imports and re-exports (`export *`, renames, namespaces) to the declaring file.
   */
  meaning(identifier: ts.Identifier): Meaning | undefined;
  /** What a module exports under a name (`default` included). */
  exported(file: string, name: string): Meaning | undefined;
  /** The names a module exports, those that it hands on from other files included. */
  exportNames(file: string): readonly string[];
  /** What was wrong with the files this view has looked at (`repo.unparsable`), by path and line. */
  findings(): readonly Finding[];
  /** A view of the same code that knows what was looked at through it. */
  apart(): Program;
  /**
   * The same view for whoever keeps out of functions' bodies: of files it gives, no more than their outline counts as
   * looked at. To look into a body is to ask this view itself for the file.
   */
  outlined(): Program;
  /** What was looked at through this view so far. */
  looked(): Looked;
  /** Counts what a like view in another thread has looked at and found wrong as looked at and found through this one. */
  alsoLooked(other: Looked, findings: readonly Finding[]): void;
}

/** What a file imports, and what was wrong with it. */
export interface Imports {
  readonly specifiers: readonly string[];
  readonly finding: Finding | null;
}

/** What an answer came of: the whole of some files, of others only what was asked of them. */
export interface Looked {
  readonly files: ReadonlySet<string>;
  readonly imports: ReadonlyMap<string, Imports>;
  /** Digests of files' code outside of functions' bodies. */
  readonly outlines: ReadonlyMap<string, string>;
  /** By the pattern as it is written, the files it was sought in and whether it was found. */
  readonly matches: ReadonlyMap<string, ReadonlyMap<string, boolean>>;
}

/** What was found of parts of a repo before; each answer holds as long as what it came of is the same. */
export interface Cache {
  /** What was kept under a name, where nothing it came of has changed; undefined where nothing holds. */
  find(name: string): unknown;
  /**
   * Keeps a JSON-safe value, and what it came of: what was looked at, and what is kept under other names. Where what was
   * kept under its own name before still holds, it came of that as well.
   */
  keep(name: string, value: unknown, from: { looked: Looked; parts: readonly string[] }): void;
}
