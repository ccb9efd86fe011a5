import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
/** What an owner of tests has beside us. */
const BESIDE = ['vitest', '@playwright/test', 'typescript', '@types/node'];

/** Each entry of `exports`, as code: what it gives, and what its types must refuse. */
const EXPORTS: Readonly<Record<string, string>> = {
  '.': `import { defineConfig } from 'statewright';
export const config = defineConfig({ app: { start: ['node', 'app.js'] } });
// @ts-expect-error a command is a list of words
defineConfig({ app: { start: 1 } });`,
  './playwright': `import { test } from 'statewright/playwright';
test.use({ state: 'GET / › 200' });
// @ts-expect-error a state has a name
test.use({ state: 1 });`,
  './client': `import { statewright } from 'statewright/client';
export const client = statewright({ url: 'http://127.0.0.1:3400', key: 'k' });
// @ts-expect-error it needs to know where the service is
statewright({});`,
  './states': `import type { StateId } from 'statewright/states';
export const id: StateId = 'GET / › 200';
// @ts-expect-error an id is text
export const no: StateId = 1;`,
  './vitest': `import { state } from 'statewright/vitest';
export const standing = () => state('GET / › 200');
// @ts-expect-error an id is text
export const none = () => state(1);`,
  './package.json': `import manifest from 'statewright/package.json' with { type: 'json' };
export const version: string = manifest.version;`,
};

/** `npm run test:pack`: builds, packs, and installs with every dependency, which takes a minute. */
describe.skipIf(!process.env['PACK'])('the packed tarball, installed in an empty folder', () => {
  let folder: string;
  const run = (command: string, ...args: string[]): SpawnSyncReturns<string> => {
    const env = { ...process.env, STATEWRIGHT_HOME: join(folder, 'home') };
    return spawnSync(command, args, { cwd: join(folder, 'empty'), env, encoding: 'utf8' });
  };
  const write = (name: string, text: string) => writeFileSync(join(folder, 'empty', name), text);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'statewright-pack-'));
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'empty'));
    write('package.json', '{"private":true,"type":"module"}');
    cpSync(join(ROOT, 'fixtures/apps/clinic'), join(folder, 'empty/clinic'), { recursive: true });
    const pack = spawnSync('npm', ['pack', '--pack-destination', folder], { cwd: ROOT });
    expect(pack.status, String(pack.stderr)).toBe(0);
    const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    const beside = BESIDE.map((name) => `${name}@${manifest.devDependencies[name]}`);
    const wanted = [join(folder, tarball), ...beside];
    const install = run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...wanted);
    expect(install.status, install.stderr).toBe(0);
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('holds what is needed and nothing else', () => {
    const own = readdirSync(join(folder, 'empty/node_modules/statewright'));
    expect(own.sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json', 'prompts', 'src']);
  });

  test('tells its help and version', () => {
    expect(run('npx', 'statewright', '--version').stdout).toBe(`${manifest.version}\n`);
    const help = run('npx', 'statewright', '--help');
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toContain('A first run:');
  }, 60_000);

  test('reads, plans and proves', () => {
    const model = JSON.parse(run('npx', 'statewright', 'analyze', 'clinic', '--json').stdout);
    expect(model.apps[0].routes).toHaveLength(5);
    expect(run('npx', 'statewright', 'plan', 'clinic').stdout).toMatch(/^\d\d plans in /);
    const prove = run('npx', 'statewright', 'prove', 'clinic', '--only', 'slot_full', '--json');
    expect(JSON.parse(prove.stdout).summary.verdicts, prove.stderr).toEqual({ proven: 2 });
  }, 240_000);

  test('serves plans and states, with its page', async () => {
    const env = { ...process.env, STATEWRIGHT_HOME: join(folder, 'home') };
    const serve = spawn('npx', ['statewright', 'serve', '--port', '0'], {
      ...{ cwd: join(folder, 'empty'), env, stdio: ['ignore', 'pipe', 'inherit'] },
    });
    const line = await new Promise<string>((resolve) => {
      serve.stdout.setEncoding('utf8').once('data', resolve);
      serve.once('exit', (code) => resolve(`{"url":"it ended with ${code}"}`));
    });
    const page = await fetch(JSON.parse(line).url);
    expect(await page.text()).toContain('<!doctype html>');
    serve.kill('SIGINT');
    await new Promise((resolve) => serve.once('exit', resolve));
  }, 120_000);

  test('says where the demo is, which needs the repository', () => {
    const demo = run('npx', 'statewright', 'demo');
    expect(demo).toMatchObject({ status: 2, stdout: '' });
    expect(demo.stderr).toContain('demo.noStorefront');
  }, 60_000);

  test('gives every export with its types', () => {
    expect(Object.keys(EXPORTS).sort()).toEqual(Object.keys(manifest.exports).sort());
    const names = Object.values(EXPORTS).map((text, index) => {
      write(`export-${index}.ts`, text);
      return `export-${index}.ts`;
    });
    const strict = ['--strict', '--noEmit', '--skipLibCheck', '--exactOptionalPropertyTypes'];
    const flags = [...strict, '--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
    expect(run('npx', 'tsc', ...flags, ...names)).toMatchObject({ status: 0, stdout: '' });
  }, 60_000);

  test('gives every export at run time', () => {
    const given = Object.keys(manifest.exports).filter((name) => name !== './states');
    const imports = given.map((name) =>
      name.endsWith('.json')
        ? `await import('statewright/package.json', { with: { type: 'json' } })`
        : `await import('statewright${name.slice(1)}')`,
    );
    write(
      'exports.test.ts',
      `import { expect, test } from 'vitest';
test('all', async () => {
  for (const given of [${imports.join(', ')}]) expect(Object.keys(given)).not.toEqual([]);
});`,
    );
    const vitest = run('npx', 'vitest', 'run', '--testTimeout', '60000', 'exports.test.ts');
    expect(vitest.status, vitest.stdout + vitest.stderr).toBe(0);
  }, 120_000);
});
