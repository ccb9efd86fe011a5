import type { Condition } from '../condition/condition.ts';
import { waysOf } from '../condition/logic.ts';
import { canonicalJson } from '../kernel/digest.ts';
import type { Finding } from '../kernel/finding.ts';
import type { Model } from '../model/model.ts';
import { type Scenario, type Variant, variantId } from '../scenarios/scenarios.ts';
import { Plan } from './plan.ts';
import { attempt, type Solution } from './solve/attempt.ts';
import { bind } from './solve/bindings.ts';
import { expectationOf } from './solve/expectation.ts';
import { formulaText } from './solve/formula-text.ts';
import { givenOf } from './solve/given.ts';
import { keptRow } from './solve/kept.ts';
import { isDefaultSide, obstacleOf } from './solve/obstacle.ts';
import { readsPasswordHash } from './solve/passwords.ts';
import { requestOf } from './solve/request.ts';
import { mayPrecede, rowlessIn } from './solve/rowless.ts';
import type { Effort } from './solve/search.ts';
import { inCanonicalOrder, type Setting, settingOf } from './solve/setting.ts';
import { digestsOf, evidenceOf } from './solve/trace-back.ts';

export const SOLVER_VERSION = '1';

/** How many ways of an ending's open disjunctions are tried. */
const WAYS = 12;
/** Those that are refused at a glance included. */
const SEEN = 100;
/** Values tried for a scenario before it is given up, and for a variant, which is worth less. */
const EFFORT = 4000;
const VARIANT_EFFORT = 1500;

/** A scenario without a plan, and why; `solvable` where a state may exist that wasn't found. */
export interface Unsolved {
  readonly scenario: string;
  readonly reason: string;
  readonly feasibility: Scenario['feasibility'];
}

export interface Solved {
  readonly plans: readonly Plan[];
  readonly unsolved: readonly Unsolved[];
  readonly findings: readonly Finding[];
  /** Variants that came out like another plan of their scenario, by their ids: the plan that covers them. */
  readonly alike: Readonly<Record<string, string>>;
}

/**
 * Plans for every scenario and variant that can be solved without asking anybody: the same model and
 * scenarios, in whatever order, give the same plans. Variants that come out like their scenario are left out.
 */
export function solvePlans(model: Model, scenarios: readonly Scenario[]): Solved {
  const plans: Plan[] = [];
  const unsolved: Unsolved[] = [];
  const alike: [string, string][] = [];
  for (const scenario of [...scenarios].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const solved = solveOne(model, scenario, null);
    if ('reason' in solved) {
      unsolved.push(solved);
      continue;
    }
    const distinct = new Map([[substance(solved), solved]]);
    for (const variant of scenario.variants) {
      const other = solveOne(model, scenario, variant);
      if ('reason' in other) continue;
      const before = distinct.get(substance(other));
      if (before) alike.push([other.id, before.id]);
      else distinct.set(substance(other), other);
    }
    plans.push(...distinct.values());
  }
  return {
    plans: plans.sort((a, b) => (a.id < b.id ? -1 : 1)),
    unsolved,
    findings: [],
    alike: Object.fromEntries(alike),
  };
}

function solveOne(model: Model, scenario: Scenario, variant: Variant | null): Plan | Unsolved {
  const fail = (reason: string, feasibility: Unsolved['feasibility']): Unsolved => {
    return { scenario: scenario.id, reason, feasibility };
  };
  if (scenario.feasibility === 'infeasible') {
    return fail(scenario.reason ?? 'its conditions contradict each other', 'infeasible');
  }
  const setting = settingOf(model, scenario, variant);
  if (!setting) return fail('the model has no such route or outcome', 'solvable');
  const solved = solveWays(setting, { left: variant ? VARIANT_EFFORT : EFFORT });
  if ('reason' in solved) return fail(solved.reason, solved.feasibility);
  const { assumed, solution } = solved;
  const bound = bind(solution);
  const request = requestOf(bound);
  if (!request) return fail('no declared input can be made invalid', 'solvable');
  const given = givenOf(bound);
  return Plan.parse({
    version: 1,
    id: variant ? variantId(scenario.id, variant.slug) : scenario.id,
    title: variant?.title ?? scenario.title,
    variantOf: variant ? scenario.id : null,
    given,
    when: [request],
    // biome-ignore lint/suspicious/noThenProperty: Given / When / Then is the format; it is data, never awaited
    then: expectationOf(bound),
    evidence: evidenceOf(setting),
    planner: {
      kind: 'solver',
      version: assumed ? `${SOLVER_VERSION}+assumed` : SOLVER_VERSION,
    },
    digests: digestsOf(setting, given.rows),
  } satisfies Plan);
}

