import { assertShareable } from '../branch/shareable.ts';
import type { Database } from '../db/db.ts';
import { findRoute, type Model } from '../model/model.ts';
import type { Plan } from '../plan/plan.ts';
import { deriveScenarios } from '../scenarios/derive.ts';
import { variantId } from '../scenarios/scenarios.ts';
import { compileState } from '../state/compile.ts';
import type { State } from '../state/state.ts';
import { notSetUp } from './not-set-up.ts';
import { readShape } from './shape.ts';

/**
 * A plan as steps for this very database; `running` says whether the app is there to sign people in.
 * Throws what stands in the way, before anything is written.
 */
export async function compileOn(
  database: Database,
  about: {
    readonly plan: Plan;
    /** The id of the route the plan is about. */
    readonly route: string;
    readonly model: Model;
    readonly seed: string;
    readonly running: boolean;
    /** Whether personas are signed in without the app's routes; as the model says where this is not given. */
    readonly handed?: boolean;
    /** Whether others use the database meanwhile. */
    readonly shared?: boolean;
  },
): Promise<State> {
  const { plan, route, model, seed, running } = about;
  const app = findRoute(model, route)?.app ?? model.apps[0];
  const shape = await database.session(readShape);
  if (about.shared) assertShareable(plan, shape.catalog, askedBy(plan, route, model));
  if (!app) throw new Error('a plan has a route, and a route an app');
  const handed = about.handed ?? app.auth?.handed === true;
  const { state, findings } = compileState(plan, { app, ...shape, seed, running, handed });
  const [error] = findings.filter(({ severity }) => severity === 'error');
  if (!error) return state;
  throw notSetUp(plan, error);
}

/** The conditions of the plan's scenario, and of its variant, with all that the route reads. */
function askedBy(plan: Plan, id: string, model: Model) {
  const found = findRoute(model, id);
  if (!found) return { when: [], reads: [] };
  const only = <T extends { readonly id: string }>(all: readonly T[]) =>
    all.filter((one) => one.id === id);
  const { app, route } = found;
  const alone = { ...app, routes: only(app.routes), pages: only(app.pages) };
  const scenario = deriveScenarios({ ...model, apps: [alone] }).find(
    (one) => one.id === (plan.variantOf ?? plan.id),
  );
  const variant = scenario?.variants.find(({ slug }) => plan.id === variantId(scenario.id, slug));
  return {
    when: [...(scenario?.when ?? []), ...(variant?.when ?? [])],
    reads: [...route.reads, ...(variant?.reads ?? [])],
  };
}
