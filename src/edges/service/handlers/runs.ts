import { digest } from '../../../kernel/digest.ts';
import { StatewrightError } from '../../../kernel/errors.ts';
import { MAX_SMALL_BODY, parseJson, readBytes, requireType } from '../body.ts';
import { PageQuery } from '../contract.ts';
import { notHere } from '../not-here.ts';
import type { PlannedFrom, Runner, Started } from '../service.ts';
import { RunRequest, type RunUp } from '../shapes.ts';
import { endRun, listRuns, readRun, saveRun, shownRun, standing } from '../store/runs.ts';
import { idOf, knownPlanning, notFound, queryOf, stored } from './asked.ts';
import type { Asked, Handler } from './handlers.ts';

export const setUpRun: Handler = async (asked) => {
  const { c, place } = asked;
  const { key } = stored(asked);
  const runner = runnerOf(asked);
  requireType(c, ['application/json']);
  const hint = 'See /docs for what a run is asked with.';
  const request = parseJson(await readBytes(c, MAX_SMALL_BODY), RunRequest, hint);
  return asOneMore(asked, async () => {
    const planned = await plannedFrom(asked, request);
    const started = await runner.up(request, planned, c.req.raw.signal);
    const row = await keepRun(asked, started);
    place.gate?.use(key.id, { runs: 1 });
    place.metrics.count('runs', { place: started.place });
    const { run, when, requests, seed } = started;
    const status = shownRun(row);
    const answer: RunUp = { ...run, status, when: [...when] as RunUp['when'], requests, seed };
    return c.json(answer, 201, { location: `/v1/runs/${run.id}` });
  });
};

/** Does what needs a state to stand, unless as many of the key stand as it may have. */
export async function asOneMore<T>(asked: Asked, work: () => Promise<T>): Promise<T> {
  const { storage, key } = stored(asked);
  const { before, leave } = asked.place.busy.enter(`run ${key.id}`);
  try {
    const up = await storage.with((db) => standing(db, key.id));
    if (up + before >= key.standing) throw tooManyRuns(key.standing);
    return await work();
  } finally {
    leave();
  }
}

/** Writes a run down. One that can't be, or that nobody waits for any more, is taken down again. */
async function keepRun(asked: Asked, { run, place, holder, app, expiresAt }: Started) {
  const { storage, key } = stored(asked);
  const { id, plan, handle } = run;
  try {
    const row = await storage.with((db) =>
      saveRun(db, {
        ...{ id, tenant: key.tenant, key: key.id, plan, place, holder, app, expiresAt },
        handleHash: digest(handle),
      }),
    );
    asked.c.req.raw.signal.throwIfAborted();
    return row;
  } catch (error) {
    await runnerOf(asked).down({ id, place, holder }, handle);
    await storage.with((db) => endRun(db, id, 'gone')).catch(() => undefined);
    throw error;
  }
}

/** Only a plan of the caller's own tenant can be set up. */
async function plannedFrom(asked: Asked, request: RunRequest): Promise<PlannedFrom | null> {
  const { planning: id, plan: wanted } = request;
  if (id === undefined) return null;
  const { planning, model } = await knownPlanning(asked, id);
  const { plans, scenarios } = planning;
  const plan = plans.find((candidate) => candidate.id === wanted);
  if (!plan) {
    throw new StatewrightError('up.unknownPlan', `That planning has no plan "${wanted}".`, {
      hint: `GET /v1/plans/${id} lists its plans.`,
    });
  }
  const route = scenarios.find((scenario) => scenario.id === (plan.variantOf ?? plan.id))?.route;
  return { plan, route: route ?? '', model };
}

export const listRunsOf: Handler = async (asked) => {
  const { storage, key } = stored(asked);
  const query = queryOf(asked.c, PageQuery);
  return asked.c.json(await storage.with((db) => listRuns(db, key.tenant, query)));
};

export const showRun: Handler = async (asked) => {
  const { storage, key } = stored(asked);
  const id = idOf(asked.c);
  const row = await storage.with((db) => readRun(db, key.tenant, id));
  if (!row) throw notFound('run', id);
  return asked.c.json(shownRun(row));
};

export const takeRunDown: Handler = async (asked) => {
  const { c } = asked;
  const { storage, key } = stored(asked);
  const runner = runnerOf(asked);
  const id = idOf(c);
  const row = await storage.with((db) => readRun(db, key.tenant, id));
  if (!row) throw notFound('run', id);
  const handle = c.req.header('statewright-handle') ?? '';
  if (digest(handle) !== row.handleHash) throw foreignHandle();
  if (row.state !== 'up') return c.json({ run: id, already: true, removed: 0, restored: 0 });
  const down = await runner.down(row, handle);
  await storage.with((db) => endRun(db, id, 'down'));
  return c.json(down);
};

export function runnerOf({ c, place }: Asked): Runner {
  if (place.runner) return place.runner;
  const { method, path } = c.req;
  throw notHere({ method: method as 'POST', path, needs: 'checkout' });
}

function foreignHandle(): StatewrightError {
  return new StatewrightError('run.foreignHandle', 'This handle was not given out for that run.', {
    hint: 'Send the handle that setting it up gave, as the header Statewright-Handle. Nothing was changed.',
    ending: 'refused',
  });
}

function tooManyRuns(standing: number): StatewrightError {
  return new StatewrightError('service.tooMany', `${standing} runs of this key stand already.`, {
    hint: 'Take one down with DELETE /v1/runs/ID.',
    facts: { retryAfter: 5 },
  });
}
