import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digest } from '../../src/kernel/digest.ts';
import { walk } from '../../src/repo/walk.ts';
import { type Comparison, spread } from './measure.ts';
import { type Checkout, checkouts, type Sources } from './read-checkouts.ts';

const READ = fileURLToPath(new URL('./read-once.ts', import.meta.url));
const ROUNDS = 2;
const EDITED = 3;

interface Spent {
  readonly cpu: number;
  readonly peak: number;
  readonly lines: number;
}

/**
 * CPU of reading large repos beside parsing all their source files on one thread, each in a process of its own, modules
 * loaded before the clock starts. What is measured is told on stderr as it is found.
 */
export async function readBench(sources: Sources): Promise<readonly Comparison[]> {
  const home = mkdtempSync(join(tmpdir(), 'statewright-bench-'));
  try {
    return checkouts(home, sources).flatMap(measured);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function measured({ name, root }: Checkout): Comparison[] {
  const cache = mkdtempSync(join(tmpdir(), 'statewright-bench-cache-'));
  try {
    const cold: Spent[] = [];
    const parsed: Spent[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      parsed.push(spent('parse', root));
      cold.push(spent('model', root));
    }
    spent('model', root, cache);
    const changed: Spent[] = [];
    for (const path of someSources(root)) changed.push(afterChange(join(root, path), root, cache));
    const about = `${name} (${Math.round((parsed[0]?.lines ?? 0) / 1000)} kLOC)`;
    const cpu = (all: readonly Spent[]) => spread(all.map((each) => each.cpu));
    const peak = (all: readonly Spent[]) => spread(all.map((each) => each.peak));
    const beside = 'parsing it on one thread';
    const theirs = cpu(parsed);
    return [
      { name: `reading ${about}, cold`, beside, unit: 'ms', ours: cpu(cold), theirs, aim: 1.5 },
      {
        name: `${name}, one file changed`,
        beside,
        unit: 'ms',
        ours: cpu(changed),
        theirs,
        aim: 0.1,
      },
      { name: `${name}, peak`, beside, unit: 'MB', ours: peak(cold), theirs: peak(parsed), aim: 3 },
    ];
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

/** A reading that knows the one before, after a line was added to a file; the file is as before afterwards. */
function afterChange(file: string, root: string, cache: string): Spent {
  const text = readFileSync(file, 'utf8');
  const own = mkdtempSync(join(tmpdir(), 'statewright-bench-cache-'));
  try {
    cpSync(cache, own, { recursive: true });
    appendFileSync(file, '\n// changed\n');
    return spent('model', root, own);
  } finally {
    writeFileSync(file, text);
    rmSync(own, { recursive: true, force: true });
  }
}

/** The same few of a repo's source files each time, drawn by their paths. */
function someSources(root: string): string[] {
  const found = walk(root, (path) => /(?<!\.d)\.[jt]sx?$/.test(path));
  const drawn = found.map(({ path }) => path).sort((a, b) => (digest(a) < digest(b) ? -1 : 1));
  return drawn.slice(0, EDITED);
}

function spent(what: 'model' | 'parse', root: string, cache = ''): Spent {
  const args = ['--max-old-space-size=8192', READ, what, root, cache];
  const found: Spent = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  const how = cache ? 'what was kept is known' : 'cold';
  console.error(
    `${what} ${basename(root)}, ${how}: ${Math.round(found.cpu)} ms, ${Math.round(found.peak)} MB`,
  );
  return found;
}
