import { resolve } from 'node:path';
import * as z from 'zod';
import type { Condition } from '../condition/condition.ts';
import { Config } from '../config/config.ts';
import { findConfig, loadConfig } from '../config/load.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { defineOperation } from '../kernel/operation.ts';
import { findRoute } from '../model/model.ts';
import { Plan } from '../plan/plan.ts';
import { type Scenario, variantId } from '../scenarios/scenarios.ts';
import { words } from '../scenarios/words.ts';
import { didYouMean } from './nearest.ts';
import { openPlans } from './one-plan.ts';
import { type Reader, type Reading, readModel } from './reading.ts';
import type { Signing } from './signing.ts';

const Staleness = z.array(z.enum(['ending', 'code', 'schema']));

const named = {
  id: z
    .string()
    .meta({ positional: true, description: 'The ending: "POST /checkout › coupon_expired"' }),
  path: z.string().default('.').describe('The repo to read'),
};

export const showPlan = defineOperation({
  name: 'show',
  summary: 'Show the plan of an ending: its rows, request and expectation',
  needs: 'checkout',
  input: z.object(named),
  output: z.object({
    plan: Plan,
    /** Where it is kept; null where the solver made it just now. */
    file: z.string().nullable(),
    stale: Staleness,
  }),
  run: async ({ id, path }, place: Reader) => {
    const config = await configOf(path);
    const reading = await readModel(path, place, config);
    const plans = openPlans(reading, config);
    const kept = await plans.kept(id);
    if (kept) return { plan: kept.plan, file: kept.file, stale: [...kept.stale] };
    return { plan: await plans.current(id), file: null, stale: [] };
  },
});

export const explainEnding = defineOperation({
  name: 'explain',
  summary: 'Explain an ending: what leads there, and the lines of code that say so',
  needs: 'checkout',
  input: z.object(named),
  output: z.object({
    id: z.string(),
    title: z.string(),
    route: z.string(),
    at: z.string(),
    status: z.number().int().nullable(),
    /** All of these hold when the route ends so. */
    conditions: z.array(z.object({ says: z.string(), at: z.string() })),
    feasibility: z.string(),
    /** Why it can't be brought about, where it can't. */
    reason: z.string().nullable(),
    variants: z.array(z.object({ id: z.string(), title: z.string() })),
    planned: z.enum(['kept', 'stale', 'no']),
  }),
  run: async ({ id, path }, place: Reader) => {
    const config = await configOf(path);
    const reading = await readModel(path, place, config);
    const plans = openPlans(reading, config);
    const scenario = plans.scenarios.find((item) => item.id === id || isVariant(item, id));
    if (!scenario) throw unknownEnding(id, plans.scenarios);
    const kept = await plans.kept(id);
    const planned = kept === null ? 'no' : kept.stale.length > 0 ? 'stale' : 'kept';
    return { ...explained(scenario, id, reading), planned } as const;
  },
});

function explained(scenario: Scenario, id: string, { model }: Reading) {
  const route = findRoute(model, scenario.route)?.route;
  const variant = scenario.variants.find(({ slug }) => variantId(scenario.id, slug) === id);
  const outcome = route?.outcomes.find((one) => one.id === (variant?.outcome ?? scenario.outcome));
  const at = outcome?.at ?? route?.at;
  return {
    id,
    title: variant?.title ?? scenario.title,
    route: scenario.route,
    at: at ? `${at.file}:${at.line}` : '',
    status: outcome?.status ?? null,
    conditions: [...scenario.when, ...(variant?.when ?? [])].map(said),
    feasibility: scenario.feasibility,
    reason: scenario.reason,
    variants: scenario.variants.map(({ slug, title }) => ({
      id: variantId(scenario.id, slug),
      title,
    })),
  };
}

function said(condition: Condition): { says: string; at: string } {
  const [first] = condition.kind === 'any' ? condition.of.flat() : [condition];
  const at = first && first.kind !== 'any' ? `${first.at.file}:${first.at.line}` : '';
  return { says: words(condition), at };
}

function isVariant({ id: own, variants }: Scenario, id: string): boolean {
  return variants.some(({ slug }) => variantId(own, slug) === id);
}

/** Reading takes no config; where there is one it says where the plans are. */
export async function configOf(path: string): Promise<Pick<Config, 'plans'> & Signing> {
  const root = resolve(path);
  return findConfig(root)
    ? loadConfig(root)
    : { plans: Config.shape.plans.parse(undefined), signIn: null };
}

function unknownEnding(id: string, scenarios: readonly Scenario[]): StatewrightError {
  const known = scenarios.map((scenario) => scenario.id);
  return new StatewrightError('scenarios.unknownEnding', `There is no ending "${id}".`, {
    hint: didYouMean(id, known, 'Run "statewright scenarios" to see them.'),
  });
}
