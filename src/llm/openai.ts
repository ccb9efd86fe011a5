import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import { digest } from '../kernel/digest.ts';
import type { ProviderOptions } from './anthropic.ts';
import { readFailure } from './failure.ts';
import { type Answer, type Llm, readAnswer, type Usage } from './llm.ts';

/** OpenAI's Responses API (or anything that speaks it) with structured output. `baseUrl` ends in `/v1`. */
export function openOpenai({ apiKey, model, baseUrl, stream }: ProviderOptions): Llm {
  const client = new OpenAI({ apiKey, baseURL: baseUrl, maxRetries: 0, logLevel: 'off' });
  return {
    provider: 'openai',
    model,
    ask: async ({ system, prompt, schema, name, maxTokens }, { signal }) => {
      const { type, schema: shape, strict } = zodTextFormat(schema, name);
      const body = {
        model,
        instructions: system,
        input: prompt,
        max_output_tokens: maxTokens,
        store: false,
        prompt_cache_key: digest(system).slice(0, 32),
        text: { format: { type, name, schema: shape, strict: strict ?? true } },
      } satisfies OpenAI.Responses.ResponseCreateParamsNonStreaming;
      try {
        const response = stream
          ? await lastOf(await client.responses.create({ ...body, stream }, { signal }))
          : await client.responses.create(body, { signal });
        return readResponse(response, (text, usage) => readAnswer(schema, text, usage));
      } catch (error) {
        signal.throwIfAborted();
        return readFailure(error, apiKey);
      }
    },
  };
}

/** The response a stream ends with; the SDK's own collector fails on an answer that is not JSON. */
async function lastOf(
  events: AsyncIterable<OpenAI.Responses.ResponseStreamEvent>,
): Promise<OpenAI.Responses.Response> {
  let last: OpenAI.Responses.Response | undefined;
  for await (const event of events) if ('response' in event) last = event.response;
  if (!last?.status || last.status === 'in_progress') throw new Error('The stream broke off.');
  return last;
}

function readResponse<Value>(
  response: OpenAI.Responses.Response,
  read: (text: string, usage: Usage) => Answer<Value>,
): Answer<Value> {
  if (!Array.isArray(response?.output))
    throw new Error('What answered does not speak the Responses API.');
  if (response.status === 'failed')
    throw new Error(response.error?.message ?? 'The response failed.');
  const usage = readUsage(response.usage);
  const parts = response.output.flatMap((item) => (item.type === 'message' ? item.content : []));
  const refusal = parts.find((part) => part.type === 'refusal');
  if (refusal) return { kind: 'refused', text: refusal.refusal, usage };
  const text = parts.map((part) => (part.type === 'output_text' ? part.text : '')).join('');
  if (response.incomplete_details?.reason === 'content_filter')
    return { kind: 'refused', text, usage };
  if (response.status === 'incomplete') return { kind: 'truncated', text, usage };
  return read(text, usage);
}

function readUsage(usage: OpenAI.Responses.ResponseUsage | undefined): Usage {
  return {
    inputTokens: usage?.input_tokens ?? 0,
    cachedTokens: usage?.input_tokens_details?.cached_tokens ?? 0,
    outputTokens: usage?.output_tokens ?? 0,
  };
}
