import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Reply {
  text?: string;
  refusal?: string;
  cut?: boolean;
  status?: number;
}

export interface Asked {
  path: string;
  authorization: string;
  body: Record<string, unknown>;
}

/** A server on loopback that speaks both providers' wire formats and replays the given replies in order. */
export async function startProvider(replies: Reply[]) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let raw = '';
    for await (const chunk of request) raw += chunk;
    const path = request.url ?? '';
    const body = JSON.parse(raw) as Record<string, unknown>;
    asked.push({ path, authorization: request.headers.authorization ?? '', body });
    const reply = replies[Math.min(asked.length, replies.length) - 1] ?? {};
    response.writeHead(reply.status ?? 200, {
      'content-type': 'application/json',
      'retry-after': '0',
    });
    const answer = path.endsWith('/responses') ? openaiAnswer(reply) : anthropicAnswer(reply);
    response.end(
      JSON.stringify(reply.status ? { error: { message: 'no', type: 'api_error' } } : answer),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked, close: () => new Promise((resolve) => server.close(resolve)) };
}

function anthropicAnswer({ text = '', refusal, cut }: Reply) {
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

function openaiAnswer({ text = '', refusal, cut }: Reply) {
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
