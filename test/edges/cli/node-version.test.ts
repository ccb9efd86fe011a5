import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openDesk } from '../../setup/cli.ts';

// Each command is a process of its own; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000 });

const ROOT = join(import.meta.dirname, '../../..');
/** A Node outside node_modules, as a machine may have it. */
const SYSTEM = ['/usr/local/bin/node', '/usr/bin/node'].find((path) => existsSync(path));
const version = SYSTEM ? spawnSync(SYSTEM, ['--version'], { encoding: 'utf8' }).stdout : '';
const isOld = /^v(1\d|20|21)\./.test(version);

test.skipIf(!isOld)('an old Node hands over to the one that came with the repo', () => {
  const bin = join(ROOT, 'src/edges/cli/bin.js');
  const run = (...args: string[]) => spawnSync(SYSTEM ?? '', [bin, ...args], { encoding: 'utf8' });
  expect(run('--version')).toMatchObject({ status: 0, stderr: '' });
  expect(run('analyze', '/nowhere')).toMatchObject({ status: 2, stdout: '' });
});

test.skipIf(!isOld)('who stops an old Node stops the one it handed over to', async () => {
  const bin = join(ROOT, 'src/edges/cli/bin.js');
  const storefront = join(ROOT, 'fixtures/apps/storefront');
  const child = spawn(SYSTEM ?? '', [bin, 'analyze', storefront, '--no-cache']);
  await once(child.stderr, 'data');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
});

test.skipIf(!isOld)('an old Node alone says which one is needed and how to get it', () => {
  const { folder } = openDesk();
  const bin = join(folder, 'elsewhere/src/edges/cli');
  mkdirSync(bin, { recursive: true });
  cpSync(join(ROOT, 'src/edges/cli/bin.js'), join(bin, 'bin.js'));
  cpSync(join(ROOT, 'package.json'), join(folder, 'elsewhere/package.json'));
  const told = spawnSync(SYSTEM ?? '', [join(bin, 'bin.js'), '--version'], { encoding: 'utf8' });
  expect(told).toMatchObject({ status: 2, stdout: '' });
  expect(told.stderr).toContain('statewright needs Node 22.12 or newer; this is ');
  expect(told.stderr).toContain('npm install --save-dev node@24');
});
