import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import type { Plan } from '../../../src/plan/plan.ts';
import { runGenerator } from '../../setup/generator.ts';
import { textOf } from '../../setup/line.ts';
import { freePort, isAlive, startGroup } from '../../setup/process-group.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const WRANGLER = resolve(ROOT, 'node_modules/wrangler/bin/wrangler.js');
/** What a Worker may have on Cloudflare's free plan, compressed. */
const FREE_PLAN_BYTES = 3 * 1024 * 1024;

const scratch = mkdtempSync(join(tmpdir(), 'statewright-wrangler-'));
const env = {
  PATH: process.env['PATH'],
  HOME: scratch,
  CI: '1',
  WRANGLER_SEND_METRICS: 'false',
};
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const line = (noun: string) => readFileSync(`${ROOT}/fixtures/lines/clinic/${noun}.json`, 'utf8');

test('plans the clinic under wrangler dev with the same bytes as the command line', async () => {
  const port = await freePort();
  const at = ['--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0'];
  const command = [process.execPath, WRANGLER, 'dev', ...at, '--persist-to', scratch] as const;
  await using wrangler = startGroup([...command], { cwd: ROOT, env });
  const url = `http://127.0.0.1:${port}`;
  const healthy = () => fetch(`${url}/healthz`).then(({ status }) => status);
  await expect
    .poll(() => healthy().catch(() => wrangler.output()), { timeout: 90_000, interval: 200 })
    .toBe(200);
  const response = await fetch(`${url}/v1/plans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"model":${line('model')}}`,
  });
  const { plans, scenarios } = (await response.json()) as Record<string, unknown>;
  expect(textOf(scenarios)).toBe(line('scenarios'));
  expect(textOf(plans)).toBe(line('plans'));
  const key = 'no-key-is-asked-for';
  const told = await runGenerator(url, key, `${ROOT}/fixtures/lines/clinic/model.json`);
  expect(told.map(({ id }) => id)).toEqual(JSON.parse(line('plans')).map(({ id }: Plan) => id));
  await wrangler.stop();
  expect(isAlive(wrangler.pid)).toBe(false);
}, 150_000);

test('bundles to what the free plan takes, with none of the parser', () => {
  const command = ['deploy', '--dry-run', '--outdir', scratch];
  const done = spawnSync(process.execPath, [WRANGLER, ...command], { cwd: ROOT, env });
  expect(done.status, String(done.stderr)).toBe(0);
  const bundle = readFileSync(join(scratch, 'worker.js'), 'utf8');
  expect(gzipSync(bundle).length).toBeLessThan(FREE_PLAN_BYTES);
  expect(bundle).not.toMatch(/createSourceFile|from "(node:)?(child_process|worker_threads)"/);
});
