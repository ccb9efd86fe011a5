// One measured reading: `node read-once.ts model|parse FOLDER [CACHE]` prints the CPU and the memory it took as JSON.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ts } from '../../src/kernel/syntax.ts';
import { readModel } from '../../src/operations/reading.ts';
import { walk } from '../../src/repo/walk.ts';

const [what, folder = '.', cache] = process.argv.slice(2);
const emit = () => undefined;
const sources = what === 'parse' ? sourcesOf(folder) : [];
const before = process.cpuUsage();
const kept =
  what === 'parse'
    ? sources.map(([path, text]) => ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true))
    : [await readModel(folder, { emit, ...(cache ? { cache } : {}) })];
const { user, system } = process.cpuUsage(before);
const lines = sources.reduce((sum, [, text]) => sum + text.split('\n').length, 0);
const peak = process.resourceUsage().maxRSS / 1024;
process.stdout.write(
  JSON.stringify({ cpu: (user + system) / 1000, peak, lines, kept: kept.length }),
);

/** The texts of all source files, read before anything is measured. */
function sourcesOf(root: string): [string, string][] {
  const found = walk(root, (path) => /(?<!\.d)\.[mc]?[jt]sx?$/.test(path));
  return found.map(({ path }) => [path, readFileSync(join(root, path), 'utf8')]);
}
