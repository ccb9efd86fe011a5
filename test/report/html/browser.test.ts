import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadAssets } from '../../../src/report/html/assets.ts';
import { htmlReporter } from '../../../src/report/html/html.ts';
import type { Report } from '../../../src/report/report.ts';
import { chromiumPath, openChromium } from '../../setup/chromium.ts';
import { hostileReport } from '../../setup/report-hostile.ts';
import { largeReport, sampleReport, sampleSources } from '../../setup/report-sample.ts';

const DESKTOP = { viewport: { width: 1280, height: 900 } };
const PHONE = { viewport: { width: 360, height: 740 } };
const EXPIRED = /^#post-loans-card-expired-[0-9a-f]{6}$/;

describe.skipIf(chromiumPath === undefined)('the page in a browser', () => {
  let browser: Browser;
  let folder: string;
  const errors: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'statewright-report-'));
    const reporter = htmlReporter(await loadAssets());
    const write = (name: string, report: Report) =>
      writeFile(join(folder, name), reporter.render(report, sampleSources));
    await Promise.all([
      write('sample.html', sampleReport),
      write('hostile.html', hostileReport()),
      write('large.html', largeReport(14)),
    ]);
    browser = await openChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
    expect(errors).toEqual([]);
  });

  async function visit(options: BrowserContextOptions, file = 'sample.html'): Promise<Page> {
    const page = await browser.newPage(options);
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(pathToFileURL(join(folder, file)).href);
    return page;
  }

  const hash = (page: Page) => page.evaluate<string>('location.hash');
  const focused = (page: Page) =>
    page.evaluate<string>('document.activeElement.textContent.trim()');
  const row = (page: Page, slug: string) => page.locator(`a.ending[href^="#${slug}"]`);
  const shown = (page: Page) => page.locator('a.ending:visible').count();
  const sideways = (page: Page) =>
    page.evaluate<number>(`Math.max(
      ...['html', '#panel'].map((each) => document.querySelector(each)).map((each) => each.scrollWidth - each.clientWidth))`);

  it('opens an ending with the keyboard, walks on with j, k and arrows, and closes with Escape', async () => {
    const page = await visit(DESKTOP);
    await row(page, 'post-loans-card-expired-').first().focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('An expired card borrows nothing');
    expect(await hash(page)).toMatch(EXPIRED);
    await page.keyboard.press('j');
    expect(await page.locator('#panel h2').textContent()).toBe('A card that ran out a minute ago');
    await page.keyboard.press('k');
    expect(await hash(page)).toMatch(EXPIRED);
    await page.keyboard.press('Escape');
    expect(await page.locator('#panel').isVisible()).toBe(false);
    expect(await hash(page)).toBe('');
    expect(await focused(page)).toContain('card_expired');
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toContain('a_minute_ago');
    await page.close();
  });

  it('shows the ending its address names, unfolds its route and marks its row', async () => {
    const page = await visit(DESKTOP);
    const anchor = await row(page, 'post-loans-card-expired-').first().getAttribute('href');
    await page.close();
    const linked = await visit(DESKTOP, `sample.html`);
    await linked.locator('[data-fold]').click();
    expect(await shown(linked)).toBe(0);
    await linked.evaluate(`location.assign(${JSON.stringify(anchor)})`);
    await expect.poll(() => linked.locator('#panel').isVisible()).toBe(true);
    expect(await linked.locator('a.ending[aria-current]').getAttribute('href')).toBe(anchor);
    expect(await linked.locator('a.ending[aria-current]').isVisible()).toBe(true);
    await linked.goBack();
    await expect.poll(() => linked.locator('#panel').isVisible()).toBe(false);
    await linked.close();
  });

  it('filters by verdict, text, method and kind, and counts along', async () => {
    const page = await visit(DESKTOP);
    const counted = () => page.locator('[data-shown]').textContent();
    await page.keyboard.press('/');
    await page.keyboard.type('loans/:id RENEW');
    expect(await counted()).toBe('6');
    expect(await page.locator('.count[data-verdict=proven]').textContent()).toBe('4');
    await page.getByRole('checkbox', { name: 'crashed' }).check();
    expect([await counted(), await shown(page)]).toEqual(['1', 1]);
    await page.getByLabel('Route or ending').fill('nowhere');
    await page.getByRole('button', { name: 'Clear them' }).click();
    await expect.poll(counted).toBe('49');
    const id = await page.locator('#unproven a').first().textContent();
    expect(id).toContain(' › ');
    await page.getByLabel('Route or ending').fill(id ?? '');
    expect(Number(await counted())).toBeGreaterThan(0);
    await page.getByLabel('Route or ending').fill('');
    await page.getByLabel('Kind').selectOption('page');
    expect(await counted()).toBe('2');
    await page.getByLabel('Only unproven').check();
    expect(await counted()).toBe('1');
    await page.getByLabel('Kind').selectOption('');
    await page.getByLabel('Method').selectOption('DELETE');
    expect(await counted()).toBe('1');
    await page.close();
  });

  it('takes the whole of a phone, keeps what is below out of reach, and never scrolls sideways', async () => {
    const page = await visit(PHONE);
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    const links = await page.locator('a.ending').count();
    for (let index = 0; index < links; index += 1) {
      await page.keyboard.press('j');
      expect(await sideways(page), await hash(page)).toBeLessThanOrEqual(0);
    }
    expect(await page.locator('[inert]').count()).toBe(1);
    await page.getByRole('button', { name: 'Close' }).click();
    expect(await page.locator('[inert]').count()).toBe(0);
    await page.close();
  });

  it('follows the system’s light or dark, and the reader’s choice over it', async () => {
    const page = await visit({ ...DESKTOP, colorScheme: 'dark' });
    const ground = () =>
      page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
    expect(await ground()).toBe('rgb(14, 17, 20)');
    await page.getByRole('button', { name: 'Switch between light and dark' }).click();
    expect(await ground()).toBe('rgb(246, 247, 248)');
    await page.reload();
    expect(await ground()).toBe('rgb(246, 247, 248)');
    await page.close();
  });

  it('reaches every control with the Tab key and shows where it is', async () => {
    const page = await visit(DESKTOP);
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the map');
    const reached = new Set<string>();
    for (let step = 0; step < 200; step += 1) {
      const seen = await page.evaluate<{ html: string; outline: string } | null>(`{
        const element = document.activeElement;
        const holder = element.matches('.chip input') ? element.parentElement : element;
        const outline = getComputedStyle(holder).outlineStyle;
        element === document.body ? null : { html: element.outerHTML, outline };
      }`);
      if (seen === null) break;
      expect(seen.outline, seen.html).toBe('solid');
      reached.add(seen.html);
      await page.keyboard.press('Tab');
    }
    const controls = await page.evaluate<string[]>(`
      [...document.querySelectorAll('#page :is(a, button, input, select, summary)')]
        .filter((element) => element.checkVisibility())
        .map((element) => element.outerHTML)`);
    expect(controls.length).toBeGreaterThan(80);
    for (const control of controls) expect(reached).toContain(control);
    await page.close();
  });

  it('runs nothing that the app’s own texts bring along', async () => {
    const page = await visit(PHONE, 'hostile.html');
    for (let index = 0; index < 49; index += 1) await page.keyboard.press('j');
    expect(await page.evaluate<boolean>("'pwned' in globalThis")).toBe(false);
    expect(await page.locator('img').count()).toBe(0);
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    await page.close();
  });

  it('draws an ending of a large report only when it is opened', async () => {
    const page = await visit(DESKTOP, 'large.html');
    expect(await page.locator('svg.graph').count()).toBe(0);
    expect(await page.locator('a.ending').count()).toBeGreaterThan(300);
    await page.keyboard.press('j');
    expect(await page.locator('article.plan').count()).toBe(1);
    await page.close();
  });
});
