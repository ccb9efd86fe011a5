import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { judgeQuestion } from '../../evals/judges/grade.ts';
import type { Llm } from '../../src/llm/llm.ts';
import { openOpenai } from '../../src/llm/openai.ts';
import { openOpenaiChat } from '../../src/llm/openai-chat.ts';
import { WireSubjects } from '../../src/plan/suggest.ts';
import { WirePlan } from '../../src/plan/wire.ts';
import { faultsOf } from '../setup/openai-description.ts';
import { startProvider } from '../setup/provider.ts';
import { completions } from '../setup/wire/completions.ts';
import { responses } from '../setup/wire/responses.ts';

let provider: Awaited<ReturnType<typeof startProvider>>;
beforeAll(async () => {
  provider = await startProvider([{ text: '{}' }]);
});
afterAll(() => provider.close());

const SENT = {
  responses: { open: openOpenai, schema: 'CreateResponse' },
  chat: { open: openOpenaiChat, schema: 'CreateChatCompletionRequest' },
};

test.each([
  ['responses', false],
  ['responses', true],
  ['chat', false],
  ['chat', true],
] as const)(
  'what is sent to %s, streamed: %s, is a request that OpenAI describes',
  async (name, stream) => {
    const { open, schema } = SENT[name];
    const options = { apiKey: 'key', model: 'm', baseUrl: `${provider.url}/v1`, stream };
    const llm: Llm = open(options);
    const question = {
      system: 'Rules.',
      prompt: 'Ask.',
      schema: WirePlan,
      name: 'plan',
      maxTokens: 50,
      about: 'a plan',
    };
    await llm.ask(question, new AbortController());
    const body = provider.asked.at(-1)?.body;
    expect(faultsOf(schema, body)).toEqual([]);
    expect(faultsOf(schema, { ...body, max_words: 3 })).toEqual(['.max_words: not described']);
    expect(faultsOf(schema, { ...body, model: 7 })).not.toEqual([]);
  },
);

const SAID = {
  text: { text: '{"digit":7}' },
  refusal: { refusal: 'I would rather not.' },
  cut: { text: '{"dig', cut: true },
};

describe.each(Object.entries(SAID))(
  'the tests’ own server speaks as OpenAI describes: %s',
  (_, said) => {
    test('in one piece', () => {
      expect(faultsOf('Response', responses.answer(said))).toEqual([]);
      expect(faultsOf('CreateChatCompletionResponse', completions.answer(said))).toEqual([]);
    });

    test('streamed', () => {
      const events = responses
        .events(said)
        .flatMap((event) => faultsOf('ResponseStreamEvent', event));
      expect(events).toEqual([]);
      const chunks = completions
        .events(said)
        .flatMap((chunk) => faultsOf('CreateChatCompletionStreamResponse', chunk));
      expect(chunks).toEqual([]);
    });
  },
);

test('and so do its errors', () => {
  expect(faultsOf('ErrorResponse', responses.refused('no'))).toEqual([]);
  expect(faultsOf('ErrorResponse', completions.refused('no'))).toEqual([]);
  const [, data = ''] = /data: (.*)/.exec(responses.streamedError) ?? [];
  expect(faultsOf('ResponseStreamEvent', JSON.parse(data))).toEqual([]);
});

test('the shape of an answer is one that OpenAI takes', () => {
  const wording = {
    version: '1',
    inputs: ['items'],
    output: 'grades' as const,
    system: '',
    user: '{{items}}',
  };
  const opinions = judgeQuestion([], { wording, about: '' }).schema;
  for (const answer of [WirePlan, WireSubjects, opinions]) {
    const schema = z.toJSONSchema(answer);
    expect(faultsOf('ResponseFormatJsonSchemaSchema', schema)).toEqual([]);
    // Structured output takes ten levels at most.
    expect(depthOf(schema)).toBeLessThanOrEqual(10);
  }
});

type Shape = z.core.JSONSchema.JSONSchema;

/** How deep objects and lists lie in each other. */
function depthOf({ type, properties = {}, items, anyOf = [], oneOf = [] }: Shape): number {
  const inner = [
    ...Object.values(properties),
    ...(items ? [items].flat() : []),
    ...anyOf,
    ...oneOf,
  ];
  const own = type === 'object' || type === 'array' ? 1 : 0;
  return own + Math.max(0, ...inner.map((one) => depthOf(one as Shape)));
}
