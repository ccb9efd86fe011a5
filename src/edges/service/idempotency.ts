import type { Context } from 'hono';
import { digest, digestOfBytes } from '../../kernel/digest.ts';
import { StatewrightError } from '../../kernel/errors.ts';
import { MAX_BODY, takeIn } from './body.ts';
import type { Place } from './service.ts';
import type { Key } from './shapes.ts';
import { claimAnswer, freeAnswer, keepAnswer } from './store/answers.ts';
import type { Storage } from './store/db.ts';

const KEPT_HEADERS = ['content-type', 'location', 'etag'];

/** The same key with the same request gets the first one's answer; what failed may be tried again. */
export async function answerOnce(
  about: {
    readonly c: Context;
    readonly name: string;
    readonly key: Key;
    readonly place: Place;
    readonly storage: Storage;
  },
  work: () => Promise<Response>,
): Promise<Response> {
  const { c, name, key, storage } = about;
  if (!/^[\x21-\x7e]{1,200}$/.test(name)) throw badName();
  const bytes = await takeIn(about, MAX_BODY, async (read) => read);
  const { method, url, headers: sent } = c.req.raw;
  // The handler reads the body again. Who goes away can have the answer later: it is worked on to its end.
  c.req.raw = new Request(url, { method, headers: sent, body: bytes });
  const { pathname, search } = new URL(url);
  const type = sent.get('content-type');
  const fingerprint = digest([method, pathname, search, type, digestOfBytes(bytes)]);
  const of = { key: key.id, name, fingerprint };
  const claim = await storage.with((db) => claimAnswer(db, of));
  if (claim.kind === 'other') throw otherRequest(name);
  if (claim.kind === 'working') throw inProgress();
  if (claim.kind === 'kept') {
    const { status, headers, body } = claim.answer;
    return new Response(body, { status, headers: { ...headers, 'idempotency-replayed': 'true' } });
  }
  try {
    const response = await work();
    const body = await response.clone().text();
    const headers = Object.fromEntries(
      KEPT_HEADERS.flatMap((header) => {
        const value = response.headers.get(header);
        return value === null ? [] : [[header, value]];
      }),
    );
    const answer = { status: response.status, headers, body };
    // It is done: that it can't be kept for a repetition is no reason to say otherwise.
    await storage.with((db) => keepAnswer(db, of, answer)).catch(() => undefined);
    return response;
  } catch (error) {
    await storage.with((db) => freeAnswer(db, of)).catch(() => undefined);
    throw error;
  }
}

function badName(): StatewrightError {
  return new StatewrightError('service.badRequest', 'The Idempotency-Key is not fit to be one.', {
    hint: 'Use 1 to 200 printable ASCII characters without spaces, a UUID for one.',
  });
}

function otherRequest(name: string): StatewrightError {
  return new StatewrightError(
    'service.otherRequest',
    `The Idempotency-Key "${name}" was used for another request.`,
    { hint: 'Use a new one for each request that is not a repetition.' },
  );
}

function inProgress(): StatewrightError {
  return new StatewrightError('service.inProgress', 'The first request is still at work.', {
    hint: 'Ask again in a second.',
  });
}
