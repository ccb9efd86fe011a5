import type { Answer, Cause } from './llm.ts';

type Unreachable = Extract<Answer<never>, { kind: 'unreachable' }>;

/** What both SDKs throw, as far as it is alike: an error with a status and headers, or none at all. */
interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly status?: number | undefined;
  readonly headers?: { get?: (name: string) => string | null } | undefined;
}

/** Reads what a provider's SDK threw; what it says never holds the key. */
export function readFailure(error: unknown, apiKey: string): Unreachable {
  const thrown = error as Thrown;
  const said = (thrown.message ?? String(error)).replaceAll(apiKey, '[redacted]').slice(0, 500);
  const because = causeOf(thrown);
  return { kind: 'unreachable', because, message: said, retryAfterMs: retryAfter(thrown) };
}

function causeOf({ name = '', message = '', status }: Thrown): Cause {
  if (status === 401 || status === 403) return 'key';
  if (status === 429 || status === 529) return 'busy';
  if (status === 408 || /timeout|timed out/i.test(name + message)) return 'timeout';
  if (status !== undefined && status >= 400 && status < 500) return 'request';
  return 'down';
}

function retryAfter({ headers }: Thrown): number | null {
  const exact = Number(headers?.get?.('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(exact)) return exact;
  const text = headers?.get?.('retry-after');
  if (!text) return null;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return seconds * 1000;
  const until = Date.parse(text);
  return Number.isNaN(until) ? null : Math.max(0, until - Date.now());
}
