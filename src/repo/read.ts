import { readFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { digest } from '../kernel/digest.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Emit } from '../kernel/events.ts';
import { type Finding, finding } from '../kernel/finding.ts';
import { commitOf } from './commit.ts';
import { isManifest, packagesOf, parseManifest } from './manifest.ts';
import type { Files, Repo } from './repo.ts';
import { missingSubmodules } from './submodules.ts';
import { causeOf, type Found, walk } from './walk.ts';

const LARGEST = 1_000_000;

/**
 * Reads a checkout, never installing or running it: sources and SQL with their hashes, manifests, packages
 * and the commit. `files` gives the text as it was then. Throws `repo.notFound` and `repo.noPackage`.
 */
export async function readRepo(
  root: string,
  { emit }: { emit: Emit },
): Promise<{ repo: Repo; files: Files }> {
  const real = await realpath(root).catch((cause) => {
    throw notFound(root, cause);
  });
  emit({ kind: 'stage', stage: 'read', total: null });
  const findings: Finding[] = [];
  findings.push(...missingSubmodules(real));
  const texts = await readAll(real, walk(real, isWanted), { findings, emit });
  const read = repoOf(texts, { root, name: basename(real), findings });
  const { length } = read.repo.files;
  emit({ kind: 'done', stage: 'read', note: `${length} ${length === 1 ? 'file' : 'files'}` });
  return { ...read, repo: { ...read.repo, commit: await commitOf(real) } };
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
  about: { readonly root: string; readonly name: string; readonly findings: Finding[] },
): { repo: Repo; files: Files } {
  const { findings } = about;
  const manifests = manifestsIn(texts, findings);
  const packages = packagesOf(manifests, about.name);
  const [first] = packages;
  if (!first) throw noPackage(about.root);
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

/** So many files are read before whoever waits gets a turn: a signal, a line of progress. */
const AT_ONCE = 500;

async function readAll(
  root: string,
  found: readonly Found[],
  { findings, emit }: { readonly findings: Finding[]; readonly emit: Emit },
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const [index, { path, size, error }] of found.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) {
      emit({ kind: 'progress', stage: 'read', done: index + 1, note: path });
      await setImmediate();
    }
    const file = path;
    if (error !== null) findings.push(unreadable(file, error));
    else if (size > LARGEST) {
      findings.push(finding('repo.tooLarge', { severity: 'warning', file, facts: { size } }));
    } else {
      try {
        texts.set(path, readFileSync(join(root, path), 'utf8').replace(/^\uFEFF/, ''));
      } catch (failure) {
        findings.push(unreadable(file, causeOf(failure)));
      }
    }
  }
  return texts;
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

function noPackage(root: string): StatewrightError {
  return new StatewrightError('repo.noPackage', `There is no package.json in ${root} or below.`, {
    hint: 'Give the folder that holds the app, with its package.json.',
    facts: { root },
  });
}
