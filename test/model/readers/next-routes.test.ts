import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Key } from '../../../evals/endings/key.ts';
import { scoreEndings } from '../../../evals/scorers/endings.ts';
import { next as reader } from '../../../src/model/readers/next.ts';
import { planModel } from '../../../src/operations/plan.ts';
import { readModel } from '../../../src/operations/reading.ts';
import { programOf } from '../../setup/code.ts';
import { copied, nextRoutes, written } from '../../setup/next-types.ts';

const APP = new URL('../../../fixtures/apps/supperclub/', import.meta.url).pathname;
const PAGE = 'export default function Page() { return null; }';
const FRAME = 'export default function Frame({ children }) { return children; }';
const ROUTE = 'export function GET() { return new Response(null); }';

describe('the routes Next.js finds itself', () => {
  test('in the supper club', { timeout: 120_000 }, async () => {
    const { model } = await readModel(APP, { emit: () => undefined });
    const [app] = model.apps;
    const found = [
      ...(app?.pages ?? []).map(({ path }) => `page ${path}`),
      ...(app?.routes ?? [])
        .filter(({ kind }) => kind === 'http')
        .map(({ path }) => `route ${path}`),
    ];
    expect([...new Set(found)].sort()).toEqual(nextRoutes(copied(APP)));
    expect(model.findings).toEqual([]);
  });

  test('in folders of every kind', { timeout: 120_000 }, () => {
    const texts = {
      'package.json': JSON.stringify({ name: 'app', dependencies: { next: '16' } }),
      'app/layout.tsx': FRAME,
      'app/page.tsx': PAGE,
      'app/(shop)/layout.tsx': FRAME,
      'app/(shop)/orders/[id]/page.tsx': PAGE,
      'app/(shop)/orders/[id]/(tabs)/notes/page.tsx': PAGE,
      'app/docs/[...path]/page.tsx': PAGE,
      'app/files/[[...path]]/page.tsx': PAGE,
      'app/%5Fodd/page.tsx': PAGE,
      'app/_lib/page.tsx': PAGE,
      'app/feed/layout.tsx': FRAME,
      'app/feed/page.tsx': PAGE,
      'app/feed/photo/page.tsx': PAGE,
      'app/feed/@modal/default.tsx': PAGE,
      'app/feed/@modal/(.)photo/page.tsx': PAGE,
      'app/api/orders/[id]/route.ts': ROUTE,
      'app/feed.xml/route.ts': ROUTE,
      'app/orders-page.tsx': PAGE,
    };
    const { endpoints } = reader.read(programOf(texts), '.');
    const found = endpoints.map(({ kind, path }) => `${kind ?? 'route'} ${path}`);
    expect(found.sort()).toEqual(nextRoutes(written(texts)));
  });
});

test('the supper club ends in the ways its answer key says', { timeout: 120_000 }, async () => {
  const { model } = await readModel(APP, { emit: () => undefined });
  const key = Key.parse(JSON.parse(readFileSync(`${APP}endings.json`, 'utf8')));
  const score = scoreEndings(model, planModel(model).scenarios, key);
  expect(score.recall).toBeGreaterThan(0.97);
  expect(score.precision).toBeGreaterThan(0.97);
});
