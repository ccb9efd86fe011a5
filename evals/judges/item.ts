import * as z from 'zod';
import type { Condition } from '../../src/condition/condition.ts';
import { findRoute, type Model } from '../../src/model/model.ts';
import { plainCondition } from '../../src/operations/questions.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Scenario } from '../../src/scenarios/scenarios.ts';

/** What a judge grades: an ending, the title it was given and the plan for it. */
export const Item = z.strictObject({
  id: z.string(),
  ending: z.looseObject({}),
  title: z.string(),
  plan: z.looseObject({}),
});
export type Item = Readonly<z.infer<typeof Item>>;

/** A plan of a scenario as a judge sees it. */
export function itemOf(
  { given, when, then, title }: Plan,
  {
    scenario,
    model,
    id,
  }: { readonly scenario: Scenario; readonly model: Model; readonly id: string },
): Item {
  const { route } = findRoute(model, scenario.route) ?? {};
  const outcome = route?.outcomes.find((one) => one.id === scenario.outcome);
  const conditions = scenario.when.map((condition: Condition) => plainCondition(condition));
  const ending = {
    ...{ method: route?.method, path: route?.path },
    ...{ status: outcome?.status ?? null, code: outcome?.code ?? null, conditions },
  };
  return { id, ending, title, plan: { given, when, then } };
}