/** What stands in an ending's way, the more telling first. */
const TELLING: readonly Unsolved['feasibility'][] = [
  'solvable',
  'opaque',
  'external',
  'infeasible',
];

/**
 * Tries the ways an ending's disjunctions leave open, the simplest first. Infeasible only where every way
 * is; what else kept it from being solved is told by the way that came closest.
 */
function solveWays(
  setting: Setting,
  effort: Effort,
): { assumed: boolean; solution: Solution } | Omit<Unsolved, 'scenario'> {
  const plain = { ...setting, when: setting.when.filter(({ kind }) => kind !== 'any') };
  const kept = keptRow(plain);
  if (kept !== null) return { reason: kept, feasibility: 'infeasible' };
  const certain = obstacleOf(plain);
  if (certain.kind !== 'none' && certain.kind !== 'assumed') {
    return { reason: certain.reason, feasibility: certain.kind };
  }
  const failures: Omit<Unsolved, 'scenario'>[] = [];
  let [seen, tries] = [0, 0];
  for (const way of waysOf(setting.when.map(oneByOne))) {
    if (tries >= WAYS || seen >= SEEN || effort.left <= 0) {
      failures.push({ reason: 'no small state satisfies its conditions', feasibility: 'solvable' });
      break;
    }
    const before = effort.left;
    const solved = solveWay({ ...setting, when: inCanonicalOrder(way) }, effort);
    if ('solution' in solved) return solved;
    seen += 1;
    if (effort.left < before) tries += 1;
    failures.push(solved);
  }
  const closest = TELLING.flatMap((kind) =>
    failures.filter(({ feasibility }) => feasibility === kind),
  );
  return (
    closest[0] ?? { reason: 'its conditions contradict each other', feasibility: 'infeasible' }
  );
}

/** Membership in a list of literals, as one equality or another: a lookup table's row is matched by a literal. */
function oneByOne(condition: Condition): Condition {
  if (condition.kind !== 'member' || !condition.holds) return condition;
  const { at, term, of } = condition;
  if (of.some(({ kind }) => kind !== 'literal')) return condition;
  const equal = of.map((right): Condition => ({ kind: 'compare', at, left: term, op: '=', right }));
  return { kind: 'any', at, of: equal.map((item) => [item]) };
}

function solveWay(
  setting: Setting,
  effort: Effort,
): { assumed: boolean; solution: Solution } | Omit<Unsolved, 'scenario'> {
  const obstacle = obstacleOf(setting);
  if (obstacle.kind !== 'none' && obstacle.kind !== 'assumed') {
    return { reason: obstacle.reason, feasibility: obstacle.kind };
  }
  const rowless = rowlessIn(setting);
  if (rowless !== null) return { reason: rowless, feasibility: 'infeasible' };
  const open = setting.when.filter(
    (item) => !(readsPasswordHash(setting, item) && isDefaultSide(setting, item)),
  );
  const tried = attempt({ ...setting, when: open }, effort);
  if (tried.kind === 'found') {
    return { assumed: obstacle.kind === 'assumed', solution: tried.solution };
  }
  if (tried.kind === 'none') {
    return { reason: 'no small state satisfies its conditions', feasibility: 'solvable' };
  }
  const reason = tried.between.map(formulaText).join(' contradicts ');
  return { reason, feasibility: mayChange(setting) ? 'solvable' : 'infeasible' };
}

/** Whether rows can change while the request is under way, so that two readings prove nothing. */
function mayChange({ outcome, tables, queries, writes }: Setting): boolean {
  const reads = [...queries.values()];
  const written = outcome.writes.flatMap((id) => writes.get(id) ?? []);
  return (
    reads.some(({ table }) => (tables.get(table)?.triggers?.length ?? 0) > 0) ||
    written.some((write) => reads.some((query) => mayPrecede(write, query)))
  );
}

/** What a plan sets up and sends; plans that agree in it are one. */
function substance(plan: Plan): string {
  return canonicalJson([plan.given, plan.when]);
}
