import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openDesk } from '../../setup/cli.ts';
import { runGenerator } from '../../setup/generator.ts';

const APPS = fileURLToPath(new URL('../../../fixtures/apps', import.meta.url));
/** `APP=storefront FILTER=` runs every plan of it; these have queries, variables of the app, and people signed in. */
const { APP = 'storefront', FILTER = 'GET /api/admin/orders ›' } = process.env;
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
    expect(told.filter(({ wanted, got }) => got !== wanted)).toEqual([]);
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
    expect(states).toEqual({ down: told.length });
    serving.child.kill('SIGTERM');
    const { code, stderr } = await serving.ended;
    expect(stderr).not.toMatch(/error/i);
    expect(code).toBe(0);
  },
  TIMEOUT_MS,
);
