import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { completions } from './wire/completions.ts';
import { messages } from './wire/messages.ts';
import { responses } from './wire/responses.ts';
import type { Said, Wire } from './wire/wire.ts';

const WIRES: readonly Wire[] = [messages, responses, completions];

/** One reply: what the model says, or how the connection goes wrong. */
export interface Reply extends Said {
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
 * given replies in order, the last one ever after; or replies to what it is asked.
 */
export async function startProvider(replies: Reply[] | ((raw: string) => Reply)) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let raw = '';
    for await (const chunk of request) raw += chunk;
    const path = request.url ?? '';
    const body = JSON.parse(raw) as Record<string, unknown>;
    asked.push({ path, authorization: request.headers.authorization ?? '', body });
    const reply =
      typeof replies === 'function'
        ? replies(raw)
        : (replies[Math.min(asked.length, replies.length) - 1] ?? {});
    const wire = WIRES.find(({ ends }) => path.endsWith(ends))!;
    if (reply.broken) return breakDown(response, reply.broken);
    if (reply.status) {
      response.writeHead(reply.status, {
        'content-type': 'application/json',
        'retry-after': reply.retryAfter ?? '0',
      });
      response.end(JSON.stringify(wire.refused('no')));
      return;
    }
    if (body['stream'] !== true) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(wire.answer(reply)));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const events = wire.events(reply);
    const sent = reply.stream ? events.slice(0, Math.floor(events.length / 2)) : events;
    for (const event of sent) {
      const name = 'type' in event ? `event: ${event.type}\n` : '';
      response.write(`${name}data: ${JSON.stringify(event)}\n\n`);
    }
    if (reply.stream) return breakStream(response, reply.stream, wire.streamedError);
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
