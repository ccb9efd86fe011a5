import type { Plan } from '../../src/plan/plan.ts';
import { groundOf, holdsState } from '../business/holds.ts';
import type { Run } from '../record.ts';
import { defineScorer, shareOf } from './scorer.ts';

/** What the solver's plans hold already counts: this is what solver and model have together. */
export const business = defineScorer(
  'business',
  'listed business states that a plan holds, the solver’s or the model’s',
  { score: (run) => scoreOf(run, [...solverOf(run), ...run.plans]) },
);

export const businessSolver = defineScorer(
  'solver-business',
  'listed business states that a plan of the solver holds',
  { score: (run) => scoreOf(run, solverOf(run)), ratchet: false },
);

export const businessProven = defineScorer(
  'business-proven',
  'listed business states held by a plan that was set up and proven, the solver’s or the model’s',
  { score: (run) => run.proofs && scoreOf(run, provenOf(run, [...solverOf(run), ...run.plans])) },
);

export const businessSolverProven = defineScorer(
  'solver-business-proven',
  'listed business states held by a plan of the solver that was set up and proven',
  { score: (run) => run.proofs && scoreOf(run, provenOf(run, solverOf(run))), ratchet: false },
);

function scoreOf({ business: about, model }: Run, plans: readonly Plan[]) {
  if (!about) return null;
  const ground = groundOf(model.apps);
  return shareOf(
    about.listed,
    (state) => plans.some((plan) => holdsState(state, plan, ground)),
    ({ id }) => id,
  );
}

function solverOf({ business: about }: Run): readonly Plan[] {
  return about?.solver ?? [];
}

function provenOf({ proofs, solverProofs = [] }: Run, plans: readonly Plan[]): readonly Plan[] {
  const proven = [...(proofs ?? []), ...solverProofs].filter(({ verdict }) => verdict === 'proven');
  const ids = new Set(proven.map(({ plan }) => plan));
  return plans.filter(({ id }) => ids.has(id));
}
