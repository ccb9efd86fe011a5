import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

/** `npm run test:pack`: builds, packs, and installs with every dependency, which takes a minute. */
describe.skipIf(!process.env['PACK'])('the packed tarball, installed in an empty folder', () => {
  let folder: string;
  const run = (command: string, ...args: string[]): SpawnSyncReturns<string> => {
    const env = { ...process.env, STATEWRIGHT_HOME: join(folder, 'home') };
    return spawnSync(command, args, { cwd: join(folder, 'empty'), env, encoding: 'utf8' });
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'statewright-pack-'));
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'empty'));
    writeFileSync(join(folder, 'empty/package.json'), '{"private":true}');
    cpSync(join(ROOT, 'fixtures/apps/clinic'), join(folder, 'empty/clinic'), { recursive: true });
    const pack = spawnSync('npm', ['pack', '--pack-destination', folder], { cwd: ROOT });
    expect(pack.status, String(pack.stderr)).toBe(0);
    const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    const install = run('npm', 'install', '--no-audit', '--no-fund', join(folder, tarball));
    expect(install.status, install.stderr).toBe(0);
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('reads, plans and proves', () => {
    expect(run('npx', 'statewright', '--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const model = JSON.parse(run('npx', 'statewright', 'analyze', 'clinic', '--json').stdout);
    expect(model.apps[0].routes).toHaveLength(5);
    const prove = run('npx', 'statewright', 'prove', 'clinic', '--only', 'slot_full', '--json');
    expect(JSON.parse(prove.stdout).summary.verdicts, prove.stderr).toEqual({ proven: 2 });
  }, 240_000);

  test('offers its types and defineConfig', () => {
    writeFileSync(
      join(folder, 'empty/a.mjs'),
      "console.log(Object.keys(await import('statewright')));",
    );
    expect(run('node', 'a.mjs')).toMatchObject({ status: 0, stderr: '' });
    const own = readdirSync(join(folder, 'empty/node_modules/statewright'));
    expect(own.sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json', 'prompts', 'src']);
  });
});
