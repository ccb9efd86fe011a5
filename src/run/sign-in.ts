import type { Pass, SignIn } from '../config/config.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Gone } from '../state/state.ts';
import type { Credentials } from './run.ts';

export interface SigningIn {
  /** The config's function. */
  readonly signIn: SignIn | null;
  /** The row of each persona, by the plan's names. */
  readonly people: Readonly<Record<string, string>>;
  /** Those whose rows are gone. */
  readonly gone: Readonly<Record<string, Gone>>;
  readonly rows: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly url: string | null;
}

/** Has the config's own function sign people in. Throws `run.signInFailed` with what it threw or gave instead. */
export async function signInByConfig({
  signIn,
  people,
  gone,
  rows,
  url,
}: SigningIn): Promise<Record<string, Credentials>> {
  const passes: Record<string, Credentials> = {};
  const away = Object.entries(gone).map(
    ([persona, { gone: row, refused }]) => [persona, row, refused] as const,
  );
  const there = Object.entries(people).map(
    ([persona, name]) => [persona, rows.get(name), undefined] as const,
  );
  for (const [persona, row, refused] of [...there, ...away]) {
    if (!signIn || !row) throw new Error(`"${persona}" was compiled to be signed in by the config`);
    let given: Pass;
    try {
      given = await signIn({
        ...{ persona, row, rows: Object.fromEntries(rows), url },
        ...(refused && { refused }),
      });
    } catch (cause) {
      throw failed(persona, cause instanceof Error ? cause.message : String(cause), cause);
    }
    passes[persona] = credentialsOf(persona, given, url);
  }
  return passes;
}

function credentialsOf(persona: string, given: unknown, url: string | null): Credentials {
  if (typeof given !== 'object' || given === null) throw failed(persona, 'it gave nothing back');
  const { headers, cookies }: { headers?: unknown; cookies?: unknown } = given;
  const carried = { headers: texts(headers), cookies: texts(cookies) };
  if (!carried.headers || !carried.cookies) {
    throw failed(persona, 'headers and cookies must be objects of texts');
  }
  const domain = url === null ? '127.0.0.1' : new URL(url).hostname;
  const kept = Object.entries(carried.cookies).map(([name, value]) => ({
    ...{ name, value, domain, path: '/', expires: -1 },
    ...{ httpOnly: true, secure: false, sameSite: 'Lax' },
  }));
  return {
    headers: carried.headers,
    cookies: carried.cookies,
    storageState: { cookies: kept, origins: [] },
  };
}

/** Null where something in it is no text. */
function texts(given: unknown): Record<string, string> | null {
  if (given === undefined) return {};
  if (typeof given !== 'object' || given === null) return null;
  const entries = Object.entries(given);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? Object.fromEntries(entries)
    : null;
}

function failed(persona: string, why: string, cause?: unknown): StatewrightError {
  return new StatewrightError(
    'run.signInFailed',
    `The config's signIn did not sign "${persona}" in: ${why}.`,
    {
      hint: 'It must return { headers } or { cookies } with what a request as that person carries.',
      facts: { persona },
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
