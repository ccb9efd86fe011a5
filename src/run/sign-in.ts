import { setTimeout as sleep } from 'node:timers/promises';
import type { SignIn, Somebody } from '../config/config.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Gone } from '../state/state.ts';
import { carriedBy } from './pass.ts';
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
  readonly signal?: AbortSignal | undefined;
  /** How long the function may take over one person; as long as a request to the app when absent. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;

/**
 * Has the config's own function sign people in, on a copy of the rows. Throws `run.signInFailed` with what it threw or
 * gave instead, or that it took too long.
 */
export async function signInByConfig(asked: SigningIn): Promise<Record<string, Credentials>> {
  const { signIn, people, url } = asked;
  const passes: Record<string, Credentials> = {};
  if (Object.keys(people).length + Object.keys(asked.gone).length === 0) return passes;
  const rows = structuredClone(Object.fromEntries(asked.rows));
  const gone = structuredClone(asked.gone);
  const away = Object.entries(gone).map(
    ([persona, { gone: row, refused }]) => [persona, row, refused] as const,
  );
  const there = Object.entries(people).map(
    ([persona, name]) => [persona, rows[name], undefined] as const,
  );
  for (const [persona, row, refused] of [...there, ...away]) {
    if (!signIn || !row) throw new Error(`"${persona}" was compiled to be signed in by the config`);
    const given = await askedOf(
      signIn,
      { persona, row, rows, url, ...(refused && { refused }) },
      asked,
    );
    passes[persona] = credentialsOf(persona, given, url);
  }
  return passes;
}

/** What the function gave in time, unless the signal was sooner. */
async function askedOf(
  signIn: SignIn,
  who: Somebody,
  { signal, timeoutMs = TIMEOUT_MS }: Pick<SigningIn, 'signal' | 'timeoutMs'>,
): Promise<unknown> {
  const { persona } = who;
  signal?.throwIfAborted();
  const over = new AbortController();
  const until = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  const late = sleep(timeoutMs, undefined, { signal: until }).then(() => {
    throw failed(persona, `it took longer than ${timeoutMs / 1000} s`);
  });
  try {
    return await Promise.race([(async () => signIn(who))(), late]);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof StatewrightError) throw cause;
    throw failed(persona, cause instanceof Error ? cause.message : String(cause), cause);
  } finally {
    over.abort();
  }
}

function credentialsOf(persona: string, given: unknown, url: string | null): Credentials {
  const carried = carriedBy(given);
  if (typeof carried === 'string') throw failed(persona, carried);
  const { headers, cookies } = carried;
  const domain = url === null ? '127.0.0.1' : new URL(url).hostname;
  const kept = Object.entries(cookies).map(([name, value]) => ({
    ...{ name, value, domain, path: '/', expires: -1 },
    ...{ httpOnly: true, secure: false, sameSite: 'Lax' },
  }));
  return { headers, cookies, storageState: { cookies: kept, origins: [] } };
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
