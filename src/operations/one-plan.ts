import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { fileSlug } from '../kernel/digest.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Model } from '../model/model.ts';
import { checkPlan } from '../plan/check.ts';
import { groundsOf } from '../plan/draft.ts';
import type { Plan } from '../plan/plan.ts';
import { solvePlans } from '../plan/solve.ts';
import { openPlanFolder } from '../plan/store.ts';
import { deriveScenarios } from '../scenarios/derive.ts';
import type { Scenario } from '../scenarios/scenarios.ts';
import { didYouMean } from './nearest.ts';
import type { Reading } from './reading.ts';

/** What of a plan's grounds has changed since it was made. */
export type Stale = readonly ('ending' | 'code' | 'schema')[];

export interface KeptPlan {
  readonly plan: Plan;
  /** Relative to the repo. */
  readonly file: string;
  readonly stale: Stale;
}

/** Reads single plans of a repo without solving all of it. */
export interface PlanReader {
  readonly scenarios: readonly Scenario[];
  /** Whether the code that a plan was made for still stands. */
  judge(plan: Plan): KeptPlan;
  /** The plan beside the code, and whether the code it was made for still stands; null where none is kept. */
  kept(id: string): Promise<KeptPlan | null>;
  /** The kept plan while it stands, else the solver's of today. Throws `up.unknownPlan` or `plan.unsound`. */
  current(id: string): Promise<Plan>;
  /** The kept plan; throws `plan.stale` where its grounds have changed, `up.unknownPlan` or `plan.unsound`. */
  strict(id: string): Promise<KeptPlan>;
}

export function openPlans({ root, model }: Reading, config: Pick<Config, 'plans'>): PlanReader {
  const scenarios = deriveScenarios(model);
  const store = openPlanFolder(join(root, config.plans));
  const about = { model, scenarios };
  const judge = (plan: Plan): KeptPlan => {
    const file = join(config.plans, `${fileSlug(plan.id)}.json`);
    return { plan, file, stale: staleness(plan, about) };
  };
  const kept = async (id: string): Promise<KeptPlan | null> => {
    const plan = await store.find(id);
    return plan && judge(plan);
  };
  const unknown = async (id: string) => {
    const ids = [...(await store.list()), ...scenarios].map((item) => item.id);
    return unknownPlan(id, [...new Set(ids)]);
  };
  return {
    scenarios,
    judge,
    kept,
    async current(id) {
      const found = await kept(id);
      const stands = found && (found.plan.planner.kind !== 'solver' || isCurrent(found.stale));
      if (stands) return sound(found, model);
      const made = solved(id, about);
      if (made) return made;
      throw await unknown(id);
    },
    async strict(id) {
      const found = await kept(id);
      if (!found) throw await unknown(id);
      if (found.stale.length > 0) throw stalePlan(found);
      sound(found, model);
      return found;
    },
  };
}

interface About {
  readonly model: Model;
  readonly scenarios: readonly Scenario[];
}

/** Plans written by hand rest on nothing that was recorded: they are judged by their checks alone. */
function staleness(plan: Plan, { model, scenarios }: About): Stale {
  if (plan.planner.kind === 'hand') return [];
  const scenario = scenarios.find(({ id }) => id === (plan.variantOf ?? plan.id));
  const rows = plan.planner.kind === 'solver' ? plan.given.rows : {};
  const grounds = scenario && groundsOf(model, scenario, rows);
  if (!grounds) return ['ending'];
  return (['code', 'schema'] as const).filter(
    (part) => grounds.digests[part] !== plan.digests[part],
  );
}

/** As `prove` has it: a plan is made anew when the code has changed. */
function isCurrent(stale: Stale): boolean {
  return !stale.includes('code') && !stale.includes('ending');
}

function solved(id: string, { model, scenarios }: About): Plan | null {
  const own = scenarios.filter((item) => id === item.id || id.startsWith(`${item.id} › `));
  const { plans } = solvePlans(model, own);
  const plan = plans.find((candidate) => candidate.id === id);
  return plan && checkPlan(plan, model).every(({ severity }) => severity !== 'error') ? plan : null;
}

function sound({ plan, file }: KeptPlan, model: Model): Plan {
  const errors = checkPlan(plan, model).filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return plan;
  const problems = errors.map(({ code, facts }) => `${code} ${JSON.stringify(facts)}`).join('; ');
  throw new StatewrightError(
    'plan.unsound',
    `${file} does not pass its checks: ${problems}. Nothing was written.`,
    { hint: 'Correct it, or delete it and run `statewright plan` to have it made again.' },
  );
}

const CHANGED: Readonly<Record<Stale[number], string>> = {
  ending: 'its route no longer has this ending',
  code: 'the code of its route has changed',
  schema: 'the tables it touches have changed',
};

function stalePlan({ plan, file, stale }: KeptPlan): StatewrightError {
  const why = stale.map((part) => CHANGED[part]).join(' and ');
  return new StatewrightError(
    'plan.stale',
    `The plan "${plan.id}" is stale: ${why} since it was made. Nothing was set up.`,
    {
      hint: `Run \`statewright plan\` and review what it changes in ${file}.`,
      facts: { id: plan.id, file, stale: [...stale] },
    },
  );
}

function unknownPlan(id: string, known: readonly string[]): StatewrightError {
  return new StatewrightError('up.unknownPlan', `There is no plan "${id}". Nothing was written.`, {
    hint: didYouMean(id, known, 'Run "statewright plan" first.'),
  });
}
