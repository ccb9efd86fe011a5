import { statewright } from '../../src/edges/client/client.ts';
import type { Model } from '../../src/model/model.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { compare } from '../../src/proof/compare.ts';
import { fire } from '../../src/proof/fire.ts';

/** What a client of the service does, over and over: plan, set a state up, ask the app, take it down. */
export interface Work {
  readonly url: string;
  readonly key: string;
  /** A number that no other client has. */
  readonly id: number;
  readonly model: Model;
  readonly plans: readonly Plan[];
  /** The checkout it sets states up of, on clones; null for the enrolled database. */
  readonly repo: string | null;
  readonly until: number;
  readonly took: (what: What, ms: number) => void;
  readonly failed: (what: string) => void;
}

export type What = 'plan' | 'plan anew' | 'up' | 'ask' | 'down';

/** Every so many rounds a client brings a model that nobody has planned yet. */
const ANEW_EVERY = 20;

export async function work(about: Work): Promise<void> {
  const { until, failed, id } = about;
  for (let round = id; performance.now() < until; round++) {
    await once(about, round).catch((error: unknown) => failed(String(error)));
  }
}

async function once(about: Work, round: number): Promise<void> {
  const { url, key, model, plans, repo, id, took, failed } = about;
  const service = statewright({ url, key });
  const timed = async <T>(what: What, of: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    const result = await of();
    took(what, performance.now() - begun);
    return result;
  };
  const anew = round % ANEW_EVERY === 0;
  const commit = anew ? `c${id}-${round}` : null;
  const posted = anew ? { ...model, repo: { ...model.repo, commit } } : model;
  const planning = await timed(anew ? 'plan anew' : 'plan', () => service.plan({ model: posted }));
  const plan = plans[(round * 7) % plans.length];
  if (!plan) throw new Error('there is no plan');
  const from = repo === null ? { planning: planning.id } : { repo };
  const run = await timed('up', () => service.up({ plan: plan.id, hours: 0.5, ...from }));
  try {
    const problem = await timed('ask', () => answered(plan, run));
    if (problem) failed(`${plan.id}: ${problem}`);
  } finally {
    await timed('down', async () => run[Symbol.asyncDispose]());
  }
}

type Standing = Awaited<ReturnType<ReturnType<typeof statewright>['up']>>;

/** Null where the last request was answered as planned, else how it differs. */
async function answered(plan: Plan, run: Standing): Promise<string | null> {
  const url = run.app?.url ?? '';
  let problem: string | null = 'it has no request';
  for (const when of run.when as Plan['when']) {
    const credentials = when.as === null ? null : (run.personas[when.as] ?? null);
    const answer = await fire(when, { url, credentials });
    const [difference] = compare(plan.then, answer, { refs: run.refs, now: new Date() });
    problem = difference ? JSON.stringify(difference) : null;
  }
  return problem;
}
