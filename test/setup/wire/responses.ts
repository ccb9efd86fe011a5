import type OpenAI from 'openai';
import type { Said, Wire } from './wire.ts';

/** OpenAI's Responses API; its published description holds what is sent here to it. */
export const responses: Wire = {
  ends: '/responses',
  answer: responseOf,
  events: eventsOf,
  refused: (message) => ({ error: { message, type: 'api_error', param: null, code: null } }),
  streamedError:
    'event: error\ndata: {"type":"error","code":"server_error","message":"Overloaded","param":null,"sequence_number":9}\n\n',
};

/** Without what the SDK makes itself, and what is younger than the description. */
type Response = Omit<OpenAI.Responses.Response, 'output_text' | 'access_programs'>;

function responseOf({ text = '', refusal, cut }: Said): Response {
  const part: OpenAI.Responses.ResponseOutputMessage['content'][number] = refusal
    ? { type: 'refusal', refusal }
    : { type: 'output_text', text, annotations: [], logprobs: [] };
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    status: cut ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    instructions: null,
    metadata: null,
    model: 'test',
    output: [
      { id: 'm1', type: 'message', role: 'assistant', status: 'completed', content: [part] },
    ],
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    usage: {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 40, cache_write_tokens: 0 },
      output_tokens: 20,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 120,
    },
  };
}

function eventsOf(said: Said): object[] {
  const response = responseOf(said);
  const [item] = response.output;
  const [part] = item?.type === 'message' ? item.content : [];
  const at = { output_index: 0, item_id: 'm1', content_index: 0 };
  const begun = { ...response, status: 'in_progress', output: [] };
  const delta = said.refusal
    ? { type: 'response.refusal.delta', ...at, delta: said.refusal }
    : { type: 'response.output_text.delta', ...at, delta: said.text ?? '', logprobs: [] };
  const empty = said.refusal ? { type: 'refusal', refusal: '' } : { ...part, text: '' };
  return [
    { type: 'response.created', response: begun },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, content: [] } },
    { type: 'response.content_part.added', ...at, part: empty },
    delta,
    { type: 'response.content_part.done', ...at, part },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: said.cut ? 'response.incomplete' : 'response.completed', response },
  ].map((event, index) => ({ ...event, sequence_number: index }));
}
