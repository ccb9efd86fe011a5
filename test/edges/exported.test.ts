import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { chromiumPath } from '../setup/chromium.ts';
import { type Installation, installPackage } from '../setup/installed.ts';

const ROOT = join(import.meta.dirname, '../..');
/** `APP=storefront` writes and runs a test of each of its endings (half an hour), `VARIANTS=1` of all its plans. */
const { APP = 'clinic', VARIANTS, WORKERS = '2' } = process.env;
const variants = VARIANTS ? ['--variants'] : [];

vi.setConfig({ testTimeout: 5_400_000, hookTimeout: 1_200_000 });

let installed: Installation;
let app: string;
let bin: string;
/** The plans that could not be proven, so that no test may claim them. */
let unproven: string[];
beforeAll(async () => {
  installed = await installPackage();
  // An app's compiler settings extend those at the top of the repo, which Next.js knows by its lock file.
  for (const name of ['tsconfig.json', 'package-lock.json']) {
    copyFileSync(join(ROOT, name), join(installed.folder, name));
  }
  writeFileSync(join(installed.folder, 'package.json'), '{"private":true,"type":"module"}');
  app = join(installed.folder, 'fixtures/apps', APP);
  cpSync(join(ROOT, 'fixtures/apps', APP), app, {
    recursive: true,
    filter: (source) => !/\/(node_modules|\.statewright|\.next)$/.test(source),
  });
  writeFileSync(join(app, 'playwright.config.ts'), CONFIG);
  bin = join(installed.folder, 'node_modules/statewright/src/edges/cli/bin.js');
  await statewright('plan', '--llm', 'none');
  const proved = await statewright('prove', '--json', ...(VARIANTS ? [] : ['--endings']));
  writeFileSync(join(app, 'proofs.json'), proved.stdout);
  const { proofs } = JSON.parse(proved.stdout) as { proofs: { plan: string; verdict: string }[] };
  unproven = proofs.filter(({ verdict }) => verdict !== 'proven').map(({ plan }) => plan);
});
afterAll(() => installed?.close());

function statewright(...args: string[]) {
  return installed.run([process.execPath, bin, ...args], { cwd: app });
}

async function exported(caller: string, ending: string): Promise<string[]> {
  const flags = ['--for', caller, '--proofs', 'proofs.json', '--json', ...variants];
  const told = await statewright('export', ...flags);
  expect(told.code, told.stderr).toBe(0);
  const { written } = JSON.parse(told.stdout) as { written: string[] };
  return written.filter((path) => path.endsWith(ending));
}

/** How many of the written tests name a plan that was not proven. */
function unclaimed(files: readonly string[]): number {
  const texts = files.map((file) => readFileSync(join(app, file), 'utf8'));
  const quoted = unproven.map((id) => `'${id.replaceAll("'", "\\'")}'`);
  return texts.filter((text) => quoted.some((id) => text.includes(`state: ${id}`))).length;
}

async function compiles(files: readonly string[]): Promise<void> {
  const compilerOptions = {
    ...{ noEmit: true, skipLibCheck: true, strict: true, types: ['node'] },
    ...{ module: 'nodenext', target: 'es2024' },
  };
  const config = join(app, 'tsconfig.tests.json');
  writeFileSync(config, JSON.stringify({ compilerOptions, files }));
  const tsc = join(installed.folder, 'node_modules/.bin/tsc');
  const told = await installed.run([tsc, '-p', config], { cwd: app });
  expect(told.code, told.stdout + told.stderr).toBe(0);
}

describe.skipIf(!chromiumPath)(`the tests written for the ${APP}`, () => {
  test('are none where no id contains what was asked for, and that is said', async () => {
    const told = await statewright('export', '--for', 'vitest', '--only', 'NOWHERE');
    expect(told.code).toBe(2);
    expect(told.stderr).toContain('export.noneChosen');
  });

  test('are types and green in Playwright, all of them', async () => {
    const files = await exported('playwright', '.spec.ts');
    expect(files.length).toBeGreaterThan(10);
    await compiles(files);
    expect(await playwright()).toEqual({
      ...{ expected: files.length - unclaimed(files), unexpected: 0, flaky: 0 },
      skipped: unclaimed(files),
    });
    rmSync(join(app, 'tests'), { recursive: true });
  });
});

test(`the tests written for the ${APP} are types and green in Vitest, all of them`, async () => {
  const files = await exported('vitest', '.test.ts');
  await compiles(files);
  const cli = join(installed.folder, 'node_modules/vitest/vitest.mjs');
  const file = join(app, 'results.json');
  const flags = ['--reporter', 'json', '--outputFile', file, '--maxWorkers', WORKERS];
  const once = ['--testTimeout', '60000'];
  const told = await installed.run(
    [process.execPath, cli, 'run', ...flags, ...once, '--dir', 'tests/statewright'],
    { cwd: app, env: { VITEST: '', NODE_ENV: 'test' } },
  );
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const text = files.map((path) => readFileSync(join(app, path), 'utf8')).join('\n');
  const all = (start: RegExp) => text.match(start)?.length ?? 0;
  expect(all(/^test\(/gm)).toBeGreaterThan(10);
  expect(report, told.stderr.slice(-4_000)).toMatchObject({
    numPassedTests: all(/^test\(/gm),
    numPendingTests: all(/^test\.skip\(/gm),
    numFailedTests: 0,
  });
});

/** How the suite ended, by its own report. */
async function playwright(): Promise<object> {
  const cli = join(installed.folder, 'node_modules/@playwright/test/cli.js');
  const env = { CHROMIUM_PATH: chromiumPath };
  const told = await installed.run([process.execPath, cli, 'test', '--workers', WORKERS], {
    ...{ cwd: app, env },
  });
  const { stats } = JSON.parse(readFileSync(join(app, 'results.json'), 'utf8'));
  const { expected, unexpected, flaky, skipped } = stats;
  if (unexpected > 0) console.error(told.stdout.slice(-8_000));
  return { expected, unexpected, flaky, skipped };
}

const CONFIG = `
import { defineConfig } from '@playwright/test';
export default defineConfig({
  fullyParallel: true,
  testDir: 'tests',
  reporter: [['dot'], ['json', { outputFile: 'results.json' }]],
  use: { launchOptions: { executablePath: process.env.CHROMIUM_PATH, args: ['--no-sandbox'] } },
});
`;
