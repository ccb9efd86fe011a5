import type Anthropic from '@anthropic-ai/sdk';
import type { Said, Wire } from './wire.ts';

/** Anthropic's Messages API, as its SDK types it. */
export const messages: Wire = {
  ends: '/messages',
  answer: messageOf,
  events: eventsOf,
  refused: (message) => ({
    type: 'error',
    error: { type: 'api_error', message },
    request_id: null,
  }),
  streamedError:
    'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
};

const USAGE: Anthropic.Usage = {
  input_tokens: 100,
  output_tokens: 20,
  output_tokens_details: null,
  cache_read_input_tokens: 40,
  cache_creation_input_tokens: 0,
  cache_creation: null,
  inference_geo: null,
  server_tool_use: null,
  service_tier: 'standard',
  speed: null,
};

function messageOf({ text = '', refusal, cut }: Said): Anthropic.Message {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'test',
    container: null,
    diagnostics: null,
    content: [{ type: 'text', text: refusal ?? text, citations: null }],
    stop_reason: refusal ? 'refusal' : cut ? 'max_tokens' : 'end_turn',
    stop_details: null,
    stop_sequence: null,
    usage: USAGE,
  };
}

function eventsOf(said: Said): Anthropic.RawMessageStreamEvent[] {
  const message = messageOf(said);
  const { stop_reason, stop_details, stop_sequence, container } = message;
  const usage = { ...USAGE, output_tokens: 1 };
  const text = said.refusal ?? said.text ?? '';
  const half = Math.ceil(text.length / 2);
  return [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null, usage } },
    {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'text', text: '', citations: null },
    },
    ...[text.slice(0, half), text.slice(half)].map((part) => ({
      type: 'content_block_delta' as const,
      index: 0,
      delta: { type: 'text_delta' as const, text: part },
    })),
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason, stop_details, stop_sequence, container },
      usage: USAGE,
    },
    { type: 'message_stop' },
  ];
}
