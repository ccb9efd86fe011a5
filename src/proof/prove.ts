import type { Emit } from '../kernel/events.ts';
import type { Plan, When } from '../plan/plan.ts';
import { routeOf } from '../scenarios/scenarios.ts';
import { ANEW, type Attempt, type AttemptPorts, QUICK } from './attempt.ts';
import type { Browser } from './browser.ts';
import { byEnv, confirm, isDoubtful, isSame, type Proving, unstable } from './confirm.ts';
import { askPlainly } from './coverage/plain.ts';
import { type Ending, endingsThatFit } from './diverge.ts';
import { holdStage } from './held-stage.ts';
import type { Proof } from './proof.ts';
import { nextQueue, type Queue, queuesOf, sampleOf, shuffled } from './queue.ts';
import { sideBySide } from './side-by-side.ts';
import type { StagePorts } from './stage.ts';

export interface ProvePorts extends StagePorts, Omit<AttemptPorts, 'browser'> {
  readonly emit: Emit;
  /** Called once, when the first visit comes. */
  openBrowser(): Promise<Browser>;
}

export interface ProveOptions {
  readonly ports: ProvePorts;
  /** All endings of the model's routes: what came back instead is named after them. */
  readonly endings: readonly Ending[];
  /** App processes side by side. */
  readonly workers: number;
  /** Chooses which proven plans are fired again. */
  readonly seed: string;
  readonly signal: AbortSignal;
  /** One request a route with nothing set up; fired where what runs is counted. */
  readonly plain?: readonly When[];
}

/**
 * Fires every plan on a database of its own and gives one proof each, in the plans' order. What did not
 * come back as expected is fired once more in another process, a sample of the proven in shuffled order;
 * answers that change are `unstable`. However it ends, aborted too, no app and no database of it is left.
 */
export async function prove(
  plans: readonly Plan[],
  options: ProveOptions,
): Promise<readonly Proof[]> {
  const { ports, endings, workers, seed } = options;
  const browser = openOnce(ports.openBrowser);
  const queues = queuesOf(plans);
  const sample = sampleOf(plans, seed);
  const results = new Map<string, Attempt>();
  const settle = (plan: Plan, result: Attempt) => {
    results.set(plan.id, result);
    const note = `${result.verdict} ${plan.id}`;
    ports.emit({ kind: 'progress', stage: 'prove', done: results.size, note });
  };
  const attempts = { ...ports, browser: browser.open };
  ports.emit({ kind: 'stage', stage: 'prove', total: plans.length });
  try {
    const part = { count: workers, signal: options.signal };
    await sideBySide(part, async (signal) => {
      const proving = { ports, attempts, signal, results, settle };
      await serve(queues, proving, (queue) =>
        shuffled(queue.plans, [seed, 'order']).filter((plan) => sample.has(plan.id)),
      );
    });
    const doubtful = byEnv(plans.filter((plan) => isDoubtful(results.get(plan.id))));
    await sideBySide(part, async (signal) => {
      const proving = { ports, attempts, signal, results, settle };
      for (let group = doubtful.shift(); group; group = doubtful.shift())
        await confirm(group, proving);
    });
    await askPlainly(options.plain ?? [], { ports, signal: options.signal });
  } finally {
    await browser.close();
  }
  const proven = [...results.values()].filter((result) => result.verdict === 'proven').length;
  ports.emit({ kind: 'done', stage: 'prove', note: `${proven} of ${plans.length} proven` });
  return plans.flatMap((plan) => {
    const result = results.get(plan.id);
    return result ? [proofOf(plan, result, endings)] : [];
  });
}

/** One worker: takes queue after queue; who ends a queue fires its sample again. */
async function serve(
  queues: readonly Queue[],
  proving: Proving,
  sampled: (queue: Queue) => readonly Plan[],
): Promise<void> {
  for (let queue = nextQueue(queues); queue; queue = nextQueue(queues)) {
    queue.workers += 1;
    const held = holdStage(queue.env, proving);
    try {
      for (let plan = queue.waiting.shift(); plan; plan = queue.waiting.shift()) {
        proving.settle(plan, await held.attempt(plan, QUICK));
      }
      const again = queue.workers === 1 ? sampled(queue) : [];
      for (const plan of again) {
        const first = proving.results.get(plan.id);
        if (first?.verdict !== 'proven') continue;
        const second = await held.attempt(plan, ANEW);
        if (!isSame(first, second)) proving.settle(plan, unstable(first, second, 'fired again'));
      }
    } finally {
      queue.workers -= 1;
      await held.close();
    }
  }
}

function proofOf(plan: Plan, result: Attempt, endings: readonly Ending[]): Proof {
  const scenario = plan.variantOf ?? plan.id;
  const own = endings.find((ending) => ending.scenario.id === scenario)?.scenario;
  const route = own?.route ?? routeOf(scenario);
  const siblings = endings.filter(
    (ending) => ending.scenario.route === route && ending.scenario.id !== plan.id,
  );
  const { verdict, reason, observed, residue, timings } = result;
  const diverted = verdict === 'diverted' && observed !== null;
  return {
    plan: plan.id,
    scenario,
    route,
    verdict,
    reason,
    expected: plan.then,
    // `Json` is the readonly view of the same shape.
    observed: observed as Proof['observed'],
    divergedAt: diverted ? [...endingsThatFit(siblings, observed)] : [],
    residue: [...residue],
    timings,
  };
}

function openOnce(open: () => Promise<Browser>) {
  let opened: Promise<Browser> | undefined;
  return {
    open: () => (opened ??= open()),
    async close() {
      const browser = await opened?.catch(() => null);
      if (browser?.kind === 'found') await browser.close();
    },
  };
}
