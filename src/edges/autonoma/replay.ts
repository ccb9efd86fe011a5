import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { digest } from '../../kernel/digest.ts';
import { Refusal } from './refusal.ts';
import { isSigned } from './signing.ts';

/** How far a dated request's clock may be from ours. */
const WINDOW_MS = 5 * 60_000;
/** How many of the latest requests are known again after a restart. */
const REMEMBERED = 100_000;

/** Lets a request in once. */
export interface Once {
  /**
   * Does the work, unless it was done before, by this process or an earlier one: then it throws `REPLAYED_REQUEST`.
   * Work that failed may be asked for again.
   */
  admit<T>(what: string, work: () => Promise<T>): Promise<T>;
}

/** Remembers what was let in, in a file: digests alone. */
export async function openOnce(path: string): Promise<Once> {
  const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const latest = lines.slice(-REMEMBERED);
  await mkdir(dirname(path), { recursive: true });
  if (latest.length < lines.length) await writeFile(path, `${latest.join('\n')}\n`);
  const seen = new Set(latest);
  return {
    async admit(what, work) {
      const mark = digest(what);
      if (seen.has(mark)) throw replayed();
      seen.add(mark);
      try {
        const done = await work();
        await appendFile(path, `${mark}\n`, { mode: 0o600 });
        return done;
      } catch (error) {
        seen.delete(mark);
        throw error;
      }
    },
  };
}

export interface Dated {
  readonly timestamp: string | undefined;
  readonly nonce: string | undefined;
  readonly signature: string | undefined;
}

/**
 * Whether a request is dated, and then rightly: the body is signed together with an instant of the last minutes and a
 * word that was never used before. Throws where any of that is wrong.
 */
export async function isFresh(
  body: string,
  { timestamp, nonce, signature }: Dated,
  { secret, now, once }: { secret: string; now: Date; once: Once },
): Promise<boolean> {
  if (timestamp === undefined && nonce === undefined && signature === undefined) return false;
  const whole = `${timestamp}.${nonce}.${body}`;
  if (!timestamp || !nonce || !isSigned(whole, signature ?? '', secret)) {
    throw new Refusal(401, 'INVALID_SIGNATURE', 'The signature with timestamp and nonce is wrong.');
  }
  if (!(Math.abs(now.getTime() - Number(timestamp) * 1_000) <= WINDOW_MS)) {
    throw new Refusal(401, 'STALE_REQUEST', 'The request is older than five minutes.');
  }
  return once.admit(`nonce ${nonce}`, async () => true);
}

function replayed(): Refusal {
  return new Refusal(409, 'REPLAYED_REQUEST', 'This very request was answered before.');
}
