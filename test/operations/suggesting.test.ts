import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { WireSubject } from '../../src/plan/wire.ts';
import { checkoutOf, planIn, plansIn } from '../setup/plan-checkout.ts';
import { type Reply, startProvider } from '../setup/provider.ts';
import { APP, level, loyal, VIEW } from '../setup/vouchers.ts';

const CHANGED = APP.replace("'basic', 'gold'", "'basic', 'gold', 'new'");

const told = (...subjects: WireSubject[]) => ({ text: JSON.stringify({ subjects }) });

async function asking(...replies: Reply[]) {
  const provider = await startProvider(replies);
  onTestFinished(async () => void (await provider.close()));
  const root = checkoutOf(APP, { provider: 'anthropic', model: 'm-1', baseUrl: provider.url });
  const kept = () => plansIn(root).filter(({ planner }) => planner.kind === 'llm');
  const plan = (options: Parameters<typeof planIn>[1] = {}) =>
    planIn(root, options, { ANTHROPIC_API_KEY: 'key' });
  return { asked: provider.asked, root, kept, plan };
}

test('a suggested state is kept as a plan of the ending that shows it', async () => {
  const { asked, kept, plan } = await asking(told(loyal('gold')));
  const { plans, findings } = await plan();
  expect(findings).toEqual([]);
  expect(asked).toHaveLength(1);
  const [state] = kept();
  expect(state).toMatchObject({
    variantOf: VIEW,
    title: 'A gold customer holds a voucher that runs out in two days',
    given: {
      rows: {
        voucher: {
          set: { cents: 40, customer_id: { ref: 'customer.id' }, expires_at: { now: 'P2D' } },
        },
      },
    },
    planner: { kind: 'llm', version: 'm-1' },
  });
  expect(state?.then).toMatchObject({ status: 200 });
  expect(state?.id).toMatch(/^GET \/customers\/:id › 200 › state [0-9a-f]{6}$/);
  expect(plans.map(({ id }) => id)).toContain(state?.id);
});

test('what is wrong with one goes back, and the others stay', async () => {
  const { asked, kept, plan } = await asking(
    told(loyal('gold'), loyal('platinum'), loyal('basic', { ending: 'GET /nowhere › 200' })),
    told(loyal('basic')),
  );
  const { findings } = await plan();
  expect(findings).toEqual([]);
  const second = JSON.stringify(asked[1]?.body);
  for (const text of ['plan.unknownEnumValue', 'plan.unknownEnding', 'A platinum customer']) {
    expect(second).toContain(text);
  }
  const tiers = kept().map(({ given }) => JSON.stringify(given.rows['customer']));
  expect(tiers.sort()).toEqual([
    '{"set":{"tier":"basic"},"table":"customers"}',
    '{"set":{"tier":"gold"},"table":"customers"}',
  ]);
});

const WORTHS = [
  level('worth', 'with money on it'),
  level('worth', 'used up', { 'voucher.cents': 0 }),
];
const tiers = (other: string) => [
  level('tier', 'of gold', { 'customer.tier': 'gold' }),
  level('tier', `of ${other}`, { 'customer.tier': other }),
];
const varied = (other: string, title = 'A customer with a voucher') =>
  loyal('gold', { title, levels: [...tiers(other), ...WORTHS] });
const titlesOf = (plans: readonly { readonly title: string }[]) =>
  plans.map(({ title }) => title).toSorted();

test('a subject that differs in two ways is as many states as they can meet in', async () => {
  const { asked, kept, plan } = await asking(told(varied('basic')));
  expect((await plan()).findings).toEqual([]);
  expect(asked).toHaveLength(1);
  expect(titlesOf(kept())).toEqual([
    'A customer with a voucher: of basic; used up',
    'A customer with a voucher: of basic; with money on it',
    'A customer with a voucher: of gold; used up',
    'A customer with a voucher: of gold; with money on it',
  ]);
  const poor = kept().find(({ title }) => title.endsWith('of basic; used up'));
  expect(poor?.given.rows).toMatchObject({
    customer: { set: { tier: 'basic' } },
    voucher: { set: { cents: 0, customer_id: { ref: 'customer.id' } } },
  });
});

test('a level that is wrong goes back by name; mended it meets the others, and they stay', async () => {
  const { asked, kept, plan } = await asking(told(varied('platinum')), told(varied('basic')));
  expect((await plan()).findings).toEqual([]);
  expect(asked).toHaveLength(2);
  expect(JSON.stringify(asked[1]?.body)).toContain(
    'A customer with a voucher › tier › of platinum: given.rows.customer.set.tier',
  );
  expect(titlesOf(kept())).toHaveLength(4);
});

