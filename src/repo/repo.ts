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
  commit: z.string().nullable(),
  packages: z.array(Package),
  /** Source files (.ts .tsx .mts .cts .js .jsx .mjs .cjs) SQL and Prisma schemas, sorted by path. */
  files: z.array(z.object({ path: z.string(), hash: z.string() })),
  /** Every JSON manifest read: package.json and tsconfig files by path. */
  manifests: z.record(z.string(), z.json()),
  findings: z.array(Finding),
});
export type Repo = Readonly<z.infer<typeof Repo>>;

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
  /** The repo file a specifier means from another file; undefined for packages and what is not there. */
  resolve(from: string, specifier: string): string | undefined;
  /**
   * What an identifier means where it stands: block and function scopes first, then the file, then
   * through imports and re-exports (`export *`, renames, namespaces) to the declaring file.
   */
  meaning(identifier: ts.Identifier): Meaning | undefined;
  /** What a module exports under a name (`default` included). */
  exported(file: string, name: string): Meaning | undefined;
  /** What was wrong with the files this view has looked at (`repo.unparsable`), by path and line. */
  findings(): readonly Finding[];
  /** A view of the same code that knows what was looked at through it. */
  apart(): Program;
  /** The files looked at through this view so far. */
  seen(): Iterable<string>;
}

/** What was found of parts of a repo before; each answer holds as long as the files it came of are the same. */
export interface Cache {
  /** What was kept under a name, where nothing it came of has changed; undefined where nothing holds. */
  find(name: string): unknown;
  /** Keeps a JSON-safe value, and the files it came of. */
  keep(name: string, value: unknown, files: Iterable<string>): void;
}
