import { expect, test } from 'vitest';
import { type Llm, readAnswer } from '../../src/llm/llm.ts';
import { parsePrompt } from '../../src/llm/prompt.ts';
import { analyze } from '../../src/model/analyze.ts';
import { areasToAsk } from '../../src/operations/areas.ts';
import { planModel } from '../../src/operations/plan.ts';
import { readPrompt } from '../../src/operations/prompts.ts';
import { suggestPlans } from '../../src/operations/suggesting.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { WireSubject } from '../../src/plan/wire.ts';
import type { Proof } from '../../src/proof/proof.ts';
import { programOf } from '../setup/code.ts';
import { APP, level, loyal } from '../setup/vouchers.ts';

const model = analyze(
  programOf({
    'package.json': JSON.stringify({ dependencies: { hono: '4', 'drizzle-orm': '0.45' } }),
    'app.ts': APP,
  }),
  { emit: () => undefined },
);
const about = {
  ...{ model, planned: planModel(model), most: 20 },
  wording: parsePrompt(readPrompt('suggest')),
};

/** Asks a model that gives these answers in turn, in an app that shows nothing of what `fails` is said of. */
async function firing(fails: (title: string) => boolean, ...answers: WireSubject[][]) {
  const asked: string[] = [];
  const fired: string[][] = [];
  const usage = { inputTokens: 1, cachedTokens: 0, outputTokens: 1 };
  const llm: Llm = {
    ...{ provider: 'test', model: 'test' },
    ask: async ({ prompt, schema }) => {
      asked.push(prompt);
      const subjects = answers[asked.length - 1] ?? [];
      return readAnswer(schema, JSON.stringify({ subjects }), usage);
    },
  };
  const fire = async (plans: readonly Plan[]) => {
    fired.push(plans.map(({ title }) => title));
    return plans.map(({ id, title }) => proofOf(id, fails(title)));
  };
  const options = { signal: new AbortController().signal, emit: () => undefined, fire };
  const { plans, findings } = await suggestPlans(areasToAsk(about), { ...about, llm }, options);
  return { asked, fired, findings, titles: plans.map(({ title }) => title).sort() };
}

function proofOf(plan: string, fails: boolean): Proof {
  return {
    ...{ plan, scenario: plan, route: plan, reason: null, expected: null, divergedAt: [] },
    ...{ verdict: fails ? 'diverted' : 'proven', residue: [] },
    observed: { status: fails ? 404 : 200, body: null, location: null, text: null },
    timings: { setUpMs: 0, requestMs: 0, resetMs: 0 },
  };
}

const customer = (...worths: (readonly [string, number])[]) =>
  loyal('gold', {
    title: 'A customer',
    levels: [
      ...['gold', 'basic'].map((tier) => level('tier', tier, { 'customer.tier': tier })),
      ...worths.map(([title, cents]) => level('worth', title, { 'voucher.cents': cents })),
    ],
  });

test('a level that no state shows goes back by name, and its mended states alone are fired', async () => {
  const { asked, fired, findings, titles } = await firing(
    (title) => title.endsWith('empty'),
    [customer(['full', 9], ['empty', 0])],
    [customer(['full', 9], ['half', 4])],
  );
  expect(asked).toHaveLength(2);
  expect(asked[1]).toContain('"path":"A customer › worth › empty: ');
  expect(fired).toEqual([
    expect.arrayContaining(['A customer: gold; empty', 'A customer: basic; empty']),
    ['A customer: gold; half', 'A customer: basic; half'],
  ]);
  expect(titles).toEqual([
    ...['A customer: basic; full', 'A customer: basic; half'],
    ...['A customer: gold; full', 'A customer: gold; half'],
  ]);
  expect(findings).toEqual([]);
});

test('a combination that is not shown is told and not asked for again', async () => {
  const { asked, findings, titles } = await firing(
    (title) => title.endsWith('basic; empty'),
    [customer(['full', 9], ['empty', 0])],
  );
  expect([asked.length, titles.length]).toEqual([1, 3]);
  expect(findings).toMatchObject([
    { code: 'plan.levelsApart', facts: { combinations: ['A customer: basic + empty'] } },
  ]);
});

test('where none of a subject’s states is shown its base is told', async () => {
  const { asked, findings, titles } = await firing(
    () => true,
    ...[0, 1, 2].map(() => [customer(['full', 9], ['empty', 0])]),
  );
  expect([asked.length, titles]).toEqual([3, []]);
  expect(findings).toHaveLength(1);
  expect(findings[0]?.at.path).toMatch(/^A customer: GET /);
});
