import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { random } from '../../src/kernel/seed.ts';
import { analyze } from '../../src/model/analyze.ts';
import { planModel } from '../../src/operations/plan.ts';
import { openPlanFolder } from '../../src/plan/store.ts';
import { openProgram } from '../../src/repo/program.ts';
import { readRepo } from '../../src/repo/read.ts';
import { copyOfApp } from '../setup/line.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const STOREFRONT = join(ROOT, 'fixtures/apps/storefront');
const emit = () => undefined;

let elsewhere = '';
beforeAll(async () => {
  elsewhere = await copyOfApp('storefront');
  await rm(join(elsewhere, 'statewright'), { recursive: true, force: true });
});
afterAll(() => rm(dirname(elsewhere), { recursive: true, force: true }));

/** Where the checkout is, in this time zone, its files taken in an order of chance. */
async function planHere(folder: string): Promise<void> {
  const { repo, files } = await readRepo(STOREFRONT, { emit });
  const at = (path: string) => random('storefront', path);
  const shuffled = repo.files.toSorted((a, b) => at(a.path) - at(b.path));
  expect(shuffled).not.toEqual(repo.files);
  const model = analyze(openProgram({ ...repo, files: shuffled }, files), { emit });
  await openPlanFolder(folder).write(planModel(model).plans);
}

/** By the command line: another path, time zone, count of workers and order of files. */
function planElsewhere(): void {
  const shuffle = join(ROOT, 'test/setup/shuffle-folders.mjs');
  const args = ['--import', shuffle, join(ROOT, 'src/edges/cli/bin.js'), 'plan', elsewhere];
  const env = { ...process.env, TZ: 'Pacific/Kiritimati', SHUFFLE_SEED: '7' };
  const done = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  expect(done.status, done.stderr).toBe(0);
}

function plansIn(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

test('has the same plans, byte for byte, whatever the path, time zone, workers and order of files', async () => {
  const here = join(dirname(elsewhere), 'plans');
  await planHere(here);
  const config = join(elsewhere, 'statewright.config.ts');
  const text = readFileSync(config, 'utf8').replace('export default {', '$& workers: 5,');
  expect(text).toContain('workers: 5');
  await writeFile(config, text);
  planElsewhere();
  const plans = plansIn(here);
  expect(Object.keys(plans).length).toBeGreaterThan(200);
  expect(plansIn(join(elsewhere, 'statewright/plans'))).toEqual(plans);
}, 240_000);
