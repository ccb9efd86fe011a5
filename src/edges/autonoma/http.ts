import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOn } from '../../kernel/listen.ts';
import { answer, type ProtocolOptions, type Told } from './protocol.ts';

const MAX_BODY = 1024 * 1024;

/** Serves the protocol at `/`, by POST alone. */
export async function serveProtocol(
  { host, port }: { readonly host: string; readonly port: number },
  options: ProtocolOptions,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    try {
      tell(response, await answered(request, options));
    } catch (error) {
      tell(response, { status: 500, body: { error: 'Internal error', code: 'INTERNAL_ERROR' } });
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    }
  });
  const own = await listenOn(server, { host, port });
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${own}/`, close };
}

async function answered(request: IncomingMessage, options: ProtocolOptions): Promise<Told> {
  if (request.method !== 'POST') return refusal(405, 'INVALID_BODY', 'Only POST is answered.');
  const body = await bodyOf(request);
  if (body === null) return refusal(413, 'INVALID_BODY', 'The body is larger than 1 MiB.');
  const header = (name: string) => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  const asked = {
    body,
    bodySignature: header('x-signature') ?? '',
    timestamp: header('x-statewright-timestamp'),
    nonce: header('x-statewright-nonce'),
    signature: header('x-statewright-signature'),
  };
  return answer(asked, options);
}

/** The body's very characters: what is signed is what was sent. Null where there is too much of it. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function refusal(status: number, code: string, error: string): Told {
  return { status, body: { error, code } };
}

function tell(response: ServerResponse, { status, body }: Told): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
