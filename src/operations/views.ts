import type { App, Model, Outcome, Route } from '../model/model.ts';
import { findRoute } from '../model/model.ts';
import type { Plan } from '../plan/plan.ts';
import { statusOf } from '../plan/solve/expectation.ts';
import type { Scenario } from '../scenarios/scenarios.ts';
import type { Planned } from './plan.ts';

/** An ending at which a state can be seen: a page or a read that succeeds, and the solver's way to it. */
export interface View {
  readonly app: App;
  readonly route: Route;
  readonly scenario: Scenario;
  readonly outcome: Outcome;
  readonly draft: Plan;
}

/** As many views as fit one question. */
const MOST = 40;

/** The views of a model, one a route, in groups of neighbours that fit one question each. */
export function areasOf(model: Model, planned: Planned): View[][] {
  const plans = new Map(planned.plans.map((plan) => [plan.id, plan]));
  const views = new Map<string, View>();
  for (const scenario of planned.scenarios) {
    const view = viewOf(model, scenario, plans.get(scenario.id));
    if (view && !views.has(scenario.route)) views.set(scenario.route, view);
  }
  const byApp = Map.groupBy(views.values(), ({ app }) => app.root);
  return [...byApp.values()].flatMap((all) => {
    const sorted = all.toSorted((a, b) => (a.route.path < b.route.path ? -1 : 1));
    const groups = Map.groupBy(sorted.entries(), ([index]) => Math.floor(index / MOST));
    return [...groups.values()].map((group) => group.map(([, view]) => view));
  });
}

function viewOf(model: Model, scenario: Scenario, draft: Plan | undefined): View | null {
  const { route, app } = findRoute(model, scenario.route) ?? {};
  const outcome = route?.outcomes.find(({ id }) => id === scenario.outcome);
  if (!route || !app || !outcome || !draft) return null;
  const shows = outcome.kind !== 'redirect' && statusOf(outcome) < 300;
  const reads = route.method === 'GET' || route.kind === 'page';
  const plain = draft.when.length === 1 && Object.keys(draft.given.env).length === 0;
  return shows && reads && plain ? { app, route, scenario, outcome, draft } : null;
}
