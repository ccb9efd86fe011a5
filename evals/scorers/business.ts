import type { Plan } from '../../src/plan/plan.ts';
import { holdsState } from '../business/holds.ts';
import type { Run } from '../record.ts';
import { defineScorer, shareOf } from './scorer.ts';

/** What the solver's plans hold already counts: this is what solver and model have together. */
export const business = defineScorer(
  'business',
  'listed business states that a plan holds, the solver’s or the model’s',
  { score: (run) => scoreOf(run, [...(run.business?.solver ?? []), ...run.plans]) },
);

export const businessSolver = defineScorer(
  'solver-business',
  'listed business states that a plan of the solver holds',
  { score: (run) => scoreOf(run, run.business?.solver ?? []), ratchet: false },
);

function scoreOf({ business: about, model }: Run, plans: readonly Plan[]) {
  if (!about) return null;
  const tables = model.apps.flatMap((app) => app.tables);
  const seeded = model.apps.flatMap((app) => app.seeded ?? []);
  return shareOf(
    about.listed,
    (state) => plans.some((plan) => holdsState(state, plan, { tables, seeded })),
    ({ id }) => id,
  );
}
