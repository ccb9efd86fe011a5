import type { ApiCall } from '../state/state.ts';
import type { Answer } from './call.ts';
import type { Credentials } from './run.ts';

/** What an answer to a sign-in gives its persona: its cookies, and the token where requests carry one in a header. */
export function credentialsFrom(
  answer: Answer,
  carrier: ApiCall['carrier'],
  url: string,
): Credentials {
  const { hostname } = new URL(url);
  const cookies = answer.cookies.map(parseCookie).filter((cookie) => cookie.value !== '');
  const headers: Record<string, string> = {};
  if (carrier?.from === 'headers') {
    const token = answer.headers[carrier.name.toLowerCase()] ?? tokenIn(answer.body);
    if (token !== undefined) headers[carrier.name.toLowerCase()] = carried(carrier.name, token);
  }
  return {
    headers,
    cookies: Object.fromEntries(cookies.map(({ name, value }) => [name, value])),
    storageState: {
      cookies: cookies.map((cookie) => ({ ...cookie, domain: hostname })),
      origins: [],
    },
  };
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
    if (TOKENS.test(key) && typeof value === 'string') return value;
  }
  for (const value of Object.values(body)) {
    const token = tokenIn(value);
    if (token !== undefined) return token;
  }
  return undefined;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly expires: number;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite: string;
}

/** A Set-Cookie line in Playwright's shape; `expires` is -1 for a session's cookie. */
function parseCookie(line: string): Cookie {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const at = pair.indexOf('=');
  const said = new Map(
    attributes.map((attribute) => {
      const [key = '', ...value] = attribute.split('=');
      return [key.toLowerCase(), value.join('=')] as const;
    }),
  );
  const until = Date.parse(said.get('expires') ?? '') / 1000;
  const sameSite = said.get('samesite')?.toLowerCase() ?? 'lax';
  return {
    name: pair.slice(0, at),
    value: pair.slice(at + 1),
    path: said.get('path') ?? '/',
    expires: Number.isFinite(until) ? until : -1,
    httpOnly: said.has('httponly'),
    secure: said.has('secure'),
    sameSite: sameSite.charAt(0).toUpperCase() + sameSite.slice(1),
  };
}
