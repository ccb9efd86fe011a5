import { beforeAll, describe, expect, test } from 'vitest';
import { finding } from '../../src/kernel/finding.ts';
import { openCassettes } from '../../src/llm/cassette.ts';
import { proposePlans } from '../../src/operations/proposing.ts';
import { questionFor } from '../../src/operations/questions.ts';
import { checkPlan } from '../../src/plan/check.ts';
import { checkEnding } from '../../src/plan/ending.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { freezeGiftCard, frozenGiftCard } from '../setup/gift-card.ts';

/*
 * The storefront's gift card codes end in a check digit, which no solver here can make come out. What
 * the model is asked is frozen, so that its recorded answers stay answers to it. To freeze it anew:
 *
 *   STATEWRIGHT_UPDATE=gift-card npx vitest run test/operations/proposing.test.ts
 *
 * The names of the cassettes change with it; the failures name the new ones.
 */
if (process.env['STATEWRIGHT_UPDATE'] === 'gift-card') beforeAll(freezeGiftCard, 600_000);

const CASSETTES = new URL('../../fixtures/cassettes', import.meta.url).pathname;
const options = { signal: new AbortController().signal, emit: () => undefined };

/** The digit-doubling sum of the storefront's own `luhnSum`, told apart from it. */
function luhn(code: string): number {
  const digits = [...code.replace(/\D/g, '')].map(Number).reverse();
  const doubled = digits.map((digit, index) => (index % 2 === 1 ? digit * 2 : digit));
  return doubled.reduce((sum, value) => sum + (value > 9 ? value - 9 : value), 0) % 10;
}

async function replayed() {
  const frozen = frozenGiftCard();
  const llm = openCassettes(CASSETTES, '');
  return { ...frozen, ...(await proposePlans(frozen.open, { ...frozen, llm }, options)) };
}

describe('the recorded answers to the gift card endings', () => {
  test('become plans that pass every check, kept as the model’s', async () => {
    const { plans, findings, open, model } = await replayed();
    expect(findings).toEqual([]);
    expect(plans.map(({ id }) => id)).toEqual(open.map(({ scenario }) => scenario.id));
    for (const plan of plans) {
      expect(checkPlan(plan, model)).toEqual([]);
      expect(plan.planner).toEqual({ kind: 'llm', version: 'cassette' });
      expect(plan.digests.prompt).toMatch(/^[0-9a-f]{16}$/);
    }
  });

  test('settle the check digit: a good one where a card is found, a bad one where it is refused', async () => {
    const { plans, open } = await replayed();
    const [found, refused] = plans;
    const code = (plan: Plan | undefined) =>
      /GC-\d{4}-\d{4}-\d{4}/.exec(JSON.stringify([plan?.given, plan?.when]))?.[0] ?? '';
    expect(luhn(code(found))).toBe(0);
    expect(code(refused)).toMatch(/^GC-/);
    expect(luhn(code(refused))).not.toBe(0);
    expect(luhn(code(open[0]?.draft ?? undefined))).not.toBe(0);
  });
});

test('shows the code a condition that was not read rests on, and nothing secret', () => {
  const { open, ...subject } = frozenGiftCard();
  const { prompt } = questionFor(open[0]!, subject);
  for (const text of ['function luhnSum', 'const CODE_PATTERN', 'const flag =']) {
    expect(prompt).toContain(text);
  }
  expect(prompt).not.toContain('"at"');
});

test('sends the answer before back with what was wrong with it', () => {
  const { open, ...subject } = frozenGiftCard();
  const findings = [finding('plan.unknownTable', { severity: 'error', path: 'given.rows.x' })];
  const { prompt, system } = questionFor(open[0]!, subject, { answer: '{"rows":[]}', findings });
  expect(system).toBe(questionFor(open[0]!, subject).system);
  expect(prompt).toContain('<data name="answer">\n{"rows":[]}\n</data>');
  expect(prompt).toContain('{"code":"plan.unknownTable","path":"given.rows.x"}');
});

test('refuses an answer about another route or another ending', async () => {
  const { plans, open, model } = await replayed();
  const [plan] = plans;
  const scenario = open[0]!.scenario;
  const codes = (changed: Plan) => checkEnding(changed, scenario, model).map(({ code }) => code);
  expect(codes(plan!)).toEqual([]);
  const elsewhere = [{ as: null, method: 'POST', path: '/api/auth/login' }];
  expect(codes({ ...plan!, when: elsewhere })).toEqual(['plan.otherRoute']);
  // biome-ignore lint/suspicious/noThenProperty: Given / When / Then is the plan's format
  expect(codes({ ...plan!, then: { ...plan!.then, status: 404 } })).toEqual(['plan.otherEnding']);
});
