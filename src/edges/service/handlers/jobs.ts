import { streamSSE } from 'hono/streaming';
import { endJob, eventsAfter, readJob, shownJob } from '../store/jobs.ts';
import { idOf, notFound, stored } from './asked.ts';
import type { Handler } from './handlers.ts';

const HEARTBEAT_MS = 10_000;
/** A stream ends then; its reader comes back with `Last-Event-ID`. */
const LONGEST_MS = 15 * 60_000;

export const showJob: Handler = async (asked) => {
  const { storage, key } = stored(asked);
  const id = idOf(asked.c);
  const job = await storage.with((db) => readJob(db, id, key.tenant));
  if (!job) throw notFound('job', id);
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
  const { c, place } = asked;
  const { storage, key } = stored(asked);
  const id = idOf(c);
  if (!(await storage.with((db) => readJob(db, id, key.tenant)))) throw notFound('job', id);
  const last = Number(c.req.header('last-event-id') ?? 0);
  let seen = Number.isSafeInteger(last) && last > 0 ? last : 0;
  const until = performance.now() + LONGEST_MS;
  const response = streamSSE(c, async (stream) => {
    let beat = performance.now();
    while (!stream.aborted && performance.now() < until) {
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
  });
  response.headers.set('content-encoding', 'identity');
  return response;
};