test('of more states than are wanted each subject has its share, and it is told', async () => {
  const { kept, plan } = await asking(told(varied('basic'), varied('basic', 'Another customer')));
  const { findings } = await plan({ states: 4 });
  // What the second one's states hold is what the first one's do.
  expect(titlesOf(kept())).toHaveLength(4);
  expect(findings).toEqual([]);
  const seven = level('worth', 'with seven cents', { 'voucher.cents': 7 });
  const three = await asking(
    told(varied('basic'), loyal('gold', { title: 'One by itself', levels: [seven] })),
  );
  const cut = await three.plan({ states: 3 });
  expect(titlesOf(three.kept())).toHaveLength(3);
  expect(titlesOf(three.kept())).toContain('One by itself: with seven cents');
  expect(cut.findings).toMatchObject([
    { code: 'plan.tooManyStates', severity: 'warning', facts: { named: 5, most: 3 } },
  ]);
});

test('combinations that can’t stand are one finding and are not asked for again', async () => {
  const free = level('price', 'that cost nothing', { 'voucher.cents': 0 });
  const paid = level('price', 'that cost something', { 'voucher.cents': 7 });
  const mixed = loyal('gold', {
    title: 'A customer',
    levels: [...tiers('basic'), ...WORTHS, free, paid],
  });
  const { asked, kept, plan } = await asking(told(mixed));
  const { findings } = await plan();
  expect(asked).toHaveLength(1);
  expect(findings).toMatchObject([
    {
      code: 'plan.levelsApart',
      severity: 'note',
      facts: { count: 1, combinations: ['A customer: used up + that cost something'] },
    },
  ]);
  expect(titlesOf(kept())).toHaveLength(4);
});

test('what stays wrong is told and never kept', async () => {
  const bad = told(loyal('platinum'));
  const { asked, kept, plan } = await asking(bad, bad, bad);
  const { findings } = await plan();
  // The third question would be the second again, whose answer is remembered.
  expect(asked).toHaveLength(2);
  expect(kept()).toEqual([]);
  expect(findings.map(({ code }) => code)).toEqual(['plan.unknownEnumValue']);
  expect(findings[0]?.at.path).toContain('A platinum customer');
});

test('an unchanged repo is not asked about again, and a changed one is', async () => {
  const { asked, kept, plan, root } = await asking(told(loyal('gold')), told(loyal('basic')));
  await plan();
  const before = kept();
  expect((await plan()).written).toEqual([]);
  expect((await plan({ llm: 'none' })).removed).toEqual([]);
  expect([asked.length, kept()]).toEqual([1, before]);
  writeFileSync(join(root, 'src/app.ts'), CHANGED);
  await plan();
  expect(asked).toHaveLength(2);
  expect(JSON.stringify(kept())).toContain('"tier":"basic"');
});

test.each<[string, Reply]>([
  ['takes no key', { status: 401 }],
  ['refuses', { refusal: 'I would rather not.' }],
  ['answers nothing that stands', told(loyal('platinum'))],
])('states of an area that has changed stay while the model %s, and say so', async (_how, away) => {
  const { asked, kept, plan, root } = await asking(told(loyal('gold')), away);
  await plan();
  const before = kept();
  expect(before).toHaveLength(1);
  writeFileSync(join(root, 'src/app.ts'), CHANGED);
  const { findings, plans, removed } = await plan();
  expect(asked.length).toBeGreaterThan(1);
  expect([removed, kept()]).toEqual([[], before]);
  const [id] = before.map((one) => one.id);
  expect(plans.map((one) => one.id)).toContain(id);
  expect(findings).toContainEqual(
    expect.objectContaining({
      code: 'plan.statesNotRenewed',
      severity: 'warning',
      facts: { states: [id] },
    }),
  );
});

test('states of an area stay when the budget has no room to ask about it again, until an answer comes', async () => {
  const { asked, kept, plan, root } = await asking(told(loyal('gold')), told(loyal('basic')));
  await plan();
  const before = kept();
  writeFileSync(join(root, 'src/app.ts'), CHANGED);
  const { findings } = await plan({ budgetTokens: 1 });
  expect([asked.length, kept()]).toEqual([1, before]);
  expect(findings.map(({ code }) => code)).toEqual(['llm.unreachable', 'plan.statesNotRenewed']);
  expect((await plan()).findings).toEqual([]);
  expect(JSON.stringify(kept())).toContain('"tier":"basic"');
  expect(kept()).toHaveLength(1);
});

test('none are asked for where none are wanted, or where it is about some endings alone; those there stay', async () => {
  const { asked, kept, plan } = await asking(told(loyal('gold')));
  await plan({ states: 0 });
  expect(asked).toEqual([]);
  await plan();
  const before = kept();
  expect(before).toHaveLength(1);
  await plan({ states: 0 });
  await plan({ only: VIEW });
  expect([asked.length, kept()]).toEqual([1, before]);
});

test('shows what it would ask, with the tables and the way to each view', async () => {
  const { asked, plan } = await asking(told(loyal('gold')));
  const { prompts } = await plan({ showPrompt: true });
  expect(prompts?.map(({ scenario }) => scenario)).toEqual(['business states']);
  for (const text of ['vouchers(', 'refers to customers', `"ending":"${VIEW}"`]) {
    expect(prompts?.[0]?.prompt).toContain(text);
  }
  expect(asked).toEqual([]);
});
