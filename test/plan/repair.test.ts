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

test('gives up after three rounds and never returns a plan that fails its checks', async () => {
  const { llm, asked } = answering(JSON.stringify(wire));
  const check = () => [finding('plan.unknownTable', { severity: 'error' })];
  const result = await proposeUntilSound(identity, render, { llm, signal, check });
  expect(result).toMatchObject({ plan: null, rounds: 3 });
  const again = `${JSON.stringify(wire)} plan.unknownTable`;
  expect(asked).toEqual(['', again, again]);
});
