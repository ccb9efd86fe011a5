import { addressAt } from '../kernel/app-path.ts';
import type { Json } from '../kernel/digest.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { type Encoded, encodeBody } from '../kernel/request-body.ts';
import type { When } from '../plan/plan.ts';
import type { Credentials } from '../run/run.ts';
import { actionDataIn } from './router-state.ts';
import { type Incoming, type Outgoing, send } from './send.ts';
import { nextCall, redirectIn, returnedIn } from './server-action.ts';
import { gotOf, startCall } from './start-call.ts';
import { squeeze, visibleText } from './visible-text.ts';

export interface FireOptions {
  /** The app's own origin; nothing else is ever asked. */
  readonly url: string;
  readonly credentials: Credentials | null;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** The folder the app was built in, where it is known: its build says what server actions are called. */
  readonly folder?: string;
}

/** What came back. `text` is what a page shows (an HTML answer) or the body as it is. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The cookies it sets, by name; an empty value takes one away. */
  readonly cookies: Readonly<Record<string, string>>;
  /** The parsed JSON body, else null. */
  readonly body: Json;
  readonly text: string;
  /** Where a redirect leads; without the origin when that is the app's own. */
  readonly location: string | null;
}

const TIMEOUT_MS = 15_000;

/**
 * Sends one bound request (literals alone are left in it) to the app as somebody, and follows nothing.
 * Throws `proof.outsideApp` for an address that isn't a path of the app.
 */
export async function fire(when: When, options: FireOptions): Promise<Answer> {
  const { url, timeoutMs = TIMEOUT_MS, signal } = options;
  const asked = await requestOf(when, options);
  const incoming = await send({ origin: url, ...asked, timeoutMs, signal: signal ?? null });
  return answerOf(incoming, url);
}

/** A bound request as it goes over the wire. */
export async function requestOf(
  when: When,
  { url, credentials, folder }: Pick<FireOptions, 'url' | 'credentials' | 'folder'>,
): Promise<Pick<Outgoing, 'method' | 'path' | 'headers' | 'body'>> {
  const { action } = when;
  const called = action?.by === 'tanstack-start' ? startCall : nextCall;
  const call = action && (await called(when, folder ?? '.'));
  const payload = call ? call.payload : await encode(when);
  const cookies = { ...credentials?.cookies, ...strings(when.cookies) };
  const headers: Record<string, string> = {
    accept: 'application/json, text/html;q=0.9, */*;q=0.8',
    ...lowered(credentials?.headers ?? {}),
    ...(payload ? { 'content-type': payload.type } : {}),
    ...(Object.keys(cookies).length > 0 ? { cookie: cookieHeader(cookies) } : {}),
    ...lowered(strings(when.headers)),
    // A multipart body brings the boundary it was encoded with.
    ...(payload?.type.startsWith('multipart/') ? { 'content-type': payload.type } : {}),
    ...call?.headers,
  };
  const asked = call?.asked ?? when;
  const method = asked.method.toUpperCase();
  return { method, path: pathOf(asked, url), headers, body: payload?.bytes ?? null };
}

/** The path and query of a bound request. Throws `proof.outsideApp` if it names another origin. */
export function pathOf(when: When, url: string): string {
  const target = addressAt(when.path, url);
  if (!target) {
    throw new StatewrightError('proof.outsideApp', `Not a path of the app: ${when.path}`, {
      hint: 'A plan asks paths of the app under test only, like /orders/1.',
      facts: { path: when.path },
      ending: 'refused',
    });
  }
  for (const [name, value] of Object.entries(strings(when.query))) {
    target.searchParams.append(name, value);
  }
  return `${target.pathname}${target.search}`;
}

/** What an answer says, in the form that plans expect it in. */
export function answerOf({ status, headers, setCookies, body }: Incoming, url: string): Answer {
  const type = headers['content-type'] ?? '';
  const raw = body.toString('utf8');
  const sentOn = redirectIn(headers);
  const isPage = /html/i.test(type);
  const isJson = /[/+]json\b/i.test(type);
  const got = gotOf(headers, { status, raw });
  const location = headers['location'] ?? sentOn ?? got?.location ?? null;
  const returned = type.includes('text/x-component') ? returnedIn(raw) : got?.body;
  return {
    status: sentOn === null ? (got?.status ?? status) : 303,
    headers,
    cookies: Object.fromEntries(setCookies.map(cookieOf)),
    body: returned ?? (isJson && !got ? parse(raw) : isPage ? actionDataIn(raw) : null),
    text: isPage
      ? visibleText(raw)
      : squeeze(returned === undefined ? raw : JSON.stringify(returned)),
    location: location === null ? null : ownLocation(location, url),
  };
}

/** A location without the app's own origin, as apps differ in whether they write it. */
export function ownLocation(location: string, url: string): string {
  const target = URL.parse(location, url);
  if (!target || target.origin !== new URL(url).origin) return location;
  return `${target.pathname}${target.search}${target.hash}`;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

/** The name and value of a `set-cookie` line; an empty value takes the cookie away. */
export function cookieOf(line: string): [string, string] {
  const [pair = ''] = line.split(';');
  const equals = pair.indexOf('=');
  const gone = /;\s*(max-age=(0|-)|expires=[^;]*\b19\d\d\b)/i.test(line);
  return [pair.slice(0, equals).trim(), gone ? '' : pair.slice(equals + 1).trim()];
}

function cookieHeader(cookies: Readonly<Record<string, string>>): string {
  return Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
}

/** A body as its content-type header asks for it. */
async function encode(when: When): Promise<Encoded | null> {
  if (when.raw !== undefined) return { bytes: Buffer.from(when.raw), type: 'application/json' };
  if (when.body === undefined) return null;
  return encodeBody(when.body, lowered(strings(when.headers))['content-type']);
}

function strings(values: When['query']): Record<string, string> {
  const given = Object.entries(values ?? {}).filter(([, value]) => value !== null);
  return Object.fromEntries(given.map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function lowered(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, v]) => [name.toLowerCase(), v]));
}
