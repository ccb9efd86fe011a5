import type { LlmConfig } from '../config/config.ts';
import type { Model } from '../model/model.ts';
import { draftPlan, groundsOf } from '../plan/draft.ts';
import type { Plan } from '../plan/plan.ts';
import type { Scenario } from '../scenarios/scenarios.ts';
import type { Planned } from './plan.ts';

/** A scenario the solver could not settle, with its best draft and what a plan for it rests on. */
export interface OpenScenario {
  readonly scenario: Scenario;
  readonly draft: Plan | null;
  readonly grounds: Pick<Plan, 'evidence' | 'digests'>;
}

/**
 * The scenarios a language model may help with: no state was found, or one was only by taking something
 * unread to go the usual way. What is infeasible or a third party's to decide is not among them.
 * With `scope: all` every ending that can be had is, with the solver's plan as the draft.
 */
export function openScenarios(
  model: Model,
  planned: Planned,
  scope: LlmConfig['scope'] = 'open',
): OpenScenario[] {
  const reasons = new Map(planned.unsolved.map((item) => [item.scenario, item.feasibility]));
  const plans = new Map(planned.plans.map((plan) => [plan.id, plan]));
  return planned.scenarios
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((scenario) => {
      const plan = plans.get(scenario.id) ?? null;
      const reason = reasons.get(scenario.id);
      const wanted = plan
        ? scope === 'all' || isGuess(plan)
        : reason === 'opaque' || reason === 'solvable';
      if (!wanted) return [];
      const grounds = groundsOf(model, scenario);
      if (!grounds) return [];
      const draft = reason === 'opaque' ? draftPlan(model, scenario) : plan;
      return [{ scenario, draft, grounds }];
    });
}

function isGuess({ planner }: Plan): boolean {
  return planner.kind === 'solver' && planner.version.endsWith('+assumed');
}
