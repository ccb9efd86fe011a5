import { readFileSync, statSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, join, posix, relative, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { digest } from '../kernel/digest.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Emit } from '../kernel/events.ts';
import { type Finding, finding } from '../kernel/finding.ts';
import { addBeside } from './beside.ts';
import { commitOf } from './commit.ts';
import { isManifest, packagesOf, parseManifest } from './manifest.ts';
import { type Files, isBeside, type Repo } from './repo.ts';
import { missingSubmodules } from './submodules.ts';
import { packageAbove, surroundingsOf } from './surroundings.ts';
import { causeOf, type Found, walk } from './walk.ts';

const LARGEST = 1_000_000;

/**
 * Reads a checkout, never installing or running it: sources and SQL with their hashes, manifests, packages
 * and the commit, and of a package in a larger repo what it reaches beside its folder, though nothing outside of `roots`,
 * where they are given. `files` gives the text as it was then. Throws `repo.notFound` and `repo.noPackage`.
 */
export async function readRepo(
  root: string,
  { emit, roots }: { emit: Emit; roots?: readonly string[] | undefined },
): Promise<{ repo: Repo; files: Files }> {
  const real = await realpath(root).catch((cause) => {
    throw notFound(root, cause);
  });
  emit({ kind: 'stage', stage: 'read', total: null });
  const findings: Finding[] = [];
  findings.push(...missingSubmodules(real));
  const beside = (path: string) => relative(real, path).replaceAll(sep, '/');
  const readFolder = (folder: string) =>
    readAll(folder, walk(folder, isWanted), {
      ...{ findings, emit },
      nameOf: (path) => posix.join(beside(folder), path),
    });
  const own = await readFolder(real);
  const around = surroundingsOf(real, roots);
  findings.push(...(await addBeside(real, own, { around, readFolder, readFile: readOne })));
  const texts = new Map([...own].sort(([a], [b]) => (a < b ? -1 : 1)));
  const above = packageAbove(real, roots);
  const read = repoOf(texts, { root, name: basename(real), findings, above });
  const { length } = read.repo.files;
  emit({ kind: 'done', stage: 'read', note: `${length} ${length === 1 ? 'file' : 'files'}` });
  const place = around ? relative(around.top, real).replaceAll(sep, '/') : '';
  const commit = await commitOf(real);
  return { ...read, repo: { ...read.repo, ...(place && { place }), commit } };
}

/** The same of texts that were given, by path; nothing is read from disk. Throws `repo.noPackage`. */
export function repoFromTexts(
  given: ReadonlyMap<string, string>,
  name: string,
): { repo: Repo; files: Files } {
  const wanted = [...given].filter(([path]) => isWanted(path));
  const texts = new Map(wanted.sort(([a], [b]) => (a < b ? -1 : 1)));
  return repoOf(texts, { root: 'what was given', name, findings: [] });
}

function repoOf(
  texts: ReadonlyMap<string, string>,
  about: {
    readonly root: string;
    readonly name: string;
    readonly findings: Finding[];
    /** The nearest folder above with a package.json. */
    readonly above?: string | undefined;
  },
): { repo: Repo; files: Files } {
  const { findings } = about;
  const manifests = manifestsIn(texts, findings);
  const packages = packagesOf(manifests, about.name);
  const first = packages.find(({ root }) => !isBeside(root));
  if (!first) throw noPackage(about.root, about.above);
  const files = [...texts]
    .filter(([path]) => !isManifest(path))
    .map(([path, text]) => ({ path, hash: digest(text) }));
  const name = first.root === '.' ? first.name : about.name;
  const repo = { name, commit: null, packages, files, manifests, findings };
  return { repo, files: reading(texts) };
}

function isWanted(path: string): boolean {
  if (isManifest(path)) return true;
  if (/(?:^|\/)generated\/prisma\//.test(path)) return false;
  return (
    /\.(?:[mc]?[jt]sx?|sql|prisma)$/.test(path) && !/(?:\.d\.[mc]?ts|\.min\.[mc]?js)$/.test(path)
  );
}

interface Reading {
  readonly findings: Finding[];
  readonly emit: Emit;
  /** What findings call a file, by its path from the folder that is read. */
  readonly nameOf: (path: string) => string;
}

/** So many files are read before whoever waits gets a turn: a signal, a line of progress. */
const AT_ONCE = 500;

async function readAll(
  root: string,
  found: readonly Found[],
  { findings, emit, nameOf }: Reading,
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const [index, { path, size, error }] of found.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) {
      emit({ kind: 'progress', stage: 'read', done: index + 1, note: nameOf(path) });
      await setImmediate();
    }
    const file = nameOf(path);
    if (error !== null) findings.push(unreadable(file, error));
    else if (size > LARGEST) {
      findings.push(finding('repo.tooLarge', { severity: 'warning', file, facts: { size } }));
    } else {
      try {
        texts.set(path, textOf(join(root, path)));
      } catch (failure) {
        findings.push(unreadable(file, causeOf(failure)));
      }
    }
  }
  return texts;
}

/** A single file, where it is one that is wanted and can be read. */
function readOne(path: string): string | undefined {
  try {
    const { size } = isWanted(basename(path)) ? statSync(path) : { size: Infinity };
    return size > LARGEST ? undefined : textOf(path);
  } catch {
    return undefined;
  }
}

function textOf(path: string): string {
  return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
}

function unreadable(file: string, error: string): Finding {
  return finding('repo.unreadable', { severity: 'warning', file, facts: { error } });
}

function manifestsIn(texts: ReadonlyMap<string, string>, findings: Finding[]): Repo['manifests'] {
  const manifests: Record<string, Repo['manifests'][string]> = {};
  for (const [path, text] of texts) {
    if (!isManifest(path)) continue;
    const { json, message } = parseManifest(path, text);
    if (json !== undefined) manifests[path] = json;
    if (message === null) continue;
    const facts = { message };
    findings.push(finding('repo.unparsable', { severity: 'warning', file: path, facts }));
  }
  return manifests;
}

function reading(texts: ReadonlyMap<string, string>): Files {
  return {
    read: (path) => {
      const text = texts.get(path);
      if (text === undefined) throw new Error(`${path} was not read`);
      return text;
    },
  };
}

function notFound(root: string, cause: unknown): StatewrightError {
  const hint = 'Give the path of a checkout.';
  return new StatewrightError('repo.notFound', `There is no ${root}.`, {
    hint,
    facts: { root },
    cause,
  });
}

function noPackage(root: string, above: string | undefined): StatewrightError {
  return new StatewrightError('repo.noPackage', `There is no package.json in ${root} or below.`, {
    hint: above
      ? `Give the folder that has the app's package.json: ${above}`
      : 'Give the folder that holds the app, with its package.json.',
    facts: { root },
  });
}
