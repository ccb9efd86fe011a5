import { StatewrightError } from '../kernel/errors.ts';
import type { ApiCall } from '../state/state.ts';
import type { Answer } from './call.ts';
import { cookiesOf } from './cookies.ts';
import type { Credentials } from './run.ts';

type Carrier = NonNullable<ApiCall['carrier']>;

/**
 * What an answer to a sign-in gives its persona: its cookies, and the token where requests carry one in a header.
 * `asked` is the address that answered. Throws `run.signInFailed` where it has nothing that the app would know anybody by.
 */
export function credentialsFrom(
  answer: Answer,
  { name, carrier }: Pick<ApiCall, 'name' | 'carrier'>,
  asked: URL,
): Credentials {
  const cookies = cookiesOf(answer.cookies, asked);
  const headers: Record<string, string> = {};
  if (carrier?.from === 'headers') {
    const token = answer.headers[carrier.name.toLowerCase()] ?? tokenIn(answer.body);
    if (token) headers[carrier.name.toLowerCase()] = carried(carrier.name, token);
  }
  const names = [...cookies.map((cookie) => cookie.name), ...Object.keys(headers)];
  if (carrier && !isKnown(carrier, names)) throw notSignedIn(name, { answer, carrier, names });
  return {
    headers,
    cookies: Object.fromEntries(cookies.map((cookie) => [cookie.name, cookie.value])),
    storageState: {
      cookies: cookies.map((cookie) => ({ ...cookie, domain: asked.hostname })),
      origins: [],
    },
  };
}

/** Where tokens go in a header a cookie may do as well; a cookie may be prefixed, or come in pieces (`name.0`). */
function isKnown({ from, name }: Carrier, names: readonly string[]): boolean {
  if (from === 'headers') return names.length > 0;
  return names.some((given) => bare(given).replace(/\.0$/, '') === bare(name));
}

function bare(name: string): string {
  return name.replace(/^__(Host|Secure)-/, '');
}

function notSignedIn(
  call: string,
  { answer, carrier, names }: { answer: Answer; carrier: Carrier; names: readonly string[] },
): StatewrightError {
  const what =
    carrier.from === 'cookies'
      ? `sets no cookie "${carrier.name}"`
      : `has neither a token for "${carrier.name}" nor a cookie`;
  const instead = names.length > 0 ? ` (it sets ${names.join(', ')})` : '';
  const [place = ''] = (answer.headers['location'] ?? '').split(/[?#]/);
  const to = place === '' ? '' : ` and leads to ${place}`;
  return new StatewrightError(
    'run.signInFailed',
    `The app answered ${answer.status} to "${call}"${to}, but the answer ${what}${instead}.`,
    {
      hint: "Try the request by hand against the app; `signIn` in statewright.config.ts signs in whom the app's own routes don't.",
      facts: { call, status: answer.status, carrier: { ...carrier }, given: [...names] },
    },
  );
}

function carried(name: string, token: string): string {
  const isBare = name.toLowerCase() === 'authorization' && !/^\w+ /.test(token);
  return isBare ? `Bearer ${token}` : token;
}

const TOKENS = /^(access_?token|token|jwt|id_?token|session_?token|session|bearer|api_?key)$/i;

/** The token nearest to the top of a JSON answer. */
function tokenIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  for (const [key, value] of Object.entries(body)) {
    if (TOKENS.test(key) && typeof value === 'string' && value !== '') return value;
  }
  for (const value of Object.values(body)) {
    const token = tokenIn(value);
    if (token !== undefined) return token;
  }
  return undefined;
}
