import Anthropic from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { type Llm, readAnswer, type Usage } from './llm.ts';

/** Anthropic's Messages API with structured output. `baseUrl` is without `/v1`. */
export function openAnthropic(options: {
  readonly apiKey: string;
  readonly model: string;
  readonly baseUrl: string | null;
}): Llm {
  const { apiKey, model, baseUrl } = options;
  const client = new Anthropic({ apiKey, authToken: null, baseURL: baseUrl });
  return {
    provider: 'anthropic',
    model,
    ask: async ({ system, prompt, schema, maxTokens }, { signal }) => {
      try {
        const message = await client.messages.create(
          {
            model,
            max_tokens: maxTokens,
            system: [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }],
            messages: [{ role: 'user', content: prompt }],
            output_config: { format: zodOutputFormat(schema) },
          },
          { signal },
        );
        const text = message.content
          .map((part) => (part.type === 'text' ? part.text : ''))
          .join('');
        const usage = readUsage(message.usage);
        if (message.stop_reason === 'refusal') return { kind: 'refused', text, usage };
        if (message.stop_reason === 'max_tokens') return { kind: 'truncated', text, usage };
        return readAnswer(schema, text, usage);
      } catch (error) {
        signal.throwIfAborted();
        return { kind: 'unreachable', message: (error as Error).message };
      }
    },
  };
}

function readUsage(usage: Anthropic.Usage): Usage {
  const cached = usage.cache_read_input_tokens ?? 0;
  return {
    inputTokens: usage.input_tokens + cached + (usage.cache_creation_input_tokens ?? 0),
    cachedTokens: cached,
    outputTokens: usage.output_tokens,
  };
}
