import type OpenAI from 'openai';
import type { Said, Wire } from './wire.ts';

/** OpenAI's Chat Completions; its published description holds what is sent here to it. */
export const completions: Wire = {
  ends: '/chat/completions',
  answer: completionOf,
  events: chunksOf,
  refused: (message) => ({ error: { message, type: 'api_error', param: null, code: null } }),
  streamedError: 'data: {"error":{"message":"Overloaded","type":"server_error"}}\n\n',
};

const ABOUT = { id: 'c1', created: 1, model: 'test' };
const USAGE: OpenAI.CompletionUsage = {
  prompt_tokens: 100,
  prompt_tokens_details: { cached_tokens: 40 },
  completion_tokens: 20,
  total_tokens: 120,
};

function completionOf({ text = '', refusal, cut }: Said): OpenAI.ChatCompletion {
  const message = {
    role: 'assistant',
    content: refusal ? null : text,
    refusal: refusal ?? null,
  } as const;
  const finish_reason = cut ? 'length' : 'stop';
  const choices = [{ index: 0, message, finish_reason, logprobs: null } as const];
  return { ...ABOUT, object: 'chat.completion', choices: [...choices], usage: USAGE };
}

function chunksOf(said: Said): OpenAI.ChatCompletionChunk[] {
  const [{ message, finish_reason }] = completionOf(said).choices as [OpenAI.ChatCompletion.Choice];
  const chunk = (
    delta: OpenAI.ChatCompletionChunk.Choice.Delta,
    reason: OpenAI.ChatCompletionChunk.Choice['finish_reason'],
  ): OpenAI.ChatCompletionChunk => ({
    ...ABOUT,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: reason, logprobs: null }],
  });
  const { role, content, refusal } = message;
  return [
    chunk({ role, content, refusal }, null),
    chunk({}, finish_reason),
    { ...ABOUT, object: 'chat.completion.chunk', choices: [], usage: USAGE },
  ];
}
