import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openDesk } from '../../setup/cli.ts';
import { runGenerator } from '../../setup/generator.ts';

const APPS = fileURLToPath(new URL('../../../fixtures/apps', import.meta.url));
/**
 * `FILTER=` runs every plan; those of the default have queries, variables of the app, and people signed in. `PROOFS` is
 * what `prove --json` said of the app: a plan that it could not prove may be answered otherwise.
 */
const { APP = 'storefront', FILTER = 'GET /api/admin/orders ›', PROOFS } = process.env;
const TIMEOUT_MS = FILTER === '' ? 7_200_000 : 480_000;

test(
  'a short script has an app planned, runs states with their requests and takes them down',
  async () => {
    const desk = openDesk();
    const serving = desk.start(['serve', '--port', '0', '--root', APPS]);
    let out = '';
    serving.child.stdout?.on('data', (text) => {
      out += text;
    });
    await serving.said('Serving');
    await expect.poll(() => out).toContain('\n');
    const { url, key } = JSON.parse(out);
    const told = await runGenerator(url, key, APP, FILTER);
    expect(told.length).toBeGreaterThan(10);
    const unproven = unprovenIn(PROOFS);
    const other = told.filter(({ id, wanted, got }) => got !== wanted && !unproven.has(id));
    expect(other).toEqual([]);
    const headers = { authorization: `Bearer ${key}` };
    const states: Record<string, number> = {};
    for (let cursor = ''; cursor !== null; ) {
      const page = await fetch(`${url}/v1/runs?limit=200${cursor && `&cursor=${cursor}`}`, {
        headers,
      });
      const { items, next } = (await page.json()) as { items: { state: string }[]; next: string };
      for (const { state } of items) states[state] = (states[state] ?? 0) + 1;
      cursor = next;
    }
    const stood = told.filter(({ got }) => typeof got === 'number');
    expect(states).toEqual({ down: stood.length });
    serving.child.kill('SIGTERM');
    const { code, stderr } = await serving.ended;
    expect(stderr).not.toMatch(/error/i);
    expect(code).toBe(0);
  },
  TIMEOUT_MS,
);

function unprovenIn(file: string | undefined): ReadonlySet<string> {
  if (file === undefined) return new Set();
  const { proofs } = JSON.parse(readFileSync(file, 'utf8')) as {
    proofs: readonly { plan: string; verdict: string }[];
  };
  return new Set(proofs.filter(({ verdict }) => verdict !== 'proven').map(({ plan }) => plan));
}
