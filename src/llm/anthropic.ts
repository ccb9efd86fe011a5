import Anthropic from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { readFailure } from './failure.ts';
import { type Answer, type Llm, readAnswer, type Usage } from './llm.ts';

/** What both provider adapters are opened with. Neither tries again (`withPatience` does) or prints. */
export interface ProviderOptions {
  readonly apiKey: string;
  readonly model: string;
  readonly baseUrl: string | null;
  /** Whether the answer is streamed: a connection that idles long is then not cut by what lies between. */
  readonly stream: boolean;
}

/** Anthropic's Messages API with structured output. `baseUrl` is without `/v1`. */
export function openAnthropic({ apiKey, model, baseUrl, stream }: ProviderOptions): Llm {
  const client = new Anthropic({
    apiKey,
    authToken: null,
    baseURL: baseUrl,
    maxRetries: 0,
    logLevel: 'off',
  });
  return {
    provider: 'anthropic',
    model,
    ask: async ({ system, prompt, schema, maxTokens }, { signal }) => {
      const body = {
        model,
        max_tokens: maxTokens,
        system: [
          { type: 'text' as const, text: system, cache_control: { type: 'ephemeral' as const } },
        ],
        messages: [{ role: 'user' as const, content: prompt }],
        output_config: {
          format: { type: 'json_schema' as const, schema: zodOutputFormat(schema).schema },
        },
      } satisfies Anthropic.MessageCreateParamsNonStreaming;
      try {
        const message = stream
          ? await client.messages.stream(body, { signal }).finalMessage()
          : await client.messages.create(body, { signal });
        return readMessage(message, (text, usage) => readAnswer(schema, text, usage));
      } catch (error) {
        signal.throwIfAborted();
        return readFailure(error, apiKey);
      }
    },
  };
}

function readMessage<Value>(
  message: Anthropic.Message,
  read: (text: string, usage: Usage) => Answer<Value>,
): Answer<Value> {
  if (!Array.isArray(message?.content) || !message.usage) throw notTheApi();
  const text = message.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  const usage = readUsage(message.usage);
  switch (message.stop_reason) {
    case 'refusal':
      return { kind: 'refused', text, usage };
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return { kind: 'truncated', text, usage };
    default:
      return read(text, usage);
  }
}

function notTheApi(): Error {
  return new Error('What answered does not speak the Messages API.');
}

function readUsage(usage: Anthropic.Usage): Usage {
  const cached = usage.cache_read_input_tokens ?? 0;
  return {
    inputTokens: usage.input_tokens + cached + (usage.cache_creation_input_tokens ?? 0),
    cachedTokens: cached,
    outputTokens: usage.output_tokens,
  };
}
