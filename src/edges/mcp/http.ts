import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { listenOn } from '../../kernel/listen.ts';

export interface HttpOptions {
  readonly port: number;
  /** What callers must send as a bearer token. */
  readonly token: string;
  /** Called for each session. */
  readonly open: () => McpServer;
}

export interface ServedMcp {
  readonly url: string;
  close(): Promise<void>;
}

const MOST_SESSIONS = 64;

/** Serves MCP over streamable HTTP on loopback, at `/mcp`; browsers' pages are kept out by Host and Origin. */
export async function serveMcp({ port, token, open }: HttpOptions): Promise<ServedMcp> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const hosts = (): string[] => {
    const own = (server.address() as AddressInfo).port;
    return [`127.0.0.1:${own}`, `localhost:${own}`];
  };
  const server = createServer(async (request, response) => {
    const refused = refusalOf(request, { token, hosts: hosts() });
    if (refused) return deny(response, ...refused);
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? sessions.get(id) : undefined;
    if (id !== undefined && !known) return deny(response, 404, 'No such session.');
    if (!known && sessions.size >= MOST_SESSIONS) return deny(response, 503, 'Too many sessions.');
    const transport = known ?? (await newSession(sessions, open));
    await transport.handleRequest(request, response);
  });
  await listenOn(server, { host: '127.0.0.1', port });
  return {
    url: `http://${hosts()[0]}/mcp`,
    async close() {
      await Promise.all([...sessions.values()].map((transport) => transport.close()));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function newSession(
  sessions: Map<string, StreamableHTTPServerTransport>,
  open: HttpOptions['open'],
): Promise<StreamableHTTPServerTransport> {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: (id) => void sessions.set(id, transport),
    onsessionclosed: (id) => void sessions.delete(id),
  });
  // The SDK's own types disagree under exactOptionalPropertyTypes.
  await open().connect(transport as Transport);
  return transport;
}

function refusalOf(
  { url, headers }: IncomingMessage,
  { token, hosts }: { token: string; hosts: readonly string[] },
): [number, string] | null {
  if (url?.split('?')[0] !== '/mcp') return [404, 'MCP is served at /mcp.'];
  if (!hosts.includes(headers.host ?? '')) return [403, 'Not a name of this server.'];
  const from = headers.origin;
  if (from !== undefined && !hosts.some((host) => from === `http://${host}`)) {
    return [403, 'Not for pages of other origins.'];
  }
  return isToken(headers.authorization, token) ? null : [401, 'A bearer token is needed.'];
}

function isToken(header: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}

function deny(response: ServerResponse, status: number, message: string): void {
  const headers = {
    'content-type': 'application/json',
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  };
  const error = { code: -32_000, message };
  response.writeHead(status, headers).end(JSON.stringify({ jsonrpc: '2.0', id: null, error }));
}
