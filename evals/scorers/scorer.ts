import type { Score, Scorer } from '../../src/eval/eval.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Scenario } from '../../src/scenarios/scenarios.ts';
import type { Run } from '../record.ts';

type Options = Partial<Pick<Scorer<Run>, 'unit' | 'better' | 'slack' | 'ratchet'>>;

/** A scorer; unless said otherwise more is better and any loss is a regression. */
export function defineScorer(
  name: string,
  says: string,
  about: { readonly score: (run: Run) => Score | null } & Options,
): Scorer<Run> {
  return { unit: 'share', better: 'more', slack: 0, ratchet: true, ...about, name, says };
}

/** The share of the items that pass; the rest are named. */
export function shareOf<Item>(
  items: readonly Item[],
  passes: (item: Item) => boolean,
  nameOf: (item: Item) => string,
): Score {
  const failing = items.filter((item) => !passes(item));
  return { hits: items.length - failing.length, of: items.length, notes: failing.map(nameOf) };
}

/** The plans of endings themselves, each with its scenario. */
export function endingPlans({ plans, scenarios }: Run): { plan: Plan; scenario: Scenario }[] {
  const byId = new Map(scenarios.map((scenario) => [scenario.id, scenario]));
  return plans.flatMap((plan) => {
    const scenario = plan.variantOf === null ? byId.get(plan.id) : undefined;
    return scenario ? [{ plan, scenario }] : [];
  });
}
