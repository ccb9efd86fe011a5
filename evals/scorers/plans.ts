import { canonicalJson } from '../../src/kernel/digest.ts';
import { checkPlan } from '../../src/plan/check.ts';
import { checkEnding } from '../../src/plan/ending.ts';
import { isMade } from '../../src/plan/plan.ts';
import { scenarioId } from '../../src/scenarios/scenarios.ts';
import { defineScorer, endingPlans, shareOf } from './scorer.ts';

export const validity = defineScorer('validity', 'plans without an error in any check', {
  score: ({ plans, model, unsolved }) => {
    const sound = plans.filter(
      (plan) => !checkPlan(plan, model).some(({ severity }) => severity === 'error'),
    );
    const refused = unsolved.filter(({ reason }) => reason.includes('did not pass its checks'));
    const notes = [
      ...plans.filter((plan) => !sound.includes(plan)).map(({ id }) => id),
      ...refused.map(({ scenario }) => scenario),
    ];
    return { hits: sound.length, of: plans.length + refused.length, notes };
  },
});

export const planned = defineScorer('planned', 'scenarios with a plan, but for infeasible ones', {
  score: ({ plans, scenarios }) => {
    const ids = new Set(plans.map(({ id }) => id));
    const wanted = scenarios.filter(({ feasibility }) => feasibility !== 'infeasible');
    return shareOf(
      wanted,
      ({ id }) => ids.has(id),
      ({ id }) => id,
    );
  },
});

export const variants = defineScorer(
  'variants',
  'near misses, boundaries, cases and mixes that a plan covers',
  {
    score: ({ plans, scenarios, alike }) => {
      const ids = new Set(plans.map(({ id }) => id));
      const wanted = scenarios.flatMap(({ id, variants: all }) =>
        all.map(({ slug }) => scenarioId(id, slug)),
      );
      return wanted.length === 0 ? null : shareOf(wanted, (id) => ids.has(alike[id] ?? id), String);
    },
  },
);

/** Counted, for a scenario or variant that is no longer derived is missing from every share. */
export const breadth = defineScorer('breadth', 'plans delivered', {
  unit: 'amount',
  score: ({ plans }) => ({ amount: plans.length }),
});

export const aim = defineScorer('aim', 'plans that ask for the ending they are named for', {
  score: (run) =>
    shareOf(
      endingPlans(run),
      ({ plan, scenario }) => checkEnding(plan, scenario, run.model).length === 0,
      ({ plan }) => plan.id,
    ),
});

const CALENDAR = /\b(19|20)\d\d-[01]\d-[0-3]\d(T|\b)/;

export const timeless = defineScorer('timeless', 'plans without a calendar date, which would rot', {
  score: ({ plans }) =>
    shareOf(
      plans,
      ({ given, when }) => !CALENDAR.test(JSON.stringify([given, when])),
      ({ id }) => id,
    ),
});

export const rows = defineScorer('rows', 'rows a plan makes, on average', {
  unit: 'amount',
  better: 'less',
  slack: 0.02,
  score: ({ plans }) => {
    const made = plans.flatMap(({ given }) => Object.values(given.rows).filter(isMade));
    const total = made.reduce((sum, row) => sum + (row.count ?? 1), 0);
    return { amount: total / Math.max(1, plans.length) };
  },
});

export const stability = defineScorer(
  'stability',
  'plans that come out byte for byte the same again',
  {
    score: ({ plans, again }) => {
      const before = new Map(again.map((plan) => [plan.id, canonicalJson(plan)]));
      return shareOf(
        plans,
        (plan) => before.get(plan.id) === canonicalJson(plan),
        ({ id }) => id,
      );
    },
  },
);
