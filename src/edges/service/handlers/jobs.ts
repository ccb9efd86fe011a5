import { streamSSE } from 'hono/streaming';
import { StatewrightError } from '../../../kernel/errors.ts';
import { endJob, eventsAfter, readJob, shownJob } from '../store/jobs.ts';
import { idOf, notFound, stored } from './asked.ts';
import type { Asked, Handler } from './handlers.ts';

const HEARTBEAT_MS = 10_000;
/** A stream ends then; its reader comes back with `Last-Event-ID`. */
const LONGEST_MS = 15 * 60_000;
/** Streams of one key that are open at once. */
const MOST_STREAMS = 50;
/** The largest number an event can have. */
const LAST_EVENT = 2 ** 31 - 1;

export const showJob: Handler = async (asked) => {
  const { storage, key } = stored(asked);
  const id = idOf(asked.c);
  const job = await storage.with((db) => readJob(db, id, key.tenant));
  if (!job) throw notFound('job', id);
  if (job.endedAt === null) await asked.place.jobs?.look?.(id);
  return asked.c.json(shownJob(job));
};

export const cancelJob: Handler = async (asked) => {
  const { storage, key } = stored(asked);
  const id = idOf(asked.c);
  const job = await storage.with((db) => readJob(db, id, key.tenant));
  if (!job) throw notFound('job', id);
  await storage.with((db) => endJob(db, id, { state: 'cancelled' }));
  await asked.place.jobs?.cancel(id);
  return showJob(asked);
};

export const followJob: Handler = async (asked) => {
  const { storage, key } = stored(asked);
  const id = idOf(asked.c);
  if (!(await storage.with((db) => readJob(db, id, key.tenant)))) throw notFound('job', id);
  const { before, leave } = asked.place.busy.enter(`events ${key.id}`);
  if (before < MOST_STREAMS) return streamed(asked, { id, leave });
  leave();
  throw tooManyStreams();
};

function streamed(asked: Asked, { id, leave }: { id: string; leave: () => void }): Response {
  const { c, place } = asked;
  const { storage } = stored(asked);
  const last = Number(c.req.header('last-event-id') ?? 0);
  let seen = last > 0 ? Math.min(Math.trunc(last), LAST_EVENT) : 0;
  const until = performance.now() + LONGEST_MS;
  const follow = async (stream: Parameters<Parameters<typeof streamSSE>[1]>[0]) => {
    let beat = performance.now();
    while (!stream.aborted && !place.stopping.aborted && performance.now() < until) {
      const events = await storage.with((db) => eventsAfter(db, id, seen));
      for (const { seq, body } of events) {
        const event = JSON.parse(body).kind === 'end' ? 'end' : 'progress';
        await stream.writeSSE({ id: String(seq), event, data: body });
        seen = seq;
        if (event === 'end') return;
      }
      if (performance.now() - beat > HEARTBEAT_MS) {
        beat = performance.now();
        await stream.write(': still at work\n\n');
      }
      await stream.sleep(place.pollMs);
    }
  };
  const response = streamSSE(c, (stream) =>
    follow(stream)
      // The reader comes back with `Last-Event-ID`.
      .catch(() => undefined)
      .finally(leave),
  );
  response.headers.set('content-encoding', 'identity');
  return response;
}

function tooManyStreams(): StatewrightError {
  return new StatewrightError(
    'service.tooMany',
    `${MOST_STREAMS} streams of this key are open already.`,
    { hint: 'Close one, or look at the job itself: GET /v1/jobs/ID.', facts: { retryAfter: 5 } },
  );
}
