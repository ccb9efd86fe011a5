import { conditionKey } from '../../src/condition/logic.ts';
import { defineScorer, endingPlans } from './scorer.ts';

/**
 * The share of ending plans that a smallest (greedy) set of them needs to cover every outcome, and for each
 * outcome every condition, that all of them cover together.
 */
export const irredundant = defineScorer(
  'irredundant',
  'plans that a set cover of what they reach needs',
  {
    score: (run) => {
      const sets = endingPlans(run).map(({ plan, scenario }) => ({
        id: plan.id,
        reaches: new Set(
          ['', ...scenario.when.map(conditionKey)].map(
            (key) => `${scenario.route} ${scenario.outcome} ${key}`,
          ),
        ),
      }));
      const extra = run.plans.length - new Set(run.plans.map(({ id }) => id)).size;
      const chosen = cover(sets.map(({ reaches }) => reaches));
      const notes = sets.filter((_, index) => !chosen.has(index)).map(({ id }) => id);
      return { hits: chosen.size, of: sets.length + extra, notes };
    },
  },
);

function cover(sets: readonly ReadonlySet<string>[]): Set<number> {
  const left = new Set(sets.flatMap((set) => [...set]));
  const chosen = new Set<number>();
  while (left.size > 0) {
    const gains = sets.map((set, index) =>
      chosen.has(index) ? 0 : [...set].filter((item) => left.has(item)).length,
    );
    const best = gains.indexOf(Math.max(...gains));
    chosen.add(best);
    for (const item of sets[best] ?? []) left.delete(item);
  }
  return chosen;
}
