import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { withBudget } from '../../src/llm/budget.ts';
import { type Answer, type Llm, mostTokens, readAnswer } from '../../src/llm/llm.ts';
import { withMemory } from '../../src/llm/memory.ts';

const schema = z.object({ digit: z.number() });
const question = {
  system: 'Rules.',
  prompt: 'Ask.',
  schema,
  name: 'digit',
  maxTokens: 50,
  about: 'a digit',
};
const { signal } = new AbortController();
const most = mostTokens(['Rules.', 'Ask.', JSON.stringify(z.toJSONSchema(schema))]) + 50;

function answering(usage = { inputTokens: 30, cachedTokens: 10, outputTokens: 20 }) {
  const asked: string[] = [];
  const llm: Llm = {
    provider: 'test',
    model: 'm',
    ask: async ({ schema: shape, prompt }) => {
      asked.push(prompt);
      return readAnswer(shape, '{"digit":7}', usage);
    },
  };
  return { llm, asked };
}

test('makes no call that might pass the budget, and books what the others did cost', async () => {
  const { llm, asked } = answering();
  const metered = withBudget(llm, { tokens: most + 60, usd: null, prices: null });
  const kinds: string[] = [];
  for (let turn = 0; turn < 4; turn++) kinds.push((await metered.ask(question, { signal })).kind);
  expect(kinds).toEqual(['ok', 'ok', 'unreachable', 'unreachable']);
  expect(asked).toHaveLength(2);
  expect(metered.spend()).toMatchObject({ calls: 2, inputTokens: 60, outputTokens: 40, usd: null });
});

test('reserves for calls under way, so that many at once can not pass it together', async () => {
  const { llm, asked } = answering();
  const metered = withBudget(llm, { tokens: most, usd: null, prices: null });
  const all = await Promise.all([1, 2, 3].map(() => metered.ask(question, { signal })));
  expect(all.map(({ kind }) => kind)).toEqual(['ok', 'unreachable', 'unreachable']);
  expect(all[1]).toMatchObject({ because: 'unpaid' });
  expect(asked).toHaveLength(1);
});

test('counts money, and a call that broke off at its most', async () => {
  const down: Llm = {
    ...answering().llm,
    ask: async () => ({ kind: 'unreachable', because: 'down', message: '', retryAfterMs: null }),
  };
  const metered = withBudget(down, { tokens: null, usd: 0.004, prices: { input: 3, output: 15 } });
  await metered.ask(question, { signal });
  const usd = metered.spend().usd ?? 0;
  expect(usd).toBeCloseTo(((most - 50) * 3 + 50 * 15) / 1e6, 9);
  for (let turn = 0; turn < 20; turn++) await metered.ask(question, { signal });
  expect(metered.spend().usd).toBeLessThanOrEqual(0.004);
});

test('a question is paid for once, also by a run that comes after', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'statewright-answers-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const first = answering();
  await withMemory(first.llm, folder).ask(question, { signal });
  const second = answering();
  const again = await withMemory(second.llm, folder).ask(question, { signal });
  expect(again).toMatchObject({ kind: 'ok', value: { digit: 7 }, usage: { inputTokens: 0 } });
  expect([first.asked.length, second.asked.length]).toEqual([1, 0]);
  await withMemory(second.llm, folder).ask({ ...question, prompt: 'Other.' }, { signal });
  expect(second.asked).toEqual(['Other.']);
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a refusal and an answer that was cut are paid for once too, what never came is asked for again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'statewright-answers-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const usage = { inputTokens: 30, cachedTokens: 0, outputTokens: 20 };
  const away = { kind: 'unreachable', because: 'down', message: '', retryAfterMs: null } as const;
  for (const kind of ['refused', 'truncated'] as const) {
    const answers: Answer<never>[] = [away, { kind, text: 'No', usage }];
    const asking: Llm = { ...answering().llm, ask: async () => answers.shift() ?? away };
    const llm = withMemory(asking, folder);
    const asked = { ...question, prompt: kind };
    expect(await llm.ask(asked, { signal })).toEqual(away);
    await llm.ask(asked, { signal });
    const free = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
    expect(await llm.ask(asked, { signal })).toEqual({ kind, text: 'No', usage: free });
  }
});
