import { addressAt } from '../kernel/app-path.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { encodeBody } from '../kernel/request-body.ts';
import type { When } from '../plan/plan.ts';
import type { ApiCall } from '../state/state.ts';

/** What came back; `body` is parsed where it is JSON, else text, as far as it was read. Header names are in lower case. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The Set-Cookie lines. */
  readonly cookies: readonly string[];
  readonly body: unknown;
}

const TIMEOUT_MS = 15_000;

/** Sends a settled request to the app and no further: redirects are answers. Throws `run.callFailed` unless the status is as expected. */
export async function callApp(
  call: ApiCall,
  request: When,
  { url, signal }: { url: string; signal?: AbortSignal | undefined },
): Promise<Answer> {
  const answer = await send(request, { url, signal, about: call.name });
  const { min, max } = call.expect;
  if (answer.status >= min && answer.status <= max) return answer;
  throw new StatewrightError(
    'run.callFailed',
    `${request.method} ${request.path} for "${call.name}" answered ${answer.status}: ${excerpt(answer.body)}`,
    {
      hint: `It is asked because ${call.reason}. Try the request by hand against the app.`,
      facts: {
        call: call.name,
        status: answer.status,
        path: request.path,
        retryAfter: answer.headers['retry-after'] ?? null,
      },
    },
  );
}

/** Whether the app is done with a request that failed this way: it answered, or the connection ended. */
export function isOver(error: unknown): boolean {
  if (!(error instanceof StatewrightError)) return false;
  const { cause } = error;
  return !(cause instanceof Error && cause.name === 'TimeoutError');
}

/** An address of the app itself. A model says what is asked, never where. */
function targetOf(path: string, url: string): URL {
  const target = addressAt(path, url);
  if (target) return target;
  throw new StatewrightError('run.outsideApp', `Not a path of the app: ${path.slice(0, 200)}`, {
    hint: 'The routes of an app begin with "/". Nothing was asked.',
    facts: { path },
    ending: 'refused',
  });
}

async function send(
  request: When,
  { url, signal, about }: { url: string; signal: AbortSignal | undefined; about: string },
): Promise<Answer> {
  const target = targetOf(request.path, url);
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const asked = Object.fromEntries(
    Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), `${value}`]),
  );
  const payload =
    request.body === undefined || request.method === 'GET'
      ? null
      : await encodeBody(request.body, asked['content-type']);
  const cookies = Object.entries(request.cookies ?? {}).map(([name, value]) => `${name}=${value}`);
  try {
    const response = await fetch(target, {
      method: request.method,
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        connection: 'close',
        ...(cookies.length > 0 ? { cookie: cookies.join('; ') } : {}),
        ...asked,
        ...(payload ? { 'content-type': payload.type } : {}),
      },
      ...(payload ? { body: payload.bytes } : {}),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const text = await beginning(response);
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      cookies: response.headers.getSetCookie(),
      body: parsed(text),
    };
  } catch (cause) {
    signal?.throwIfAborted();
    throw new StatewrightError(
      'run.appUnreachable',
      `The app at ${url} gave no answer to ${request.method} ${request.path} for "${about}".`,
      {
        hint: 'Check that the app runs and what it wrote to its log.',
        facts: { url, call: about },
        cause,
      },
    );
  }
}

const READ_BYTES = 4 * 1024 * 1024;

/** The body as text, no more of it than anybody looks at. */
async function beginning({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    parts.push(part);
    size += part.length;
    if (size >= READ_BYTES) break;
  }
  return Buffer.concat(parts).toString('utf8', 0, READ_BYTES);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function excerpt(body: unknown): string {
  return (typeof body === 'string' ? body : JSON.stringify(body)).slice(0, 200);
}
