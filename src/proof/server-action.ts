import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Json } from '../kernel/digest.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Encoded } from '../kernel/request-body.ts';
import type { When } from '../plan/plan.ts';

/** How a function of the server is called: what is asked instead, what is said with it and what is sent. */
export interface Call {
  readonly asked: When;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Encoded | null;
}

type Action = NonNullable<When['action']>;

/** Where Next.js says what its build calls the server's functions. */
const MANIFESTS = ['.next/server', '.next/dev/server'].map(
  (folder) => `${folder}/server-reference-manifest.json`,
);

const Manifest = z.object({
  node: z.record(z.string(), z.object({ filename: z.string(), exportedName: z.string() })),
});

/** A call of a server action of Next.js, by its id of the app's build. */
export async function nextCall(when: When, folder: string): Promise<Call> {
  const id = when.action ? actionId(folder, when.action) : '';
  const headers = { accept: 'text/x-component', 'next-action': id };
  return { asked: { ...when, method: 'POST' }, headers, payload: await encodeAction(when) };
}

/** The id an app's build gave a function of the server. Throws `app.unknownAction` where it knows none. */
export function actionId(folder: string, { file, name }: Pick<Action, 'file' | 'name'>): string {
  for (const path of MANIFESTS.map((each) => join(folder, each)).filter(existsSync)) {
    const manifest = Manifest.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    const found = Object.entries(manifest.data?.node ?? {}).find(
      ([, known]) => known.exportedName === name && isSame(known.filename, file),
    );
    if (found) return found[0];
  }
  throw new StatewrightError(
    'app.unknownAction',
    `The app's build has no action ${name} of ${file}.`,
    {
      hint: 'Build the app with Next.js 16 or newer before it is started, in app.migrate or by hand.',
      facts: { file, name },
    },
  );
}

/** Both are paths of the same file, seen from the app's folder and from one around it. */
function isSame(one: string, other: string): boolean {
  return one === other || one.endsWith(`/${other}`) || other.endsWith(`/${one}`);
}

/** A call as a page's own code sends it: the arguments as JSON, a form's fields beside them. */
export async function encodeAction(when: When): Promise<{ bytes: Buffer; type: string }> {
  const { action, body, path } = when;
  const fields = new Map(Object.entries(typeof body === 'object' && body !== null ? body : {}));
  const segments = path.split(/[?#]/)[0]?.split('/').filter(Boolean) ?? [];
  const wanted = action?.arguments ?? [];
  const values = wanted.map((each): unknown => {
    if (each === 'form') return '$K1';
    if (each === 'state') return {};
    if ('segment' in each) return escaped(decodeURIComponent(segments[each.segment] ?? ''));
    return escaped(fields.get(each.body));
  });
  const text = JSON.stringify(values);
  if (!wanted.includes('form')) {
    return { bytes: Buffer.from(text), type: 'text/plain;charset=UTF-8' };
  }
  const form = new FormData();
  for (const [name, value] of fields) {
    if (value !== null && value !== undefined) form.append(`_1_${name}`, String(value));
  }
  form.append('0', text);
  const encoded = new Response(form);
  const type = encoded.headers.get('content-type') ?? 'multipart/form-data';
  return { bytes: Buffer.from(await encoded.arrayBuffer()), type };
}

/** What begins with a dollar means something of its own, unless it is doubled. */
function escaped(value: unknown): unknown {
  if (value === undefined) return '$undefined';
  return typeof value === 'string' && value.startsWith('$') ? `$${value}` : value;
}

/** What an action returned, out of the answer its page would read; null where it returned nothing. */
export function returnedIn(raw: string): Json {
  const row = (id: string) => new RegExp(`^${id}:(.*)$`, 'm').exec(raw)?.[1];
  const head = /"a":"\$@([0-9a-f]+)"/.exec(row('0') ?? '')?.[1];
  try {
    const value = JSON.parse((head === undefined ? undefined : row(head)) ?? 'null') as Json;
    return value === '$undefined' ? null : value;
  } catch {
    return null;
  }
}

/** Where an action sends its page; null where it doesn't. */
export function redirectIn(headers: Readonly<Record<string, string>>): string | null {
  return headers['x-action-redirect']?.split(';')[0] ?? null;
}
