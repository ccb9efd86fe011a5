import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openDesk } from '../../setup/cli.ts';

const APPS = fileURLToPath(new URL('../../../fixtures/apps', import.meta.url));
const SCRIPT = fileURLToPath(new URL('../../setup/generator.mjs', import.meta.url));

test('a short script plans the storefront, runs states with their requests and takes them down', async () => {
  const desk = openDesk();
  const serving = desk.start(['serve', '--port', '0', '--root', APPS]);
  let out = '';
  serving.child.stdout?.on('data', (text) => {
    out += text;
  });
  await serving.said('Serving');
  await expect.poll(() => out).toContain('\n');
  const { url, key } = JSON.parse(out);
  const run = promisify(execFile);
  // With queries, variables of the app, and people signed in.
  const filter = 'GET /api/admin/orders ›';
  const { stdout } = await run(process.execPath, [SCRIPT, url, key, 'storefront', filter]);
  const told = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(told.length).toBeGreaterThan(10);
  for (const { id, wanted, got } of told) expect(got, id).toBe(wanted);
  const runs = await fetch(`${url}/v1/runs`, { headers: { authorization: `Bearer ${key}` } });
  const { items } = (await runs.json()) as { items: { state: string }[] };
  expect(items.map(({ state }) => state)).toEqual(told.map(() => 'down'));
  serving.child.kill('SIGTERM');
  const { code, stderr } = await serving.ended;
  expect(stderr).not.toMatch(/error/i);
  expect(code).toBe(0);
}, 480_000);
