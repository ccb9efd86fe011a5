import type { Outcome } from '../model/model.ts';
import type { Conjunction } from './alternatives.ts';
import type { Scenario } from './scenarios.ts';

/** Successes and endings that hang on data come first, malformed requests last. */
export function priorityOf(outcome: Outcome, deciding: Conjunction): Scenario['priority'] {
  if ((outcome.status ?? 200) < 400 && outcome.kind !== 'throw') return 'high';
  const kinds = new Set(deciding.map((item) => item.kind));
  const data = ['compare', 'count', 'aggregate', 'conflict', 'member'] as const;
  if (data.some((kind) => kinds.has(kind))) return 'high';
  if (kinds.size === 1 && kinds.has('input')) return 'low';
  return kinds.has('environment') || kinds.has('external') ? 'low' : 'medium';
}

const ORDER = ['high', 'medium', 'low'];
const FEASIBLE = ['solvable', 'opaque', 'external', 'infeasible'];

/** Scenarios in the order they are worth having; equal ones by id. */
export function rankScenarios(scenarios: readonly Scenario[]): Scenario[] {
  const key = (scenario: Scenario) =>
    ORDER.indexOf(scenario.priority) * 10 + FEASIBLE.indexOf(scenario.feasibility);
  return [...scenarios].sort((a, b) => key(a) - key(b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
