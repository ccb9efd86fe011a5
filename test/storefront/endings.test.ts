// Confirms the storefront's answer key: every ending in fixtures/apps/storefront/endings.json that
// can be reached is reached by one hand-made request, no request ends in a way the key does not
// have, and no branch of the app stays untaken but for those in uncovered.json.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import './areas/guards.ts';
import './areas/accounts.ts';
import './areas/catalogue.ts';
import './areas/carts.ts';
import './areas/orders.ts';
import './areas/admin.ts';
import './areas/loyalty.ts';
import './areas/splits.ts';
import './areas/stores.ts';
import './areas/subscriptions.ts';
import './areas/pages.ts';
import { missedSides } from './branch-sides.ts';
import { chromiumPath, Shop } from './harness.ts';
import { type Confirmation, confirmations, entriesOf, KEY, UNCOVERED, visits } from './key.ts';
import { seen, World } from './world.ts';

const CRASH = '500 internal_error';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.start();
  await Promise.all([shop.base('standard'), shop.base('contrary')]);
});
afterAll(() => shop?.stop());

const title = ({ route, status, code, condition }: Confirmation) =>
  [route, status, code, condition && `(${condition})`].filter(Boolean).join(' ');

async function confirm(confirmation: Confirmation) {
  const [entry] = entriesOf(confirmation);
  const outcome = await confirmation.run(new World(shop, confirmation.route));
  expect({ status: outcome.status, code: outcome.code }).toEqual({
    status: confirmation.status,
    code: confirmation.code,
  });
  for (const literal of entry?.text ?? []) expect(outcome.text).toContain(literal);
}

const requests = confirmations.filter(({ browser }) => !browser);
const views = confirmations.filter(({ browser }) => browser);

describe.concurrent('by a request', () => {
  test.each(requests.map((c) => [title(c), c] as const))('%s', (_, c) => confirm(c));
});

// Without a browser the client pages cannot be looked at; CHROMIUM_PATH names one.
const inBrowser = chromiumPath() ? describe.concurrent : describe.skip;
inBrowser('in the browser (skipped without Chromium)', () => {
  test.each(views.map((c) => [title(c), c] as const))('%s', (_, c) => confirm(c));
});

describe.concurrent('by the way', () => {
  test.each(visits.map((v) => [`${v.route} ${v.name}`, v] as const))('%s', async (_, visit) => {
    const { status } = await visit.run(new World(shop, visit.route));
    expect(status === 500).toBe(visit.crash);
  });
});

describe('the key', () => {
  test('has every confirmed ending, once', () => {
    const wrong = confirmations.filter((confirmation) => entriesOf(confirmation).length !== 1);
    expect(wrong.map((c) => `${entriesOf(c).length} × ${title(c)}`)).toEqual([]);
  });

  test('has no ending that is not confirmed, or twice', () => {
    const times = new Map(KEY.map((entry) => [entry, 0]));
    for (const entry of confirmations.flatMap(entriesOf)) {
      times.set(entry, (times.get(entry) ?? 0) + 1);
    }
    const wrong = [...times].filter(([entry, n]) => n !== (entry.feasible ? 1 : 0));
    expect(
      wrong.map(([{ route, status, code, condition }, n]) =>
        [n, '×', route, status, code, condition].join(' '),
      ),
    ).toEqual([]);
  });

  test('says why an ending cannot be reached, and names its tables', () => {
    for (const entry of KEY) {
      expect(Boolean(entry.why)).toBe(!entry.feasible);
      if (entry.decidedBy === 'success') expect(entry.columns).toEqual([]);
      else {
        const tables = new Set(entry.columns.map((column) => column.split('.')[0]));
        expect(entry.tables).toEqual([...tables]);
      }
    }
  });

  test('has no text that stands for two endings of a page', () => {
    for (const { route, text } of KEY) {
      const others = KEY.filter((entry) => entry.route === route && `${entry.text}` !== `${text}`);
      for (const literal of text) {
        expect(others.filter((entry) => entry.text.includes(literal))).toEqual([]);
      }
    }
  });

  test('has every ending that a request of this suite had', () => {
    const unknown = [...seen].flatMap(([route, endings]) => {
      const known = KEY.filter((entry) => entry.route === route && entry.feasible);
      const all = new Set(known.map(({ status, code }) => `${status} ${code}`));
      if (route === 'GET /api/nowhere') all.add('404 route_not_found');
      if (visits.some((visit) => visit.crash && visit.route === route)) all.add(CRASH);
      return [...endings]
        .filter((ending) => !all.has(ending))
        .map((ending) => `${route} ${ending}`);
    });
    expect(unknown).toEqual([]);
  });
});

describe('the branches of the app', () => {
  test('are all taken by these requests, but for the ones in uncovered.json', async () => {
    const { missed, sides } = missedSides(await shop.coverage());
    expect(sides).toBeGreaterThan(400);
    const known = UNCOVERED.map(({ reason: _, ...side }) => side);
    expect(missed).toEqual(known);
  });
});
