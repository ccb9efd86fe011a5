import { afterEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { openAnthropic } from '../../src/llm/anthropic.ts';
import type { Llm } from '../../src/llm/llm.ts';
import { openOpenai } from '../../src/llm/openai.ts';
import { type Reply, startProvider } from '../setup/provider.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const schema = z.object({ digit: z.number() });
const providers = {
  anthropic: (url: string): Llm =>
    openAnthropic({ apiKey: 'key-for-test', model: 'm', baseUrl: url }),
  openai: (url: string): Llm =>
    openOpenai({ apiKey: 'key-for-test', model: 'm', baseUrl: `${url}/v1` }),
};

describe.each(Object.entries(providers))('%s', (name, connect) => {
  async function ask(...replies: Reply[]) {
    const provider = await startProvider(replies);
    open.push(provider.close);
    const question = { system: 'Rules.', prompt: 'Ask.', schema, name: 'digit', maxTokens: 50 };
    const { signal } = new AbortController();
    return { answer: await connect(provider.url).ask(question, { signal }), asked: provider.asked };
  }

  test('returns the parsed answer with its usage, and sends the schema and the key as a bearer', async () => {
    const { answer, asked } = await ask({ text: '{"digit":7}' });
    expect(answer).toMatchObject({ kind: 'ok', value: { digit: 7 }, usage: { cachedTokens: 40 } });
    expect(asked[0]?.authorization).toBe('Bearer key-for-test');
    expect(JSON.stringify(asked[0]?.body)).toContain('"digit"');
    expect(asked[0]?.path).toBe(name === 'openai' ? '/v1/responses' : '/v1/messages');
  });

  test('keeps the text of an answer of the wrong shape, and of one that is not JSON', async () => {
    const wrong = await ask({ text: '{"digit":"seven"}' });
    expect(wrong.answer).toMatchObject({ kind: 'invalid', text: '{"digit":"seven"}' });
    const broken = await ask({ text: '{"digit":' });
    expect(broken.answer).toMatchObject({
      kind: 'invalid',
      issues: [expect.stringContaining('not JSON')],
    });
  });

  test('tells a refusal and a cut answer apart', async () => {
    expect((await ask({ refusal: 'I would rather not.' })).answer.kind).toBe('refused');
    expect((await ask({ text: '{"digit":1', cut: true })).answer.kind).toBe('truncated');
  });

  test('tries again when the provider is busy, and says when it can not be reached', async () => {
    const { answer, asked } = await ask({ status: 429 }, { text: '{"digit":2}' });
    expect(answer.kind).toBe('ok');
    expect(asked).toHaveLength(2);
    expect((await ask({ status: 400 })).answer.kind).toBe('unreachable');
  });
});
