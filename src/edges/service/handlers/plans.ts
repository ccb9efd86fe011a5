import { StatewrightError } from '../../../kernel/errors.ts';
import { planJob } from '../../../operations/plan-job.ts';
import { MAX_BODY, requireType, takeIn } from '../body.ts';
import { memorySteps } from '../jobs/steps.ts';
import { type PlanInput, type PlanSource, planningId, planningOf } from '../jobs/work.ts';
import type { Posted } from '../posted.ts';
import type { Reply } from '../reply.ts';
import type { Planning } from '../shapes.ts';
import { createJob, type JobRow, readJob, shownJob, unfinished } from '../store/jobs.ts';
import { readPlanning } from '../store/plannings.ts';
import { stored } from './asked.ts';
import type { Asked, Handler } from './handlers.ts';
import { sendPlanning } from './lists.ts';

const ARCHIVES = [
  'application/gzip',
  'application/x-gzip',
  'application/x-tar',
  'application/tar+gzip',
];
/** Jobs of one key that have not ended. */
const MOST_UNFINISHED = 50;

export const plan: Handler = async (asked) => {
  const { place, key } = asked;
  const posted = await readPosted(asked);
  if (posted.llm && !place.planner.llm) throw noModel();
  if (!place.storage || !place.jobs || !key) return planNow(asked, posted);
  if (posted.model !== null) {
    const id = idFor(posted.model, posted, place);
    const known = await place.storage.with((db) => readPlanning(db, key.tenant, id));
    if (known) return located(await sendPlanning(asked, id), `/v1/plans/${id}`);
  }
  return waitFor(asked, await addJob(asked, posted));
};

async function readPosted(asked: Asked): Promise<Posted> {
  const { c, place } = asked;
  const type = requireType(c, ['application/json', ...ARCHIVES]);
  const [llm, only] = [c.req.query('llm') === 'true', c.req.query('only') ?? ''];
  const { parse, reads } = place.planner;
  const { signal } = c.req.raw;
  return takeIn(asked, MAX_BODY, (bytes) => parse({ bytes, type, llm, only, reads }, signal));
}

/** The id that what was posted has once it is planned; of sources none is known before. */
function idFor(model: string, { llm, only }: Posted, { planner, version }: Asked['place']): string {
  const asking = { llm: planner.llm?.model ?? null, only, version };
  return planningId(model, llm ? 'llm' : 'solver', asking);
}

async function addJob(asked: Asked, posted: Posted): Promise<JobRow> {
  const { place } = asked;
  const { storage, key } = stored(asked);
  const { before, leave } = place.busy.enter(`job ${key.id}`);
  try {
    const waiting = await storage.with((db) => unfinished(db, key.id));
    if (waiting + before >= MOST_UNFINISHED) throw tooManyJobs();
    const owner = { tenant: key.tenant, key: key.id };
    const input = await inputOf(asked, posted);
    const job = await storage.with((db) => createJob(db, owner, input));
    await place.jobs?.add(job.id);
    place.gate?.use(key.id, { plannings: 1 });
    place.metrics.count('plannings', { source: posted.kind });
    return job;
  } finally {
    leave();
  }
}

/** A `PlanInput` as JSON; what was posted is JSON already. */
async function inputOf({ place }: Asked, { kind, source, llm, only }: Posted): Promise<string> {
  const from: PlanSource | null =
    kind === 'repo' ? { kind, path: await place.planner.locate(source) } : null;
  const asked = JSON.stringify({ llm, only } satisfies Omit<PlanInput, 'source'>);
  return `{"source":${from ? JSON.stringify(from) : source},${asked.slice(1)}`;
}

/** The result if it is there in time, else where to look for it. */
async function waitFor(asked: Asked, { id }: JobRow): Promise<Reply | Response> {
  const { c, place } = asked;
  const { storage } = stored(asked);
  const until = performance.now() + waitMs(c.req.header('prefer'));
  for (;;) {
    const job = await storage.with((db) => readJob(db, id));
    if (job?.state === 'done' && job.result) {
      const reply = await sendPlanning(asked, job.result.slice('/v1/plans/'.length));
      return located(reply, job.result);
    }
    if (job?.problem) {
      const { code, detail, hint } = job.problem;
      throw new StatewrightError(code, detail, { hint });
    }
    const leaves = c.req.raw.signal.aborted || place.stopping.aborted;
    if (!job || job.endedAt !== null || leaves || performance.now() >= until) {
      const headers = { location: `/v1/jobs/${id}`, 'retry-after': '1' };
      return c.json(job ? shownJob(job) : { id }, 202, headers);
    }
    await new Promise((resolve) => setTimeout(resolve, place.pollMs));
  }
}

const DEFAULT_WAIT_MS = 8_000;
const LONGEST_WAIT_MS = 60_000;

function waitMs(prefer: string | undefined): number {
  if (prefer === undefined) return DEFAULT_WAIT_MS;
  if (/\brespond-async\b/.test(prefer)) return 0;
  const seconds = Number(/\bwait=(\d{1,3})\b/.exec(prefer)?.[1] ?? Number.NaN);
  return Number.isNaN(seconds) ? DEFAULT_WAIT_MS : Math.min(seconds * 1_000, LONGEST_WAIT_MS);
}

function located({ headers, ...reply }: Reply, location: string): Reply {
  return { ...reply, headers: { ...headers, location } };
}

/** Where nothing is kept: the planning is made while the caller waits. */
async function planNow({ c, place }: Asked, posted: Posted): Promise<Response> {
  const { model: from } = posted;
  if (from === null) throw new Error('only models are planned where nothing is kept');
  const source: PlanSource = JSON.parse(posted.source);
  const { planner } = place;
  const about = { emit: () => undefined, signal: c.req.raw.signal };
  let planning: Planning | undefined;
  await planJob(posted, {
    ...{ ...about, step: memorySteps(), llm: planner.llm },
    prepare: () => planner.prepare(source, about),
    store: {
      async save(model, planned, by) {
        const id = idFor(from, { ...posted, llm: by === 'llm' }, place);
        planning = planningOf(model, planned, { id, modelId: from, at: new Date() });
        return id;
      },
    },
  });
  return c.json(planning);
}

function tooManyJobs(): StatewrightError {
  return new StatewrightError(
    'service.tooMany',
    `${MOST_UNFINISHED} jobs of this key wait already.`,
    { hint: 'Wait for one to end, or cancel it: DELETE /v1/jobs/ID.', facts: { retryAfter: 5 } },
  );
}

function noModel(): StatewrightError {
  return new StatewrightError('service.noLlm', 'No language model is configured here.', {
    hint: 'Plan without one ("llm": false), or start the service with --llm anthropic or --llm openai.',
  });
}
