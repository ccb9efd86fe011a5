import { type IncomingMessage, request } from 'node:http';

export interface Outgoing {
  /** `http://127.0.0.1:4711`, nothing behind it. */
  readonly origin: string;
  readonly method: string;
  /** Path and query as they go over the wire. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | null;
}

export interface Incoming {
  readonly status: number;
  /** Names in lower case; several values of one name joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly setCookies: readonly string[];
  readonly body: Buffer;
}

/**
 * Sends one HTTP request on a connection of its own and follows nothing. Rejects with a TimeoutError
 * when the answer isn't complete in time, with the socket's error when the connection breaks.
 */
export function send(outgoing: Outgoing): Promise<Incoming> {
  const timeout = AbortSignal.timeout(outgoing.timeoutMs);
  const signal = outgoing.signal ? AbortSignal.any([outgoing.signal, timeout]) : timeout;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(signal.aborted ? signal.reason : error);
    const target = new URL(outgoing.origin);
    const { method, path } = outgoing;
    const headers = {
      ...outgoing.headers,
      ...(outgoing.body ? { 'content-length': `${outgoing.body.length}` } : {}),
    };
    const call = request(
      { host: target.hostname, port: target.port, method, path, headers, agent: false, signal },
      (response) => collect(response).then(resolve, fail),
    );
    call.on('error', fail);
    call.end(outgoing.body ?? undefined);
  });
}

/** The status a GET of the path is answered with, or null when nobody answers in time. */
export async function ask(
  origin: string,
  path: string,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<number | null> {
  const outgoing = { origin, method: 'GET', path, headers: {}, body: null, timeoutMs };
  try {
    return (await send({ ...outgoing, signal: signal ?? null })).status;
  } catch {
    signal?.throwIfAborted();
    return null;
  }
}

async function collect(response: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    status: response.statusCode ?? 0,
    headers,
    setCookies: response.headers['set-cookie'] ?? [],
    body: Buffer.concat(chunks),
  };
}
