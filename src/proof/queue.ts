import { canonicalJson } from '../kernel/digest.ts';
import { random } from '../kernel/seed.ts';
import type { Plan } from '../plan/plan.ts';
import type { Env } from './stage.ts';

/** The plans one kind of app process serves: those with the same environment. */
export interface Queue {
  readonly env: Env;
  readonly plans: readonly Plan[];
  readonly waiting: Plan[];
  /** Workers on it now. */
  workers: number;
}

/** A further process is worth its start from this many waiting plans on. */
const WORTH_A_PROCESS = 30;
const SAMPLE_SHARE = 0.1;
const SAMPLE_MIN = 3;

/** One queue an environment, in the order of the plans. */
export function queuesOf(plans: readonly Plan[]): readonly Queue[] {
  const groups = Map.groupBy(plans, (plan) => canonicalJson(plan.given.env));
  return [...groups.values()].map((group) => ({
    env: group[0]?.given.env ?? {},
    plans: group,
    waiting: [...group],
    workers: 0,
  }));
}

/** The queue a free worker should join: one nobody serves, else a long one. */
export function nextQueue(queues: readonly Queue[]): Queue | undefined {
  const open = queues.filter((queue) => queue.waiting.length > 0);
  const alone = open.find((queue) => queue.workers === 0);
  if (alone) return alone;
  const long = open.filter(({ waiting, workers }) => waiting.length / workers >= WORTH_A_PROCESS);
  return long.sort((a, b) => b.waiting.length / b.workers - a.waiting.length / a.workers)[0];
}

/** The ids of the plans that are fired a second time though they were proven: a tenth, three at least. */
export function sampleOf(plans: readonly Plan[], seed: string): ReadonlySet<string> {
  const size = Math.max(SAMPLE_MIN, Math.ceil(plans.length * SAMPLE_SHARE));
  return new Set(
    shuffled(plans, [seed, 'sample'])
      .slice(0, size)
      .map((plan) => plan.id),
  );
}

/** The plans in an order that only the key decides. */
export function shuffled(
  plans: readonly Plan[],
  [seed, salt]: readonly [string, string],
): readonly Plan[] {
  return plans
    .map((plan) => ({ plan, at: random(seed, salt, plan.id) }))
    .sort((a, b) => a.at - b.at || (a.plan.id < b.plan.id ? -1 : 1))
    .map(({ plan }) => plan);
}
