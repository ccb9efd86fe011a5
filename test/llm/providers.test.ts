import { afterAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { openAnthropic } from '../../src/llm/anthropic.ts';
import type { Llm } from '../../src/llm/llm.ts';
import { openOpenai } from '../../src/llm/openai.ts';
import { openOpenaiChat } from '../../src/llm/openai-chat.ts';
import { withPatience } from '../../src/llm/patience.ts';
import { type Reply, startProvider } from '../setup/provider.ts';

const open: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of open) await close();
});

const schema = z.object({ digit: z.number() });
const key = { apiKey: 'key-for-test', model: 'm' };
const connect = {
  anthropic: (url: string, stream: boolean): Llm => openAnthropic({ ...key, baseUrl: url, stream }),
  openai: (url: string, stream: boolean): Llm =>
    openOpenai({ ...key, baseUrl: `${url}/v1`, stream }),
  chat: (url: string, stream: boolean): Llm =>
    openOpenaiChat({ ...key, baseUrl: `${url}/v1`, stream }),
};
const PATHS = {
  anthropic: '/v1/messages',
  openai: '/v1/responses',
  chat: '/v1/chat/completions',
};
const ways = (['anthropic', 'openai', 'chat'] as const).flatMap((name) =>
  [false, true].map((stream) => ({ name, stream })),
);
const question = {
  system: 'Rules.',
  prompt: 'Ask.',
  schema,
  name: 'digit',
  maxTokens: 50,
  about: 'a digit',
};

// Most of the time passes in pauses between tries.
describe.concurrent.each(ways)('$name, streamed: $stream', ({ name, stream }) => {
  async function ask(...replies: Reply[]) {
    const timeoutMs = replies[0]?.broken === 'hang' ? 300 : 20_000;
    const provider = await startProvider(replies);
    open.push(provider.close);
    const llm = withPatience(connect[name](provider.url, stream), { tries: 3, timeoutMs });
    const { signal } = new AbortController();
    return { answer: await llm.ask(question, { signal }), asked: provider.asked };
  }

  test('returns the parsed answer with its usage, and sends the schema and the key as a bearer', async () => {
    const { answer, asked } = await ask({ text: '{"digit":7}' });
    const usage = {
      inputTokens: name === 'anthropic' ? 140 : 100,
      cachedTokens: 40,
      outputTokens: 20,
    };
    expect(answer).toMatchObject({ kind: 'ok', value: { digit: 7 }, usage });
    expect(asked[0]?.authorization).toBe('Bearer key-for-test');
    expect(JSON.stringify(asked[0]?.body)).toContain('"digit"');
    expect(asked[0]?.path).toBe(PATHS[name]);
    expect(asked[0]?.body['stream'] === true).toBe(stream);
  });

  test('keeps the text of an answer of the wrong shape, and of one that is not JSON', async () => {
    const wrong = await ask({ text: '{"digit":"seven"}' });
    expect(wrong.answer).toMatchObject({ kind: 'invalid', text: '{"digit":"seven"}' });
    const broken = await ask({ text: '{"digit":' });
    const issues = [expect.stringContaining('not JSON')];
    expect(broken.answer).toMatchObject({ kind: 'invalid', issues, usage: { outputTokens: 20 } });
  });

  test('tells a refusal and a cut answer apart', async () => {
    const refused = await ask({ refusal: 'I would rather not.' });
    expect(refused.answer).toMatchObject({ kind: 'refused', text: 'I would rather not.' });
    expect((await ask({ text: '{"digit":1', cut: true })).answer.kind).toBe('truncated');
  });

  test('tries again when the provider is busy or down, as often as it may', async () => {
    const busy = await ask({ status: 429 }, { status: 529 }, { text: '{"digit":2}' });
    expect(busy.answer.kind).toBe('ok');
    expect(busy.asked).toHaveLength(3);
    const down = await ask({ status: 500 });
    expect(down.answer).toMatchObject({ kind: 'unreachable', because: 'down' });
    expect(down.asked).toHaveLength(3);
  });

  test('does not wait longer than it is worth when told to', async () => {
    const { answer, asked } = await ask({ status: 429, retryAfter: '3600' });
    expect(answer).toMatchObject({ because: 'busy', retryAfterMs: 3_600_000 });
    expect(asked).toHaveLength(1);
  });

  test('asks once with a key or a request that is wrong, and tells neither key', async () => {
    const wrongKey = await ask({ status: 401 });
    expect(wrongKey.answer).toMatchObject({ kind: 'unreachable', because: 'key' });
    expect(JSON.stringify(wrongKey.answer)).not.toContain('key-for-test');
    const wrongRequest = await ask({ status: 400 });
    expect(wrongRequest.answer).toMatchObject({ because: 'request' });
    expect([...wrongKey.asked, ...wrongRequest.asked]).toHaveLength(2);
  });

  test('ends with a provider that hangs, breaks off or is none', async () => {
    expect((await ask({ broken: 'hang' })).answer).toMatchObject({ because: 'timeout' });
    expect((await ask({ broken: 'cut-body' })).answer).toMatchObject({ because: 'down' });
    expect((await ask({ broken: 'html' })).answer).toMatchObject({ because: 'down' });
  });

  test('is called off at once', async () => {
    const provider = await startProvider([{ broken: 'hang' }]);
    open.push(provider.close);
    const llm = withPatience(connect[name](provider.url, stream), { tries: 3, timeoutMs: 60_000 });
    const off = new AbortController();
    setTimeout(() => off.abort(new Error('called off')), 50);
    await expect(llm.ask(question, { signal: off.signal })).rejects.toThrow('called off');
  });
});

// An SDK takes hold of the console once.
const printed = vi.spyOn(console, 'error');

describe.concurrent.each(ways.filter(({ stream }) => stream))('a stream of $name', ({ name }) => {
  async function ask(...replies: Reply[]) {
    const provider = await startProvider(replies);
    open.push(provider.close);
    const llm = withPatience(connect[name](provider.url, true), { tries: 2, timeoutMs: 20_000 });
    return llm.ask(question, new AbortController());
  }
  const text = '{"digit":7}';

  test.each(['error', 'half-event', 'end', 'cut'] as const)(
    'that breaks off (%s) is a provider that is down, no answer, and prints none of it',
    async (how) => {
      const answer = await ask({ text, stream: how });
      expect(answer).toMatchObject({ kind: 'unreachable', because: 'down' });
      if (how === 'error')
        expect(answer).toMatchObject({ message: expect.stringContaining('Overloaded') });
      expect(await ask({ text, stream: how }, { text })).toMatchObject({ value: { digit: 7 } });
      expect(printed).not.toHaveBeenCalled();
    },
  );
});

test('a provider that is not there is down', async () => {
  const { url, close } = await startProvider([]);
  await close();
  for (const name of ['anthropic', 'openai', 'chat'] as const) {
    const answer = await connect[name](url, false).ask(question, new AbortController());
    expect(answer).toMatchObject({ kind: 'unreachable', because: 'down' });
  }
});
