// What reading apps costs and finds: `node evals/real-apps.ts FOLDER…`, one row of evals/real-apps.md per folder.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Model, type Outcome } from '../src/model/model.ts';

const BIN = join(import.meta.dirname, '../src/edges/cli/bin.js');
const LIMIT = 600_000;

console.log('| app | CPU s | peak MB | routes | pages | endings | typed | findings |');
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
for (const folder of process.argv.slice(2)) console.log(`| ${row(folder).join(' | ')} |`);

function row(folder: string): (string | number)[] {
  const at = mkdtempSync(join(tmpdir(), 'real-apps-'));
  const cost = join(at, 'cost');
  const measured = ['-f', '%U %S %M', '-o', cost, process.execPath, BIN, 'analyze', folder];
  const { stdout, signal } = spawnSync('/usr/bin/time', [...measured, '--json'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    timeout: LIMIT,
  });
  if (signal) return [basename(folder), `no end in ${LIMIT / 1000} s`];
  const [user = 0, system = 0, peak = 0] = readFileSync(cost, 'utf8').split(/\s+/).map(Number);
  rmSync(at, { recursive: true });
  const spent = [(user + system).toFixed(1), Math.round(peak / 1024)];
  return [basename(folder), ...spent, ...found(Model.parse(JSON.parse(stdout)))];
}

function found({ apps, findings }: Model): (string | number)[] {
  const routes = apps.flatMap((app) => app.routes);
  const pages = apps.flatMap((app) => app.pages);
  const outcomes = [...routes, ...pages].flatMap((one) => one.outcomes);
  const kinds = outcomes.flatMap(({ when }) => when.flatMap(kindsOf));
  const typed = kinds.filter((kind) => kind !== 'opaque').length / kinds.length;
  const share = kinds.length === 0 ? '–' : `${(typed * 100).toFixed(1)} %`;
  return [routes.length, pages.length, outcomes.length, share, findings.length];
}

/** The kinds of a condition's atoms: those of every way in a disjunction. */
function kindsOf(condition: Outcome['when'][number]): string[] {
  return condition.kind === 'any' ? condition.of.flat().flatMap(kindsOf) : [condition.kind];
}
