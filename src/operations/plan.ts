import * as z from 'zod';
import { Finding, isError } from '../kernel/finding.ts';
import type { Model } from '../model/model.ts';
import { checkPlan } from '../plan/check.ts';
import { Plan } from '../plan/plan.ts';
import { solvePlans } from '../plan/solve.ts';
import { deriveScenarios } from '../scenarios/derive.ts';
import { Scenario } from '../scenarios/scenarios.ts';

export const Unsolved = z.object({
  scenario: z.string(),
  /** `solvable`: as far as one can tell, but no state was found. */
  feasibility: Scenario.shape.feasibility,
  reason: z.string(),
});

export const Planned = z.object({
  scenarios: z.array(Scenario),
  plans: z.array(Plan),
  unsolved: z.array(Unsolved),
  findings: z.array(Finding),
  /** Variants that came out like another plan of their scenario, by their ids: the plan that covers them. */
  alike: z.record(z.string(), z.string()),
});
export type Planned = Readonly<z.infer<typeof Planned>>;

/**
 * Derives the scenarios of a model and solves them; a plan that fails its checks is a finding, not a plan.
 * Their near misses and boundaries are most of the work: without `variants` none is solved.
 */
export function planModel(model: Model, { variants = true } = {}): Planned {
  const scenarios = deriveScenarios(model);
  const asked = variants ? scenarios : scenarios.map((item) => ({ ...item, variants: [] }));
  const { plans, unsolved, findings, alike } = solvePlans(model, asked);
  const checked = plans.map((plan) => ({ plan, findings: checkPlan(plan, model) }));
  const failed = checked.filter((item) => item.findings.some(isError));
  return {
    scenarios: [...scenarios],
    plans: checked.filter((item) => !failed.includes(item)).map(({ plan }) => plan),
    unsolved: [
      ...unsolved,
      ...failed.map(({ plan, findings: [first] }) => ({
        scenario: plan.id,
        feasibility: 'solvable' as const,
        reason: `the plan did not pass its checks (${first?.code})`,
      })),
    ],
    findings: [...model.findings, ...findings, ...checked.flatMap((item) => item.findings)],
    alike,
  };
}

/** The plans with a model's in the place of guesses, and what they settle no longer unsolved. */
export function withAnswers(planned: Planned, answers: readonly Plan[]): Planned {
  const settled = new Set(answers.map(({ id }) => id));
  const plans = [...planned.plans.filter(({ id }) => !settled.has(id)), ...answers];
  return {
    ...planned,
    plans: plans.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    unsolved: planned.unsolved.filter(({ scenario }) => !settled.has(scenario)),
  };
}
