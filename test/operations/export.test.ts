import { expect, test } from 'vitest';
import type { App } from '../../src/model/model.ts';
import { specOf, startPage } from '../../src/operations/export/agents.ts';
import { playwrightTest } from '../../src/operations/export/playwright.ts';
import { vitestTest } from '../../src/operations/export/vitest.ts';
import { Plan, type When } from '../../src/plan/plan.ts';

const app = { tables: [], routes: [], pages: [] } as unknown as App;
const proven = { app, unproven: null };

const request = (when: Partial<When>): When => ({
  as: 'user',
  method: 'POST',
  path: '/x',
  ...when,
});

/** A plan of these requests, the last of which ends as said. */
function planned(when: readonly When[], then: Partial<Plan['then']> = {}): Plan {
  return Plan.parse({
    ...{ version: 1, id: 'POST /x › ended', title: 'Ends', variantOf: null, when, evidence: [] },
    given: { rows: {}, absent: [], personas: {}, env: {} },
    // biome-ignore lint/suspicious/noThenProperty: Given / When / Then is the format; it is data, never awaited
    then: { status: 200, text: { present: [], absent: [] }, ...then },
    planner: { kind: 'solver', version: '1' },
    digests: { code: '', schema: '', prompt: null },
  });
}

test('a function of the server is called as its page calls it, and what it returned is read', () => {
  const action = { file: 'src/actions.ts', name: 'cancel', arguments: ['form' as const] };
  const plan = planned([request({ action, body: { id: 1 } })], {
    ...{ status: 303, location: '/account?notice=gone' },
  });
  const text = playwrightTest(plan, proven);
  expect(text).toContain(`const call = await state.call(0);
  const answer = await request.fetch(call.path, { ...call, maxRedirects: 0 });
  const { status, location } = await state.read(answer);
  expect(status).toBe(303);
  expect(location).toBe('/account?notice=gone');`);
  expect(vitestTest(plan, proven)).toContain('const answer = await s.fetch(call.path, call);');
});

test('Playwright’s agents start from the page that calls a function of the server', () => {
  const action = { file: 'src/actions.ts', name: 'cancel', arguments: ['form' as const] };
  const plan = planned([request({ path: '/account', action, body: { id: 1 } })]);
  expect(startPage(plan, app)).toBe('/account');
  const spec = specOf(plan, '/account', { seed: 'a', spec: 'b', test: 'c' });
  expect(spec).toContain('2. Have the page call `cancel` with {"id":1}');
});

test('several people ask on pages of their own, opened once each', () => {
  const other = request({ as: 'other', method: 'GET' });
  const text = playwrightTest(planned([other, other, request({})]), proven);
  expect(text.match(/await as\('other'\)/g)).toHaveLength(1);
  expect(text.match(/await page1\.request\.fetch/g)).toHaveLength(2);
  expect(text).toContain("const answer = await request.fetch('/x'");
});

test('a form is written out while its fields are plain, and taken from the state where they are not', () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const plain = request({ headers, body: { a: 1, b: { ref: 'row.b' }, c: null } });
  expect(playwrightTest(planned([plain]), proven)).toContain(
    "form: { a: '1', b: String(state.row('row').b) }",
  );
  const lists = request({ headers, body: { a: [1, 2] } });
  expect(playwrightTest(planned([lists]), proven)).toContain('await state.call(0)');
});

test('cookies and query values are the texts of the rows they refer to', () => {
  const when = request({
    cookies: { basket: { ref: 'cart.token' } },
    query: { id: { ref: 'cart.id' } },
  });
  const text = playwrightTest(planned([when]), proven);
  expect(text).toContain(
    "{ ...{ name: 'basket', value: String(state.row('cart').token) }, url: state.url }",
  );
  expect(text).toContain("params: { id: String(state.row('cart').id) }");
  expect(vitestTest(planned([when]), proven)).toContain(
    "cookies: { basket: String(s.row('cart').token) }",
  );
});

test('texts of an answer are looked for and missed as they stand in it', () => {
  const then = { text: { present: ['Two  parts'], absent: ['None'] } };
  const text = vitestTest(planned([request({})], then), proven);
  expect(text).toContain(
    "expect(text).toContain('Two parts');\n  expect(text).not.toContain('None');",
  );
});

test('an ending that was not proven is no green claim: its test says why it is left out', () => {
  const about = { app, unproven: 'diverted: status: expected 409,\n got 200' };
  const plan = planned([request({})]);
  expect(playwrightTest(plan, about)).toContain(
    "// diverted: status: expected 409, got 200\ntest.fixme('Ends', async",
  );
  expect(vitestTest(plan, about)).toContain("test.skip('Ends', async");
});
