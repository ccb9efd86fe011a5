import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import type { ProviderOptions } from './anthropic.ts';
import { readFailure } from './failure.ts';
import { type Answer, type Llm, readAnswer, type Usage } from './llm.ts';

/** OpenAI's Chat Completions, which most local and hosted servers of open models speak. `baseUrl` ends in `/v1`. */
export function openOpenaiChat({ apiKey, model, baseUrl, stream }: ProviderOptions): Llm {
  const client = new OpenAI({ apiKey, baseURL: baseUrl, maxRetries: 0, logLevel: 'off' });
  return {
    provider: 'openai',
    model,
    ask: async ({ system, prompt, schema, name, maxTokens }, { signal }) => {
      const { json_schema } = zodResponseFormat(schema, name);
      const body = {
        model,
        messages: [
          { role: 'system' as const, content: system },
          { role: 'user' as const, content: prompt },
        ],
        max_completion_tokens: maxTokens,
        response_format: { type: 'json_schema' as const, json_schema },
      } satisfies OpenAI.ChatCompletionCreateParamsNonStreaming;
      try {
        const completion = stream
          ? await collected(
              await client.chat.completions.create(
                { ...body, stream, stream_options: { include_usage: true } },
                { signal },
              ),
            )
          : wholeOf(await client.chat.completions.create(body, { signal }));
        return readCompletion(completion, (text, used) => readAnswer(schema, text, used));
      } catch (error) {
        signal.throwIfAborted();
        return readFailure(error, apiKey);
      }
    },
  };
}

interface Completion {
  readonly text: string;
  readonly refusal: string;
  readonly ended: string;
  readonly usage: OpenAI.CompletionUsage | null | undefined;
}

function wholeOf({ choices, usage }: OpenAI.ChatCompletion): Completion {
  const [choice] = choices ?? [];
  if (!choice) throw new Error('What answered does not speak Chat Completions.');
  const { content, refusal } = choice.message;
  return { text: content ?? '', refusal: refusal ?? '', ended: choice.finish_reason, usage };
}

/** What a stream's chunks add up to; the SDK's own collector fails on an answer that is cut or not JSON. */
async function collected(chunks: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<Completion> {
  let all: Completion = { text: '', refusal: '', ended: '', usage: null };
  for await (const { choices, usage } of chunks) {
    const [choice] = choices;
    all = {
      text: all.text + (choice?.delta.content ?? ''),
      refusal: all.refusal + (choice?.delta.refusal ?? ''),
      ended: choice?.finish_reason ?? all.ended,
      usage: usage ?? all.usage,
    };
  }
  if (all.ended === '') throw new Error('The stream broke off.');
  return all;
}

function readCompletion<Value>(
  { text, refusal, ended, usage }: Completion,
  read: (text: string, usage: Usage) => Answer<Value>,
): Answer<Value> {
  const used = {
    inputTokens: usage?.prompt_tokens ?? 0,
    cachedTokens: usage?.prompt_tokens_details?.cached_tokens ?? 0,
    outputTokens: usage?.completion_tokens ?? 0,
  };
  if (refusal !== '' || ended === 'content_filter') {
    return { kind: 'refused', text: refusal || text, usage: used };
  }
  if (ended === 'length') return { kind: 'truncated', text, usage: used };
  return read(text, used);
}
