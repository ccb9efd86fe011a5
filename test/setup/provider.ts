import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One reply: what the model says, or how the connection goes wrong. */
export interface Reply {
  text?: string;
  refusal?: string;
  cut?: boolean;
  status?: number;
  retryAfter?: string;
  /** Say nothing, or break off in the middle of the body, or answer as a proxy's error page. */
  broken?: 'hang' | 'cut-body' | 'html';
  /** Half of a stream's events, and then how it goes on: an error, half an event, the end, or no connection. */
  stream?: 'error' | 'half-event' | 'end' | 'cut';
}

export interface Asked {
  path: string;
  authorization: string;
  body: Record<string, unknown>;
}

/**
 * A server on loopback that speaks both providers' wire formats, streamed where asked to, and replays the
 * given replies in order.
 */
export async function startProvider(replies: Reply[]) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let raw = '';
    for await (const chunk of request) raw += chunk;
    const path = request.url ?? '';
    const body = JSON.parse(raw) as Record<string, unknown>;
    asked.push({ path, authorization: request.headers.authorization ?? '', body });
    const reply = replies[Math.min(asked.length, replies.length) - 1] ?? {};
    if (reply.broken) return breakDown(response, reply.broken);
    if (reply.status) {
      response.writeHead(reply.status, {
        'content-type': 'application/json',
        'retry-after': reply.retryAfter ?? '0',
      });
      response.end(JSON.stringify({ type: 'error', error: { message: 'no', type: 'api_error' } }));
      return;
    }
    const wire = WIRES.find(({ ends }) => path.endsWith(ends))!;
    if (body['stream'] !== true) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(wire.answer(reply)));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const events: object[] = wire.events(reply);
    const sent = reply.stream ? events.slice(0, Math.floor(events.length / 2)) : events;
    for (const event of sent) {
      const name = 'type' in event ? `event: ${event.type}\n` : '';
      response.write(`${name}data: ${JSON.stringify(event)}\n\n`);
    }
    if (reply.stream) return breakStream(response, reply.stream, wire.error);
    response.end(wire.ends === '/chat/completions' ? 'data: [DONE]\n\n' : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url, asked, close };
}

function breakDown(response: ServerResponse, how: NonNullable<Reply['broken']>): void {
  if (how === 'hang') return;
  if (how === 'html') {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html><body>Bad gateway</body></html>');
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
  response.write('{"id":"x","con');
  setTimeout(() => response.destroy(), 20);
}

function breakStream(
  response: ServerResponse,
  how: NonNullable<Reply['stream']>,
  error: string,
): void {
  if (how === 'cut') return void setTimeout(() => response.destroy(), 20);
  response.end({ error, 'half-event': 'event: x\ndata: {"ty\n\n', end: '' }[how]);
}

function messageOf({ text = '', refusal, cut }: Reply) {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'test',
    content: [{ type: 'text', text: refusal ?? text }],
    stop_reason: refusal ? 'refusal' : cut ? 'max_tokens' : 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 100, output_tokens: 20, cache_read_input_tokens: 40 },
  };
}

function messageEvents(reply: Reply) {
  const { content, stop_reason, stop_sequence, usage, ...rest } = messageOf(reply);
  const begun = {
    ...rest,
    content: [],
    stop_reason: null,
    stop_sequence,
    usage: { ...usage, output_tokens: 1 },
  };
  const text = content[0]!.text;
  const half = Math.ceil(text.length / 2);
  return [
    { type: 'message_start', message: begun },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...[text.slice(0, half), text.slice(half)].map((part) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: part },
    })),
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason, stop_sequence }, usage: { output_tokens: 20 } },
    { type: 'message_stop' },
  ];
}

function responseOf({ text = '', refusal, cut }: Reply) {
  const content = refusal
    ? { type: 'refusal', refusal }
    : { type: 'output_text', text, annotations: [] };
  return {
    id: 'resp_1',
    object: 'response',
    status: cut ? 'incomplete' : 'completed',
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    model: 'test',
    output: [
      { id: 'm1', type: 'message', role: 'assistant', status: 'completed', content: [content] },
    ],
    usage: {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 40 },
      output_tokens: 20,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 120,
    },
  };
}

function responseEvents(reply: Reply) {
  const response = responseOf(reply);
  const [item] = response.output;
  const [part] = item!.content;
  const at = { output_index: 0, item_id: 'm1' };
  const begun = { ...response, status: 'in_progress', output: [] };
  const delta = reply.refusal
    ? { type: 'response.refusal.delta', ...at, content_index: 0, delta: reply.refusal }
    : { type: 'response.output_text.delta', ...at, content_index: 0, delta: reply.text ?? '' };
  const empty = reply.refusal ? { type: 'refusal', refusal: '' } : { ...part, text: '' };
  return [
    { type: 'response.created', response: begun },
    { type: 'response.output_item.added', ...at, item: { ...item, content: [] } },
    { type: 'response.content_part.added', ...at, content_index: 0, part: empty },
    delta,
    { type: 'response.content_part.done', ...at, content_index: 0, part },
    { type: 'response.output_item.done', ...at, item },
    { type: reply.cut ? 'response.incomplete' : 'response.completed', response },
  ].map((event, index) => ({ ...event, sequence_number: index }));
}

const CHAT_USAGE = {
  prompt_tokens: 100,
  prompt_tokens_details: { cached_tokens: 40 },
  completion_tokens: 20,
  total_tokens: 120,
};

function completionOf({ text = '', refusal, cut }: Reply) {
  const message = { role: 'assistant', content: refusal ? null : text, refusal: refusal ?? null };
  const finish_reason = cut ? 'length' : 'stop';
  const choices = [{ index: 0, message, finish_reason, logprobs: null }];
  return {
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'test',
    choices,
    usage: CHAT_USAGE,
  };
}

function completionEvents(reply: Reply) {
  const { choices, usage: _, ...rest } = completionOf(reply);
  const { message, finish_reason } = choices[0]!;
  const chunk = (delta: object, reason: string | null) => ({
    ...rest,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: reason, logprobs: null }],
  });
  const ended = { ...rest, object: 'chat.completion.chunk', choices: [], usage: CHAT_USAGE };
  return [chunk(message, null), chunk({}, finish_reason), ended];
}

/** What a provider that fails in the middle of a stream says, in its own words. */
const ERRORS = {
  response:
    'event: error\ndata: {"type":"error","code":"server_error","message":"Overloaded","param":null,"sequence_number":9}\n\n',
  completion: 'data: {"error":{"message":"Overloaded","type":"server_error"}}\n\n',
  message:
    'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
};

const WIRES = [
  { ends: '/responses', answer: responseOf, events: responseEvents, error: ERRORS.response },
  {
    ends: '/chat/completions',
    answer: completionOf,
    events: completionEvents,
    error: ERRORS.completion,
  },
  { ends: '/messages', answer: messageOf, events: messageEvents, error: ERRORS.message },
];
