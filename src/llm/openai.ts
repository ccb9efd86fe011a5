import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import { digest } from '../kernel/digest.ts';
import { type Llm, readAnswer, type Usage } from './llm.ts';

/** OpenAI's Responses API (or anything that speaks it) with structured output. `baseUrl` ends in `/v1`. */
export function openOpenai(options: {
  readonly apiKey: string;
  readonly model: string;
  readonly baseUrl: string | null;
}): Llm {
  const { apiKey, model, baseUrl } = options;
  const client = new OpenAI({ apiKey, baseURL: baseUrl });
  return {
    provider: 'openai',
    model,
    ask: async ({ system, prompt, schema, name, maxTokens }, { signal }) => {
      try {
        const response = await client.responses.create(
          {
            model,
            instructions: system,
            input: prompt,
            max_output_tokens: maxTokens,
            store: false,
            prompt_cache_key: digest(system).slice(0, 32),
            text: { format: zodTextFormat(schema, name) },
          },
          { signal },
        );
        const usage = readUsage(response.usage);
        const parts = response.output.flatMap((item) =>
          item.type === 'message' ? item.content : [],
        );
        const refusal = parts.find((part) => part.type === 'refusal');
        if (refusal) return { kind: 'refused', text: refusal.refusal, usage };
        const text = parts.map((part) => (part.type === 'output_text' ? part.text : '')).join('');
        if (response.status === 'incomplete') return { kind: 'truncated', text, usage };
        return readAnswer(schema, text, usage);
      } catch (error) {
        signal.throwIfAborted();
        return { kind: 'unreachable', message: (error as Error).message };
      }
    },
  };
}

function readUsage(usage: OpenAI.Responses.ResponseUsage | undefined): Usage {
  return {
    inputTokens: usage?.input_tokens ?? 0,
    cachedTokens: usage?.input_tokens_details?.cached_tokens ?? 0,
    outputTokens: usage?.output_tokens ?? 0,
  };
}
