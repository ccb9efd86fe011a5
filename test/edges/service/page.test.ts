import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Runner } from '../../../src/edges/service/service.ts';
import { chromiumPath, openChromium } from '../../setup/chromium.ts';
import {
  type Client,
  clinicCounts,
  clinicModel,
  openTestService,
  type TestService,
} from '../../setup/service.ts';

const APPS = fileURLToPath(new URL('../../../fixtures/apps', import.meta.url));

/** Fires nothing: every answer is the same, and not the one that was planned. */
const divertingRunner: Runner = {
  up: () => Promise.reject(new Error('nothing is set up here')),
  down: () => Promise.reject(new Error('nothing is taken down here')),
  prove: async ({ plans }) =>
    plans.map((plan) => ({
      ...{ plan: plan.id, scenario: plan.variantOf ?? plan.id, route: '', expected: plan.then },
      ...{ verdict: 'diverted', reason: 'the status is another', divergedAt: [], residue: [] },
      observed: { status: 418, body: { error: 'teapot' }, location: null, text: null },
      timings: { setUpMs: 1, requestMs: 1, resetMs: 1 },
    })),
  close: async () => undefined,
};

describe.skipIf(chromiumPath === undefined)('the page at /', () => {
  let service: TestService;
  let browser: Browser;
  let admin: Client;
  const errors: string[] = [];

  beforeAll(async () => {
    service = await openTestService({ roots: [APPS], runner: () => divertingRunner });
    admin = await service.client({ scopes: ['plan', 'run', 'admin'], name: 'boss' });
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await service.close();
    expect(errors).toEqual([]);
  });

  /** What axe finds fault with, in light and in dark. */
  async function faults(page: Page): Promise<string[]> {
    await page.evaluate(axe.source);
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
      found.push(...violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`));
    }
    return found;
  }

  async function enter(width = 1280): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 40[134]/.test(message.text()))
        errors.push(message.text());
    });
    await page.goto(service.url);
    await page.getByLabel('Key', { exact: true }).fill(admin.key.key);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Planned' }).waitFor();
    return page;
  }

  test('plans a repo with its progress shown, and shows an ending’s rows as a graph', async () => {
    const page = await enter();
    await page.getByLabel('A repo on the service’s machine').fill('clinic');
    await page.getByRole('button', { name: 'Plan' }).click();
    const { plans, endings } = clinicCounts;
    await page.getByText(`${plans} plans for ${endings} endings`).waitFor({ timeout: 60_000 });
    await page.getByLabel('Route or ending').fill('slot_full');
    await page
      .getByRole('button', { name: /slot_full.*planned/ })
      .first()
      .click();
    expect(await page.locator('.endings-of button:visible').count()).toBe(2);
    await page.locator('article.plan svg').first().waitFor();
    expect(await page.locator('article.plan').textContent()).toContain('Given');
    expect(await page.getByLabel('Its repo').inputValue()).toBe('clinic');
    await page.getByRole('button', { name: 'Prove' }).click();
    await page.getByText('It is diverted.').waitFor();
    expect(await page.locator('article.plan').textContent()).toContain('the status is another');
    expect(await page.locator('[aria-pressed=true]').textContent()).toContain('diverted');
    await page.getByText('1 fired, 0 proven').waitFor();
    expect(await faults(page)).toEqual([]);
    expect(await page.getByRole('link', { name: 'Plans' }).getAttribute('aria-current')).toBe(
      'page',
    );
    await page.close();
  }, 120_000);

  test('lists the models, and what each was read as', async () => {
    const page = await enter(400);
    await admin.post('/v1/plans', `{"model":${clinicModel}}`, { prefer: 'wait=60' });
    await page.getByRole('link', { name: 'Models' }).click();
    await page.getByRole('link', { name: 'clinic' }).first().click();
    await page.getByRole('heading', { name: 'routes and pages' }).waitFor();
    const told = await page.locator('main').textContent();
    expect(told).toContain('POST /desk/appointments');
    expect(told).toContain('slots');
    expect(await faults(page)).toEqual([]);
    await page.goto(`${service.url}/#model/m_nobody`);
    await page.getByRole('heading', { name: 'This can’t be shown' }).waitFor();
    await page.close();
  }, 60_000);

  test('makes and revokes keys, and shows what each has used', async () => {
    const page = await enter();
    await page.getByRole('link', { name: 'Keys' }).click();
    await page.getByLabel('Name').fill('<b>ci</b>');
    await page.getByRole('button', { name: 'Make' }).click();
    await page.getByText(/^sw_/).waitFor();
    expect(await page.locator('td', { hasText: '<b>ci</b>' }).count()).toBe(1);
    expect(await faults(page)).toEqual([]);
    const row = page.getByRole('row', { name: /<b>ci<\/b>/ });
    await row.getByRole('button', { name: 'Revoke' }).click();
    await row.getByText('revoked').waitFor();
    await page.close();
  }, 60_000);

  test('shows what a hostile model says as text, and runs nothing of it', async () => {
    const page = await enter();
    const evil = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
    const model = JSON.parse(
      clinicModel.replaceAll('slot_full', JSON.stringify(evil).slice(1, -1)),
    );
    model.repo.name = evil;
    const planned = await admin.post('/v1/plans', { model }, { prefer: 'wait=60' });
    const { id } = (await planned.json()) as { id: string };
    await page.goto(`${service.url}/#planning/${id}`);
    await page.getByText('plans for').waitFor();
    await page.getByLabel('Route or ending').fill('onerror');
    await page
      .getByRole('button', { name: /onerror.*planned/ })
      .first()
      .click();
    await page.locator('article.plan svg').first().waitFor();
    expect(await page.locator('article.plan').textContent()).toContain(evil);
    expect(await page.title()).toBe('Statewright');
    expect(await page.locator('main img, main script').count()).toBe(0);
    await page.close();
  }, 60_000);

  test('says what is wrong with a key, and fits a phone', async () => {
    const page = await enter(360);
    const wide = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(wide).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Forget key' }).click();
    await page.getByLabel('Key', { exact: true }).fill('sw_nobody_nobody');
    await page.getByRole('button', { name: 'Enter' }).click();
    await page
      .getByRole('status')
      .getByText(/not known/)
      .waitFor();
    await page.close();
  }, 60_000);
});
