import type { Finding } from '../kernel/finding.ts';
import { findRoute, type Model, type Outcome } from '../model/model.ts';
import type { Scenario } from '../scenarios/scenarios.ts';
import { problem, routesOf } from './check/context.ts';
import { matchingRoute } from './check/paths.ts';
import type { Plan } from './plan.ts';
import { statusOf } from './solve/expectation.ts';

/** Whether a plan is about the scenario it was asked for: its route last, its status, its own facts. */
export function checkEnding(plan: Plan, scenario: Scenario, model: Model): Finding[] {
  const found = findRoute(model, scenario.route);
  const outcome = found?.route.outcomes.find(({ id }) => id === scenario.outcome);
  const request = plan.when.at(-1);
  if (!found || !outcome || !request) return [];
  const last = `when.${plan.when.length - 1}`;
  const reached = matchingRoute(routesOf(found.app), request)?.id;
  const route = { wanted: scenario.route, asked: `${request.method} ${request.path}` };
  return [
    ...(reached === scenario.route ? [] : [problem('otherRoute', last, route)]),
    ...otherEnding(plan, outcome),
  ];
}

function otherEnding({ then }: Plan, outcome: Outcome): Finding[] {
  const wanted = statusOf(outcome);
  const status = { wanted, expected: then.status };
  const facts = outcome.body.flatMap(({ path, value }) => {
    const at = path.join('.');
    if (value.kind !== 'literal' || typeof value.value === 'object' || at === '') return [];
    const expected = then.body?.[at];
    if (expected === value.value) return [];
    const about = { wanted: value.value, expected: JSON.stringify(expected) ?? 'nothing' };
    return [problem('otherEnding', `then.body.${at}`, about)];
  });
  return [
    ...(then.status === wanted ? [] : [problem('otherEnding', 'then.status', status)]),
    ...facts,
  ];
}
