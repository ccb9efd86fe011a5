import { canonicalJson } from '../kernel/digest.ts';
import { findRoute, type Model } from '../model/model.ts';
import type { Plan, When } from '../plan/plan.ts';
import type { Scenario } from '../scenarios/scenarios.ts';
import { bindRequest } from '../state/bind.ts';

/** What the probes are chosen from. */
interface Planned {
  readonly model: Model;
  readonly scenarios: readonly Scenario[];
  readonly plans: readonly Plan[];
  readonly config: { readonly seed: string };
}

/**
 * Requests that read the database with nothing set up and nobody signed in, by which an app that connects
 * late is seen on its database. Those that only read come first.
 */
export function probesOf(
  { model, scenarios, plans, config }: Planned,
  { env, now }: { env: Plan['given']['env']; now: Date },
): When[] {
  const byId = new Map(scenarios.map((scenario) => [scenario.id, scenario]));
  const wanted = canonicalJson(env);
  const reading = plans.filter(({ id, variantOf, given, when, then }) => {
    const bare = Object.keys(given.rows).length + Object.keys(given.personas).length === 0;
    if (!bare || when.length !== 1 || canonicalJson(given.env) !== wanted) return false;
    const scenario = byId.get(variantOf ?? id);
    const route = scenario && findRoute(model, scenario.route)?.route;
    if (!scenario || !route) return false;
    return asksRows(scenario) || (then.status < 400 && route.reads.length > 0);
  });
  const gentle = ({ when, then }: Plan): number =>
    (when[0]?.method === 'GET' ? 0 : 2) + (then.status >= 400 ? 0 : 1);
  return [...reading]
    .sort((a, b) => gentle(a) - gentle(b) || a.id.localeCompare(b.id))
    .slice(0, 3)
    .flatMap(({ when }) => when)
    .map((when) => bindRequest(when, { refs: {}, now, namespace: '', seed: config.seed }));
}

/** Whether which rows there are decides that ending. */
function asksRows({ when }: Scenario): boolean {
  return when.some(({ kind }) => kind === 'exists' || kind === 'absent' || kind === 'count');
}
