import { openAnthropic } from '../../llm/anthropic.ts';
import type { Llm } from '../../llm/llm.ts';
import { openOpenai } from '../../llm/openai.ts';
import { withPatience } from '../../llm/patience.ts';
import type { Step } from '../../operations/plan-job.ts';
import { type Gate, openGate, openGateMemory } from './auth.ts';
import { openBusy } from './busy.ts';
import { openBodyCache } from './cache.ts';
import { prepareModel } from './jobs/prepare.ts';
import { memorySteps, storedSteps } from './jobs/steps.ts';
import { type Planner, workOn } from './jobs/work.ts';
import { openKnownPlannings } from './known.ts';
import { openMetrics } from './metrics.ts';
import { notHere } from './not-here.ts';
import { plainError } from './plain-error.ts';
import { parsePosted } from './posted.ts';
import { openSecretGate } from './secret-gate.ts';
import type { Jobs, Place } from './service.ts';
import { openPerRequest, type Storage } from './store/db.ts';
import { silentFor, touchJob } from './store/jobs.ts';

/** What `wrangler.toml` binds; whatever is absent is not had there. */
export interface Env {
  readonly HYPERDRIVE?: { readonly connectionString: string };
  readonly PLANNING?: {
    create(options: { id: string; params: { job: string } }): Promise<unknown>;
    get(id: string): Promise<{ restart(): Promise<void> }>;
  };
  readonly LLM_PROVIDER?: string;
  readonly LLM_MODEL?: string;
  readonly LLM_BASE_URL?: string;
  /** Seconds without a sign of life after which a job's Workflow is started again; 900 when absent. */
  readonly STALE_SECONDS?: string;
  /** A secret: the one key that is asked for where nothing is kept. `wrangler secret put SERVICE_KEY`. */
  readonly SERVICE_KEY?: string;
  /** A secret: `wrangler secret put LLM_API_KEY`. */
  readonly LLM_API_KEY?: string;
}

export interface Isolate {
  readonly prompt: string;
  readonly version: string;
}

// What an isolate remembers between requests: no sockets, nothing of one tenant under another's name.
const memory = openGateMemory();
const metrics = openMetrics();
const busy = openBusy();
const never = new AbortController().signal;
const cache = openBodyCache(16 * 1024 * 1024);

/** What the Worker gives the service for one request; `settle` ends it. */
export function openWorkerPlace(
  env: Env,
  isolate: Isolate,
  waitUntil: (work: Promise<unknown>) => void,
): { place: Place; settle: () => Promise<void> } {
  const { version } = isolate;
  const storage = env.HYPERDRIVE ? openPerRequest(env.HYPERDRIVE.connectionString) : null;
  const gate = gateOf(env, storage);
  // Nobody unknown asks a model on the owner's account.
  const planner = plannerOf(gate ? env : { ...env, LLM_API_KEY: '' }, isolate);
  const place: Place = {
    ...{ serves: storage ? 'database' : 'none', version, storage, gate, planner },
    ...{ metrics, cache, busy, stopping: never },
    // What one request waits for is not another's to wait for.
    known: openKnownPlannings(0),
    jobs: storage && jobsOf({ env, storage }, isolate, waitUntil),
    runner: null,
    pollMs: 250,
    log: (line) => {
      if (line.error !== null && line.status !== 501)
        console.error(JSON.stringify({ ...line, error: plainError(line.error) }));
    },
    page: null,
  };
  const settle = async (): Promise<void> => {
    await gate?.flush().catch(() => undefined);
    await storage?.close();
  };
  return { place, settle };
}

function gateOf({ SERVICE_KEY: secret }: Env, storage: Storage | null): Gate | null {
  if (storage) return openGate(storage, { memory });
  return secret ? openSecretGate(secret, { memory }) : null;
}

/** Works on one job with a storage of its own. */
export async function workOnWorker(
  job: string,
  { env, isolate, step }: { env: Env; isolate: Isolate; step: Step },
): Promise<void> {
  const storage: Storage = openPerRequest(env.HYPERDRIVE?.connectionString ?? '');
  const { signal } = new AbortController();
  try {
    const planner = plannerOf(env, isolate);
    // Kept here too, a Workflow that is started again does nothing twice.
    const kept = storedSteps(job, storage);
    await workOn(job, {
      ...{ storage, planner, version: isolate.version, signal },
      step: (name, work) => step(name, () => kept(name, work)),
    });
  } finally {
    await storage.close();
  }
}

/** Longer than any step takes: a Workflow that was silent so long has ended without ending its job. */
const STALE_S = 15 * 60;

/** Workflows where they are bound, else the isolate that was asked. */
function jobsOf(
  { env, storage }: { readonly env: Env; readonly storage: Storage },
  isolate: Isolate,
  waitUntil: (work: Promise<unknown>) => void,
): Jobs {
  return {
    async add(job) {
      if (env.PLANNING) await env.PLANNING.create({ id: job, params: { job } });
      else waitUntil(workOnWorker(job, { env, isolate, step: memorySteps() }));
    },
    cancel: async () => undefined,
    async look(job) {
      if (!env.PLANNING) return;
      const silent = await storage.with((db) => silentFor(db, job));
      if (silent < Number(env.STALE_SECONDS ?? STALE_S)) return;
      // Told before, so that of several who look one starts it.
      if (!(await storage.with((db) => touchJob(db, job, silent)))) return;
      await (await env.PLANNING.get(job)).restart();
    },
    close: async () => undefined,
  };
}

function plannerOf(env: Env, { prompt }: Isolate): Planner {
  return {
    reads: false,
    llm: llmOf(env),
    parse: parsePosted,
    locate: async () => {
      throw notHere({ method: 'POST', path: '/v1/plans', needs: 'checkout' });
    },
    prepare: async (source, { emit }) => {
      if (source.kind !== 'model')
        throw notHere({ method: 'POST', path: '/v1/plans', needs: 'checkout' });
      return prepareModel(JSON.parse(source.text), prompt, { emit });
    },
  };
}

function llmOf(env: Env): Llm | null {
  const { LLM_PROVIDER: provider, LLM_API_KEY: apiKey, LLM_BASE_URL: baseUrl = null } = env;
  if (!apiKey) return null;
  const model = env.LLM_MODEL ?? (provider === 'openai' ? 'gpt-5.5' : 'claude-sonnet-5-5');
  const options = { apiKey, model, baseUrl, stream: false };
  const llm = provider === 'openai' ? openOpenai(options) : openAnthropic(options);
  return withPatience(llm, { tries: 3, timeoutMs: 120_000 });
}
