import type * as z from 'zod';
import { StatewrightError } from '../../../kernel/errors.ts';
import type { Model } from '../../../model/model.ts';
import { planJob } from '../../../operations/plan-job.ts';
import { readArchive } from '../archive.ts';
import { jsonOf, MAX_BODY, readBytes, requireType } from '../body.ts';
import { memorySteps } from '../jobs/steps.ts';
import { type PlanInput, type PlanSource, planningId, planningOf } from '../jobs/work.ts';
import { checkPath } from '../paths.ts';
import { type Planning, PlanRequest } from '../shapes.ts';
import { createJob, type JobRow, readJob, shownJob } from '../store/jobs.ts';
import { modelId, readPlanning } from '../store/plannings.ts';
import { stored } from './asked.ts';
import type { Asked, Handler } from './handlers.ts';
import { sendPlanning } from './lists.ts';

const ARCHIVES = [
  'application/gzip',
  'application/x-gzip',
  'application/x-tar',
  'application/tar+gzip',
];
const MODEL_HINT = 'Post {"model": …} as "npx statewright analyze --json" prints it.';

export const plan: Handler = async (asked) => {
  const { place, key } = asked;
  const { input, model } = await readInput(asked);
  if (input.llm && !place.planner.llm) throw noModel();
  if (!place.storage || !place.jobs || !key) return planNow(asked, { input, model });
  const { storage } = place;
  if (input.source.kind === 'model') {
    const llm = place.planner.llm?.model ?? null;
    const asking = { llm, only: input.only, version: place.version };
    const by = input.llm ? 'llm' : 'solver';
    const id = planningId(modelId(input.source.text), by, asking);
    const known = await storage.with((db) => readPlanning(db, key.tenant, id));
    if (known) return located(await sendPlanning(asked, id), `/v1/plans/${id}`);
  }
  const owner = { tenant: key.tenant, key: key.id };
  const job = await storage.with((db) => createJob(db, owner, JSON.stringify(input)));
  await place.jobs.add(job.id);
  place.gate?.use(key.id, { plannings: 1 });
  place.metrics.count('plannings', { source: input.source.kind });
  return waitFor(asked, job);
};

/** The result if it is there in time, else where to look for it. */
async function waitFor(asked: Asked, { id }: JobRow): Promise<Response> {
  const { c, place } = asked;
  const { storage } = stored(asked);
  const until = performance.now() + waitMs(c.req.header('prefer'));
  for (;;) {
    const job = await storage.with((db) => readJob(db, id));
    if (job?.state === 'done' && job.result) {
      const response = await sendPlanning(asked, job.result.slice('/v1/plans/'.length));
      return located(response, job.result);
    }
    if (job?.problem) {
      const { code, detail, hint } = job.problem;
      throw new StatewrightError(code, detail, { hint });
    }
    if (!job || performance.now() >= until || c.req.raw.signal.aborted) {
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

function located(response: Response, location: string): Response {
  response.headers.set('location', location);
  return response;
}

/** Where nothing is kept: the planning is made while the caller waits. */
async function planNow({ c, place }: Asked, { input, model }: Read): Promise<Response> {
  if (!model) throw new Error('only models are planned where nothing is kept');
  const { planner, version } = place;
  const from = modelId(JSON.stringify(model));
  let planning: Planning | undefined;
  await planJob(input, {
    step: memorySteps(),
    emit: () => undefined,
    signal: c.req.raw.signal,
    llm: planner.llm,
    prepare: () =>
      planner.prepare(input.source, { emit: () => undefined, signal: c.req.raw.signal }),
    store: {
      async save(about, planned, by) {
        const asking = { llm: planner.llm?.model ?? null, only: input.only, version };
        const id = planningId(from, by, asking);
        planning = planningOf(about, planned, { id, modelId: from, at: new Date() });
        return id;
      },
    },
  });
  return c.json(planning);
}

interface Read {
  readonly input: PlanInput;
  /** The model, where one was posted. */
  readonly model: Model | null;
}

async function readInput({ c, place }: Asked): Promise<Read> {
  const type = requireType(c, ['application/json', ...ARCHIVES]);
  const bytes = await readBytes(c, MAX_BODY);
  if (type !== 'application/json') {
    const files = await filesOf(bytes, place.planner.reads);
    const llm = c.req.query('llm') === 'true';
    const input = {
      source: { kind: 'files', files } as const,
      llm,
      only: c.req.query('only') ?? '',
    };
    return { input, model: null };
  }
  const body = jsonOf(bytes);
  const kinds = ['model', 'files', 'repo'].filter(
    (kind) => typeof body === 'object' && body !== null && kind in body,
  );
  if (kinds.length !== 1) throw needsOne(kinds);
  const [withModel, withFiles, withRepo] = PlanRequest.options;
  if (kinds[0] === 'model') {
    const { model, llm, only } = parsed(withModel, body, 'service.badModel');
    return { input: { source: { kind: 'model', text: JSON.stringify(model) }, llm, only }, model };
  }
  if (!place.planner.reads) throw readsElsewhere();
  if (kinds[0] === 'files') {
    const { files, llm, only } = parsed(withFiles, body, 'service.badRequest');
    const checked = Object.entries(files).map(([path, text]) => [checkPath(path), text]);
    const source: PlanSource = { kind: 'files', files: Object.fromEntries(checked) };
    return { input: { source, llm, only }, model: null };
  }
  const { repo, llm, only } = parsed(withRepo, body, 'service.badRequest');
  const source: PlanSource = { kind: 'repo', path: await place.planner.locate(repo) };
  return { input: { source, llm, only }, model: null };
}

async function filesOf(bytes: Uint8Array, reads: boolean): Promise<Record<string, string>> {
  if (!reads) throw readsElsewhere();
  return Object.fromEntries(await readArchive(bytes));
}

function parsed<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  code: string,
): z.output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.join('.').slice(0, 200) || 'The body';
  throw new StatewrightError(code, `${where}: ${issue?.message.slice(0, 300)}.`, {
    hint: code === 'service.badModel' ? MODEL_HINT : 'See /openapi.json for what it may be.',
  });
}

function needsOne(kinds: readonly string[]): StatewrightError {
  if (kinds.length > 1) {
    return new StatewrightError('service.badRequest', `The body has ${kinds.join(' and ')}.`, {
      hint: 'Send one of them.',
    });
  }
  return new StatewrightError('service.needsModel', 'The body has no "model".', {
    hint: 'Make one where the checkout is, with "npx statewright analyze --json", and post it as {"model": …}.',
  });
}

function readsElsewhere(): StatewrightError {
  return new StatewrightError('service.notHere', 'Sources are not read here, models are planned.', {
    hint: 'Post {"model": …} as "npx statewright analyze --json" prints it, or run `npx statewright serve` on Node, which reads sources.',
  });
}

function noModel(): StatewrightError {
  return new StatewrightError('service.noLlm', 'No language model is configured here.', {
    hint: 'Plan without one ("llm": false), or start the service with --llm anthropic or --llm openai.',
  });
}
