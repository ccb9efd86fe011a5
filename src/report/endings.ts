import { fileSlug } from '../kernel/digest.ts';
import type { Outcome, Page, Route } from '../model/model.ts';
import type { Plan } from '../plan/plan.ts';
import type { Proof, Verdict } from '../proof/proof.ts';
import { routeOf, type Scenario, type Variant } from '../scenarios/scenarios.ts';
import type { Report } from './report.ts';

/** One ending as a report shows it: what the line knows about it, joined. `anchor` is unique and safe in a URL. */
export interface Ending {
  readonly anchor: string;
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  readonly status: number | null;
  readonly verdict: Verdict;
  readonly reason: string | null;
  readonly scenario: Scenario | null;
  readonly variant: Variant | null;
  readonly outcome: Outcome | null;
  readonly plan: Plan | null;
  readonly proof: Proof | null;
  readonly variants: readonly Ending[];
}

/** A route or page with its endings; `route` is null for a plan whose route the model does not have. */
export interface RouteEndings {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly page: boolean;
  readonly app: string;
  readonly route: Route | Page | null;
  readonly endings: readonly Ending[];
}

/** Joins model, scenarios, plans and proofs into what each route can end in; nothing is left out. */
export function readEndings(report: Report): readonly RouteEndings[] {
  const facts = indexed(report);
  const known = report.model.apps.flatMap((app) =>
    [...app.routes, ...app.pages].map((route): RouteEndings => {
      const scenarios = report.scenarios.filter((scenario) => scenario.route === route.id);
      const endings = scenarios.map((scenario) => scenarioEnding(scenario, route, facts));
      const extra = facts.loosePlans.get(route.id) ?? [];
      facts.loosePlans.delete(route.id);
      return {
        ...{ id: route.id, method: route.method, path: route.path, app: app.name, route },
        page: route.kind === 'page',
        endings: [...endings, ...extra.map((plan) => planEnding(plan, null, facts))],
      };
    }),
  );
  return [...known, ...[...facts.loosePlans].map(([id, plans]) => unknownRoute(id, plans, facts))];
}

/** Every ending of a route, variants after the scenario they belong to. */
export function flatten(endings: readonly Ending[]): readonly Ending[] {
  return endings.flatMap((ending) => [ending, ...ending.variants]);
}

/** How many endings have each verdict. */
export function countVerdicts(endings: readonly Ending[]): ReadonlyMap<Verdict, number> {
  const counts = new Map<Verdict, number>();
  for (const { verdict } of endings) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return counts;
}

/** Unproven endings by verdict, the most urgent first. */
export function groupUnproven(
  endings: readonly Ending[],
): readonly { readonly verdict: Verdict; readonly endings: readonly Ending[] }[] {
  return URGENCY.map((verdict) => ({
    verdict,
    endings: endings.filter((ending) => ending.verdict === verdict),
  })).filter((group) => group.endings.length > 0);
}

const URGENCY: readonly Verdict[] = [
  ...(['crashed', 'diverted', 'unstable', 'unsolved'] as const),
  ...(['external', 'skipped', 'infeasible'] as const),
];

interface Facts {
  readonly plans: ReadonlyMap<string, Plan>;
  readonly variantPlans: ReadonlyMap<string, readonly Plan[]>;
  readonly proofs: ReadonlyMap<string, Proof>;
  /** Plans that belong to no scenario, by route. */
  readonly loosePlans: Map<string, readonly Plan[]>;
}

function indexed({ plans, proofs, scenarios }: Report): Facts {
  const scenarioIds = new Set(scenarios.map((scenario) => scenario.id));
  const loose = plans.filter((plan) => !scenarioIds.has(plan.variantOf ?? plan.id));
  const variants = plans.filter((plan) => plan.variantOf !== null);
  return {
    plans: new Map(plans.map((plan) => [plan.id, plan])),
    variantPlans: Map.groupBy(variants, (plan) => plan.variantOf ?? plan.id),
    proofs: new Map(proofs.map((proof) => [proof.plan || proof.scenario, proof])),
    loosePlans: Map.groupBy(loose, (plan) => routeOf(plan.id)),
  };
}

function scenarioEnding(scenario: Scenario, route: Route | Page, facts: Facts): Ending {
  const plan = facts.plans.get(scenario.id) ?? null;
  const proof = facts.proofs.get(scenario.id) ?? null;
  const outcome = outcomeOf(route, scenario.outcome);
  return {
    ...{
      anchor: fileSlug(scenario.id),
      id: scenario.id,
      slug: slugOf(scenario.id, scenario.route),
    },
    title: plan?.title ?? scenario.title,
    status: plan?.then.status ?? outcome?.status ?? null,
    verdict: proof?.verdict ?? unproved(scenario, plan),
    reason: proof?.reason ?? (proof ? null : scenario.reason),
    ...{ scenario, variant: null, outcome, plan, proof },
    variants: (facts.variantPlans.get(scenario.id) ?? []).map((each) =>
      planEnding(each, { scenario, route }, facts),
    ),
  };
}

function planEnding(
  plan: Plan,
  home: { readonly scenario: Scenario; readonly route: Route | Page } | null,
  facts: Facts,
): Ending {
  const proof = facts.proofs.get(plan.id) ?? null;
  const slug = slugOf(plan.id, plan.variantOf ?? routeOf(plan.id));
  const variant = home?.scenario.variants.find((each) => each.slug === slug) ?? null;
  return {
    ...{ anchor: fileSlug(plan.id), id: plan.id, slug, title: plan.title },
    status: plan.then.status,
    verdict: proof?.verdict ?? 'skipped',
    reason: proof?.reason ?? null,
    ...{ scenario: home?.scenario ?? null, variant, plan, proof },
    outcome: home ? outcomeOf(home.route, variant?.outcome ?? home.scenario.outcome) : null,
    variants: [],
  };
}

/** The verdict of a scenario that no proof speaks of. */
function unproved(scenario: Scenario, plan: Plan | null): Verdict {
  if (scenario.feasibility === 'infeasible' || scenario.feasibility === 'external') {
    return scenario.feasibility;
  }
  return plan ? 'skipped' : 'unsolved';
}

function unknownRoute(id: string, plans: readonly Plan[], facts: Facts): RouteEndings {
  const when = plans[0]?.when.at(-1);
  return {
    ...{ id, method: when?.method ?? '', path: when?.path ?? id, app: '', route: null },
    page: when?.visit === true,
    endings: plans.map((plan) => planEnding(plan, null, facts)),
  };
}

function outcomeOf(route: Route | Page, id: string): Outcome | null {
  return route.outcomes.find((outcome) => outcome.id === id) ?? null;
}

/** The part of an id that tells it from its parent. */
function slugOf(id: string, parent: string): string {
  const rest = id.startsWith(parent) ? id.slice(parent.length) : id;
  return rest.replace(/^[\s›]+/, '') || id;
}
