import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Json } from '../kernel/digest.ts';
import { encodeBody } from '../kernel/request-body.ts';
import type { When } from '../plan/plan.ts';
import { decoded, encoded } from './seroval.ts';
import type { Call } from './server-action.ts';

type Action = NonNullable<When['action']>;

/**
 * A call of a function of TanStack Start's server as a page's code sends it (`serverFnFetcher.ts`): its data in the
 * query of a GET, in the body of a POST, or as a form. It says that it comes from the app's own pages.
 */
export async function startCall(when: When, folder: string): Promise<Call> {
  const { action, body, headers } = when;
  const path = when.path.replace(/[^/]*$/, action ? functionId(folder, action) : '');
  const said = {
    'x-tsr-serverfn': 'true',
    'sec-fetch-site': 'same-origin',
    accept: 'application/x-tss-framed, application/x-ndjson, application/json',
  };
  const type = Object.entries(headers ?? {}).find(([name]) => /^content-type$/i.test(name))?.[1];
  if (type !== undefined) {
    const payload = when.raw === undefined ? await encodeBody(body, String(type)) : null;
    return { asked: { ...when, path }, headers: said, payload };
  }
  const data = typeof body === 'object' && body !== null && 'data' in body ? body : undefined;
  const text = data === undefined ? undefined : JSON.stringify(encoded(data));
  if (when.method !== 'POST') {
    const query = text === undefined ? {} : { query: { payload: text } };
    return { asked: { ...when, path, ...query }, headers: said, payload: null };
  }
  const payload =
    text === undefined ? null : { bytes: Buffer.from(text), type: 'application/json' };
  return { asked: { ...when, path }, headers: said, payload };
}

/** Where a build puts what its server runs. */
const BUILT = ['dist/server', '.output/server'];

/** What an app calls a function in its address: a digest in a build, where it stands in development (`compiler.ts`). */
function functionId(folder: string, { file, name }: Action): string {
  const handler = `${name}_createServerFn_handler`;
  const built = createHash('sha256').update(`${file}--${handler}`).digest('hex');
  if (BUILT.some((each) => says(join(folder, each), built))) return built;
  const place = { file: `/${file}?tss-serverfn-split`, export: handler };
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function says(folder: string, text: string): boolean {
  if (!existsSync(folder)) return false;
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.m?js$/.test(path) && !path.includes('node_modules'))
    .some((path) => readFileSync(join(folder, path), 'utf8').includes(text));
}

/** What a call's caller gets of an answer: a value, an error, a redirect, or what is not found. */
export interface Got {
  readonly status: number;
  readonly body: Json;
  readonly location: string | null;
}

/** What the answer to a call means; undefined where it is an answer like any other. */
export function gotOf(
  headers: Readonly<Record<string, string>>,
  { status, raw }: { status: number; raw: string },
): Got | undefined {
  const parsed = /json/i.test(headers['content-type'] ?? '') ? parse(raw) : null;
  const sentOn = Redirected.safeParse(parsed).data;
  if (sentOn) {
    return { status: sentOn.statusCode, body: null, location: headers['location'] ?? sentOn.href };
  }
  if (!headers['x-tss-serialized']) return undefined;
  const value = decoded(parsed);
  const { result = null, error = null } = Settled.safeParse(value).data ?? Refused.parse(value);
  if (error === null) return { status, body: result, location: null };
  const isMissing = NotFound.safeParse(error).success;
  const refused = status >= 400 ? status : 500;
  return { status: isMissing ? 404 : refused, body: error, location: null };
}

const Redirected = z.object({
  isSerializedRedirect: z.literal(true),
  statusCode: z.number().default(307),
  href: z.string().default(''),
});
/** What a function came to: either is left out where there is none, in some versions. */
const Settled = z.strictObject({ result: z.json(), error: z.json(), context: z.json() }).partial();
/** What was wrong before it ran is the error alone. */
const Refused = z.json().transform((error) => ({ result: null, error }));
const NotFound = z.object({ isNotFound: z.literal(true) });

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
