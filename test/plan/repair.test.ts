import { expect, test } from 'vitest';
import { finding } from '../../src/kernel/finding.ts';
import { type Llm, readAnswer } from '../../src/llm/llm.ts';
import type { RenderQuestion } from '../../src/plan/propose.ts';
import { proposeUntilSound } from '../../src/plan/repair.ts';
import type { WirePlan } from '../../src/plan/wire.ts';

const wire: WirePlan = {
  title: 'A gift card with a good check digit',
  rows: [],
  absent: [],
  personas: [],
  env: [],
  request: { as: null, method: 'get', path: '/x', query: [], headers: [], cookies: [], body: [] },
  expect: { status: 200, body: [], textPresent: [], textAbsent: [] },
};
const identity = {
  id: 'GET /x › 200',
  evidence: [],
  planner: { kind: 'llm' as const, version: '1' },
  digests: { code: '', schema: '', prompt: null },
};
const usage = { inputTokens: 1, cachedTokens: 0, outputTokens: 1 };

function answering(...texts: string[]): { llm: Llm; asked: string[] } {
  const asked: string[] = [];
  const llm: Llm = {
    provider: 'test',
    model: 'test',
    ask: async ({ schema, prompt }) => {
      asked.push(prompt);
      return readAnswer(schema, texts[Math.min(asked.length, texts.length) - 1] ?? '', usage);
    },
  };
  return { llm, asked };
}

const signal = new AbortController().signal;
const render: RenderQuestion = ({ answer, findings }) => ({
  system: 's',
  prompt: [answer, ...findings.map(({ code }) => code)].filter(Boolean).join(' '),
});

test('sends back what was wrong until a plan passes', async () => {
  const { llm, asked } = answering('nonsense', JSON.stringify(wire));
  const result = await proposeUntilSound(identity, render, { llm, signal, check: () => [] });
  expect(result.plan?.when[0]?.method).toBe('GET');
  expect(asked).toEqual(['', 'nonsense llm.invalid']);
});

const titled = (title: string) => JSON.stringify({ ...wire, title });
const wrong = () => [finding('plan.unknownTable', { severity: 'error' })];

test('gives up after three rounds and never returns a plan that fails its checks', async () => {
  const { llm, asked } = answering(titled('a'), titled('b'), titled('c'), titled('d'));
  const result = await proposeUntilSound(identity, render, { llm, signal, check: wrong });
  expect(result).toMatchObject({ plan: null, rounds: 3 });
  expect(asked).toEqual([
    '',
    `${titled('a')} plan.unknownTable`,
    `${titled('b')} plan.unknownTable`,
  ]);
});

test('ends a repair that answers the same again', async () => {
  const { llm, asked } = answering(titled('a'));
  const result = await proposeUntilSound(identity, render, { llm, signal, check: wrong });
  expect(result).toMatchObject({ plan: null, rounds: 2 });
  expect(result.findings.map(({ code }) => code)).toEqual(['plan.unknownTable', 'llm.repeated']);
  expect(asked).toHaveLength(2);
});

test('builds on the best answer so far, not on a worse one that came later', async () => {
  const { llm, asked } = answering(titled('one'), titled('three'), titled('two'));
  const count: Record<string, number> = { one: 1, three: 3, two: 2 };
  const check = ({ title }: { title: string }) =>
    Array.from({ length: count[title] ?? 0 }, wrong).flat();
  const result = await proposeUntilSound(identity, render, { llm, signal, check });
  expect(asked[2]).toContain(titled('one'));
  expect(result.findings).toHaveLength(1);
});
