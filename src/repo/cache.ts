import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, digest } from '../kernel/digest.ts';
import { replaceFile } from '../kernel/replace-file.ts';
import { ts } from '../kernel/syntax.ts';
import { pack, unpack } from './pack.ts';
import { parse } from './parse.ts';
import { importsOf, outlineAt } from './program.ts';
import type { Cache, Files, Imports, Repo } from './repo.ts';
import { holding, joined, type Unit, unitOf } from './unit.ts';

/** What one checkout may keep, and what all of them together may. */
const LARGEST = 128_000_000;
const ALL = 512_000_000;

/** Nothing takes longer to be written. */
const WRITTEN_MS = 600_000;

interface Kept {
  readonly hashes: readonly string[];
  /** What files import, as far as anything asked. */
  readonly imports: readonly (Imports | null)[];
  /** Digests of files' outlines, as far as anything asked. */
  readonly outlines: readonly (string | null)[];
  readonly units: readonly Unit[];
}

/** A cache that is written back by `save`. */
export interface StoredCache extends Cache {
  /** Whether the last reading that was kept was of these very files. */
  readonly current: boolean;
  /** Whether somebody has kept a reading since this was opened. */
  isOutdated(): Promise<boolean>;
  /** What a file that has not changed imports, where that was asked before. */
  imports(path: string): Imports | undefined;
  /** Keeps what this reading asked for and forgets the rest. Throws where it can't write. */
  save(): Promise<void>;
}

/**
 * What was kept of the checkout at `root` in a folder. A file that another version wrote, that speaks of another list of
 * files or manifests, or that is not whole counts as none. Two at once each write the whole: the later one stays. What
 * is larger than one checkout may keep is not kept, only that it was read.
 */
export async function openCache(
  folder: string,
  root: string,
  { repo, files }: { readonly repo: Repo; readonly files: Files },
): Promise<StoredCache> {
  const path = join(folder, `${digest(root).slice(0, 32)}.json`);
  const paths = repo.files.map((file) => file.path);
  const hashes = repo.files.map(({ hash }) => hash.slice(0, 32));
  const key = digest([ownVersion(), repo.name, repo.packages, repo.manifests, paths]);
  const written = await whenWritten(path);
  const before = await readKept(path, key);
  const places = new Map(paths.map((each, at) => [each, at]));
  const placeOf = (each: string) => places.get(each);
  const changed = new Set([...hashes.keys()].filter((at) => before.hashes[at] !== hashes[at]));
  const imports = [...before.imports];
  const outlines = [...before.outlines];
  for (const at of changed) {
    const parsed = before.hashes.length > 0 ? parse(paths[at] ?? '', files) : null;
    imports[at] = parsed && importsOf(parsed);
    outlines[at] = parsed && outlineAt(parsed);
  }
  const units = holding(before.units, {
    changed,
    imported: (at) => canonicalJson(imports[at]) !== canonicalJson(before.imports[at]),
    outlined: (at) => outlines[at] !== before.outlines[at],
    textOf: (at) => files.read(paths[at] ?? ''),
  });
  const asked = new Map<string, Unit>();
  let fresh = changed.size > 0;
  const ask = (name: string): Unit | undefined => {
    const unit = asked.get(name) ?? units.get(name);
    if (unit && !asked.has(name)) {
      asked.set(name, unit);
      unit.parts.forEach(ask);
    }
    return unit;
  };
  return {
    current: before.hashes.length > 0 && changed.size === 0,
    isOutdated: async () => (await whenWritten(path)) !== written,
    find: (name) => ask(name)?.value,
    imports: (file) => imports[places.get(file) ?? -1] ?? undefined,
    keep: (name, value, { looked, parts }) => {
      for (const [file, found] of looked.imports) imports[placeOf(file) ?? paths.length] = found;
      for (const [file, found] of looked.outlines) outlines[placeOf(file) ?? paths.length] = found;
      const unit = unitOf(name, value, { looked, parts, placeOf });
      const known = units.get(name);
      asked.set(name, known ? joined(unit, known) : unit);
      fresh = true;
    },
    save: async () => {
      if (!fresh) return;
      const said = <T>(all: readonly (T | null)[]) => hashes.map((_, at) => all[at] ?? null);
      const answers = { imports: said(imports), outlines: said(outlines) };
      const whole = pack({ hashes, ...answers, units: [...asked.values()] });
      const text = whole.length > LARGEST ? pack({ hashes, ...answers, units: [] }) : whole;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await replaceFile(path, `${key} ${digest(text)}\n${text}`);
      await forgetOldest(folder);
    },
  };
}

/** Each writing is a new file. */
async function whenWritten(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  return found && `${found.ino} ${found.mtimeMs}`;
}

const NOTHING: Kept = { hashes: [], imports: [], outlines: [], units: [] };

async function readKept(path: string, key: string): Promise<Kept> {
  const whole = await readFile(path, 'utf8').catch(() => '');
  const end = whole.indexOf('\n');
  if (!whole.startsWith(`${key} `)) return NOTHING;
  const text = whole.slice(end + 1);
  if (whole.slice(key.length + 1, end) !== digest(text)) return NOTHING;
  // Whole, and of this very version: it is what `save` wrote, unless that ran while our own code was being changed.
  const kept = unpack(text) as Partial<Kept> | null;
  const lists = [kept?.hashes, kept?.imports, kept?.outlines, kept?.units];
  return lists.every(Array.isArray) ? (kept as Kept) : NOTHING;
}

/** The checkouts read last stay, as far as there is room. What was begun long ago nobody goes on writing. */
async function forgetOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /\.(?:json|tmp)$/.test(name));
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const found = await stat(path).catch(() => null);
      return { path, size: found?.size ?? 0, at: found?.mtimeMs ?? 0 };
    }),
  );
  let size = 0;
  for (const file of files.sort((a, b) => b.at - a.at)) {
    size += file.size;
    const left = file.path.endsWith('.tmp') && Date.now() - file.at > WRITTEN_MS;
    if (left || size > ALL) await rm(file.path, { force: true });
  }
}

let version: string | undefined;

/** Tells one state of our own code and its parser from any other. */
function ownVersion(): string {
  version ??= versionOf(join(import.meta.dirname, '..'));
  return version;
}

function versionOf(source: string): string {
  const folders = ['condition', 'db', 'kernel', 'model', 'repo'];
  const said = folders.map((folder) => filesIn(join(source, folder)));
  // Files of an installed package all have the same time: there its version tells.
  const manifest = readFileSync(join(source, '../package.json'), 'utf8');
  return digest([ts.version, manifest, ...said]);
}

/** At once: for so many small files waiting costs several times the work. */
function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const said = files.map(({ parentPath, name }) => {
    const path = join(parentPath, name);
    const { size, mtimeMs } = statSync(path);
    return `${path.slice(folder.length)} ${size} ${mtimeMs}`;
  });
  return said.sort();
}
