import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { chromiumPath } from '../../setup/chromium.ts';
import { checkoutApp, type Installation, installPackage, leftBy } from '../../setup/installed.ts';

const SUITE = join(import.meta.dirname, '../../../fixtures/suites/storefront');
const PAGE = '../../../src/edges/playwright/README.md';
const STATES: string[] = JSON.parse(readFileSync(join(SUITE, 'states.json'), 'utf8'));
/** `WORKERS=8 REPEAT=5` is the large form: each test five times, on 8 browsers, apps and databases. */
const { WORKERS = '2', REPEAT = '1' } = process.env;
vi.setConfig({ testTimeout: 500_000 * Number(REPEAT), hookTimeout: 240_000 * Number(REPEAT) });

let installed: Installation;
let storefront: string;
beforeAll(async () => {
  installed = await installPackage();
  storefront = await checkoutApp(installed, 'storefront', STATES);
  cpSync(SUITE, join(installed.folder, 'suite'), { recursive: true });
  const page = readFileSync(join(import.meta.dirname, PAGE), 'utf8');
  const [, example = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(page) ?? [];
  writeFileSync(join(installed.folder, 'suite/tests/page.spec.ts'), example);
  writeFileSync(join(installed.folder, 'package.json'), '{"private":true,"type":"module"}');
});
afterAll(() => installed?.close());

function playwright(...args: string[]) {
  const cli = join(installed.folder, 'node_modules/@playwright/test/cli.js');
  const cwd = join(installed.folder, 'suite');
  const env = { CHROMIUM_PATH: chromiumPath };
  return installed.run([process.execPath, cli, 'test', ...args], { cwd, env });
}

interface Result {
  readonly status: string;
  readonly annotations: readonly { type: string; description?: string }[];
  readonly results: readonly { attachments: readonly { name: string; body?: string }[] }[];
}

interface Spec {
  readonly tests: readonly Result[];
}

/** Of Playwright's JSON report. */
interface Suite {
  readonly specs?: readonly Spec[];
  readonly suites?: readonly Suite[];
}

function results(): Result[] {
  const report = JSON.parse(readFileSync(join(installed.folder, 'suite/results.json'), 'utf8'));
  const specs = ({ specs: own = [], suites = [] }: Suite): Spec[] => [
    ...own,
    ...suites.flatMap(specs),
  ];
  return (report as Suite).suites!.flatMap(specs).flatMap(({ tests }) => tests);
}

describe.skipIf(!chromiumPath)('a suite against the storefront', () => {
  test('is green side by side, shuffled and repeated, and leaves nothing', async () => {
    const told = await playwright(
      ...['--workers', WORKERS, '--repeat-each', REPEAT, '--shuffle', '7', '--retries', '0'],
    );
    expect(told.code, told.stdout).toBe(0);
    const all = results();
    expect(all).toHaveLength((STATES.length + 3) * Number(REPEAT));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set(['expected']));
    const types = ['statewright.state', 'statewright.plan', 'statewright.run', 'statewright.seed'];
    for (const one of all) expect(one.annotations.map(({ type }) => type)).toEqual(types);
    const runs = all.map(({ annotations }) => annotations[2]?.description);
    expect(new Set(runs).size).toBe(all.length);
    const xml = readFileSync(join(installed.folder, 'suite/results.xml'), 'utf8');
    expect(xml).toContain('statewright.plan');
    expect(await leftBy(installed)).toEqual({ swept: [] });
  });

  test('keeps what a failed test saw until it is taken down, and shows what the app printed', async () => {
    const file = join(installed.folder, 'suite/tests/failing.spec.ts');
    writeFileSync(file, FAILING);
    const told = await playwright('failing', '--workers', '1', '--retries', '0');
    writeFileSync(file, '');
    expect(told.code).toBe(1);
    const [failed] = results();
    const kept = failed?.annotations.find(({ type }) => type === 'statewright.kept')?.description;
    expect(failed?.results[0]?.attachments.map(({ name }) => name)).toContain('statewright.json');
    const handle = /statewright down (\S+)$/.exec(kept ?? '')?.[1] ?? '';
    const bin = join(installed.folder, 'node_modules/statewright/src/edges/cli/bin.js');
    const down = await installed.run([process.execPath, bin, 'down', handle, '--json']);
    expect(down.code, down.stderr).toBe(0);
    expect(JSON.parse(down.stdout)).toMatchObject({ already: false });
    expect(await leftBy(installed)).toEqual({ swept: [] });
  });

  test('starts Playwright’s agents on the page of each state that a page leads to', async () => {
    const bin = join(installed.folder, 'node_modules/statewright/src/edges/cli/bin.js');
    const told = await installed.run(
      [process.execPath, bin, 'export', storefront, '--for', 'playwright-agents', '--json'],
      { cwd: storefront },
    );
    const { written } = JSON.parse(told.stdout) as { written: string[] };
    const seeds = written.filter((path) => path.endsWith('.seed.spec.ts'));
    expect(seeds).toHaveLength(STATES.filter((id) => id.startsWith('PAGE ')).length);
    expect(written.filter((path) => path.startsWith('specs/'))).toHaveLength(seeds.length);
    cpSync(join(storefront, 'tests'), join(installed.folder, 'suite/tests/agents'), {
      recursive: true,
    });
    const ran = await playwright('seed', '--workers', '2', '--retries', '0');
    rmSync(join(installed.folder, 'suite/tests/agents'), { recursive: true });
    expect(ran.code, ran.stdout).toBe(0);
    expect(results().map(({ status }) => status)).toEqual(seeds.map(() => 'expected'));
  });

  test('fails where a plan is stale, or there is none, saying what to do', async () => {
    const rules = join(storefront, 'src/services/coupon-rules.ts');
    const before = readFileSync(rules, 'utf8');
    const file = join(installed.folder, 'suite/tests/unplanned.spec.ts');
    writeFileSync(file, UNPLANNED);
    writeFileSync(rules, before.replace('expiresAt < now', 'expiresAt <= now'));
    expect(readFileSync(rules, 'utf8')).not.toBe(before);
    const told = await playwright('unplanned', 'shop', '--workers', '1');
    writeFileSync(rules, before);
    writeFileSync(file, '');
    expect(told.code).toBe(1);
    expect(told.stdout).toContain('plan.stale: The plan "POST /api/cart/coupon › coupon_expired"');
    expect(told.stdout).toContain('the code of its route has changed');
    expect(told.stdout).toContain('Run `statewright plan` and review');
    expect(told.stdout).toContain(
      'up.unknownPlan: There is no plan "POST /api/cart/coupon › late"',
    );
    expect(told.stdout).toContain('Did you mean:\n');
  });

  test('has its ids completed by the types beside the plans', async () => {
    const folder = join(installed.folder, 'typed');
    mkdirSync(folder);
    writeFileSync(join(folder, 'states.d.ts'), DECLARED);
    writeFileSync(join(folder, 'right.ts'), typed('GET /a › 200'));
    writeFileSync(join(folder, 'wrong.ts'), typed('GET /a › 201'));
    const flags = ['--module', 'nodenext', '--noEmit', '--skipLibCheck', '--strict', '--target'];
    const tsc = [join(installed.folder, 'node_modules/.bin/tsc'), ...flags, 'es2024'];
    const check = (name: string) =>
      installed.run([...tsc, '--types', 'node', 'states.d.ts', name], { cwd: folder });
    expect(await check('right.ts')).toMatchObject({ code: 0 });
    const wrong = await check('wrong.ts');
    expect(wrong.stdout).toContain(
      `Type '"GET /a › 201"' is not assignable to type '"GET /a › 200"'`,
    );
  });
});

const FAILING = `
import { expect, test } from 'statewright/playwright';
test.use({ state: 'POST /api/cart/coupon › coupon_expired' });
test('fails', async ({ page }) => { expect((await page.request.get('/nowhere')).status()).toBe(200); });
`;

const UNPLANNED = `
import { test } from 'statewright/playwright';
test.use({ state: 'POST /api/cart/coupon › late' });
test('has no plan', async ({ page }) => { await page.goto('/cart'); });
`;

const DECLARED = `export {};
declare module 'statewright/states' {
  interface States { "GET /a › 200": { rows: "a"; personas: never }; }
}
`;

function typed(id: string): string {
  return `import { test } from 'statewright/playwright';
test.use({ state: '${id}' });
test('typed', async ({ page, state, db, as }) => {
  const row = state.row('a');
  await db.query('select $1', [row['id']]);
  await page.goto('/');
  await (await as(null)).goto('/');
});
`;
}
