import { digest } from '../../../kernel/digest.ts';
import { StatewrightError } from '../../../kernel/errors.ts';
import type { Emit } from '../../../kernel/events.ts';
import type { Llm } from '../../../llm/llm.ts';
import type { Model } from '../../../model/model.ts';
import type { Planned } from '../../../operations/plan.ts';
import {
  type PlanJobPorts,
  type Prepared,
  planJob,
  type Step,
} from '../../../operations/plan-job.ts';
import type { Posted, Sent } from '../posted.ts';
import { problemFrom } from '../problem.ts';
import type { Planning } from '../shapes.ts';
import type { Storage } from '../store/db.ts';
import { addEvent, beginJob, endJob, type JobRow, readInput, readJob } from '../store/jobs.ts';
import { addUsage } from '../store/keys.ts';
import { modelId, saveModel, savePlanning } from '../store/plannings.ts';

/** What is to be planned: a model's JSON, sources by path, or a checkout under an allowed root. */
export type PlanSource =
  | { readonly kind: 'model'; readonly text: string }
  | { readonly kind: 'files'; readonly files: Readonly<Record<string, string>> }
  | { readonly kind: 'repo'; readonly path: string };

export interface PlanInput {
  readonly source: PlanSource;
  readonly llm: boolean;
  readonly only: string;
}

/** What a place can plan with. */
export interface Planner {
  /** Whether it reads source files and repos. */
  readonly reads: boolean;
  readonly llm: Llm | null;
  /** Reads the body of a request to plan. */
  parse(sent: Sent, signal: AbortSignal): Promise<Posted>;
  /** The absolute path of a repo under an allowed root. Throws `service.noRoot` or `service.badPath`. */
  locate(repo: string): Promise<string>;
  prepare(
    source: PlanSource,
    options: { readonly emit: Emit; readonly signal: AbortSignal },
  ): Promise<Prepared>;
}

/** The id of what the same model, asked the same way, always gives. */
export function planningId(
  model: string,
  by: 'solver' | 'llm',
  asked: { readonly llm: string | null; readonly only: string; readonly version: string },
): string {
  const way = by === 'solver' ? [asked.version] : [asked.version, asked.llm, asked.only];
  return `p_${digest([model, by, ...way]).slice(0, 24)}`;
}

export function planningOf(
  model: Model,
  planned: Planned,
  about: { readonly id: string; readonly modelId: string; readonly at: Date },
): Planning {
  const { id, modelId: from, at } = about;
  return { id, model: from, repo: model.repo, createdAt: at.toISOString(), ...planned };
}

export interface Working {
  readonly storage: Storage;
  readonly planner: Planner;
  readonly version: string;
  readonly signal: AbortSignal;
  /** The step adapter of the place, for this job. */
  readonly step: Step;
}

/**
 * Works on a job until it has ended. What is wrong with its input ends it as failed; what is wrong with
 * this process or its storage is thrown, so that the job goes on elsewhere.
 */
export async function workOn(id: string, working: Working): Promise<void> {
  const { storage } = working;
  const job = await storage.with((db) => readJob(db, id));
  const input = await storage.with((db) => readInput(db, id));
  if (!job || input === null || !(await storage.with((db) => beginJob(db, id)))) return;
  const events = openEvents(id, storage);
  try {
    const result = await runJob({ job, input: JSON.parse(input), emit: events.emit }, working);
    await events.flush();
    await storage.with((db) => endJob(db, id, { state: 'done', result: `/v1/plans/${result}` }));
  } catch (error) {
    await events.flush().catch(() => undefined);
    working.signal.throwIfAborted();
    if (error instanceof StatewrightError && error.code === 'service.storageGone') throw error;
    const problem = problemFrom(error, id);
    await storage.with((db) => endJob(db, id, { state: 'failed', problem }));
    if (problem.status === 500) throw error;
  }
}

function runJob(
  { job, input, emit }: { readonly job: JobRow; readonly input: PlanInput; readonly emit: Emit },
  working: Working,
): Promise<string> {
  const { planner, signal, step, storage, version } = working;
  const { source, llm, only } = input;
  const { tenant, key } = job;
  const count = (tokens: number) => storage.with((db) => addUsage(db, key, { tokens }));
  const model = llm && planner.llm ? metered(planner.llm, count) : null;
  const asked = { llm: planner.llm?.model ?? null, only, version };
  const save: PlanJobPorts['store']['save'] = async (about, planned, by) => {
    const text = JSON.stringify(about);
    const from = modelId(text);
    const id = planningId(from, by, asked);
    const planning = planningOf(about, planned, { id, modelId: from, at: new Date() });
    await storage.with(async (db) => {
      await saveModel(db, tenant, { id: from, text, model: about });
      await savePlanning(db, tenant, planning);
    });
    return id;
  };
  const prepare = () => planner.prepare(source, { emit, signal });
  return planJob({ llm, only }, { step, emit, signal, llm: model, prepare, store: { save } });
}

function metered(llm: Llm, count: (tokens: number) => Promise<void>): Llm {
  return {
    ...llm,
    ask: async (question, options) => {
      const answer = await llm.ask(question, options);
      if ('usage' in answer) await count(answer.usage.inputTokens + answer.usage.outputTokens);
      return answer;
    },
  };
}

/** Between two events of progress that are written down. */
const EVERY_MS = 200;

function openEvents(job: string, storage: Storage): { emit: Emit; flush: () => Promise<void> } {
  let last = 0;
  let writing: Promise<unknown> = Promise.resolve();
  const emit: Emit = (event) => {
    const now = performance.now();
    if (event.kind === 'progress' && now - last < EVERY_MS) return;
    if (event.kind === 'progress') last = now;
    writing = writing.then(() => storage.with((db) => addEvent(db, job, event)));
    writing.catch(() => undefined);
  };
  return { emit, flush: async () => void (await writing) };
}
