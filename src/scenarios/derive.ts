import type { Condition } from '../condition/condition.ts';
import { conditionKey } from '../condition/logic.ts';
import type { App, Model, Outcome, Page, Route } from '../model/model.ts';
import { alternativesOf, type Conjunction } from './alternatives.ts';
import { casesOf } from './cases.ts';
import { leftNoWay } from './decided.ts';
import { contradictionIn, feasibilityOf } from './feasibility.ts';
import { mixesOf } from './mixes.ts';
import { priorityOf, rankScenarios } from './rank.ts';
import { refusedFields } from './refused-fields.ts';
import { type Scenario, scenarioId } from './scenarios.ts';
import { separated, slugOf } from './slugs.ts';
import { decidingOf, titleOf } from './title.ts';
import { variantsOf } from './variants.ts';

/** Every way every route and page can end, each with the conditions that lead there, best first. */
export function deriveScenarios(model: Model): Scenario[] {
  const scenarios = model.apps.flatMap((app) =>
    [...app.routes, ...app.pages].flatMap((route) => scenariosOf(app, route)),
  );
  return rankScenarios(scenarios);
}

interface Way {
  readonly outcome: Outcome;
  readonly when: Conjunction;
}

function scenariosOf(app: App, route: Route | Page): Scenario[] {
  const bySlug = new Map<string, Way[]>();
  for (const outcome of [...route.outcomes].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const ways = waysTo(app, route, outcome);
    bySlug.set(slugOf(outcome), [...(bySlug.get(slugOf(outcome)) ?? []), ...ways]);
  }
  const scenarios = [...bySlug].flatMap(([slug, all]) => {
    const ways = all.toSorted((a, b) => (keyOf(a.when) < keyOf(b.when) ? -1 : 1));
    const slugs = separated(
      slug,
      ways.map((way) => way.when),
    );
    return ways.flatMap((way, index) => {
      const scenario = scenarioOf({ app, route, way, slug: slugs[index] ?? slug });
      return isUntold(way.outcome) && scenario.feasibility === 'infeasible' ? [] : [scenario];
    });
  });
  return [...new Map(scenarios.toReversed().map((item) => [item.id, item])).values()];
}

/** The ways to an ending that don't contradict themselves; the first where all do, so that it is reported. */
function waysTo(app: App, route: Route, outcome: Outcome): Way[] {
  const refusal = isRefusal(route, outcome);
  const all = alternativesOf(outcome.when, (any) => refusal && isOwn(route, outcome, any));
  const possible = all.filter((when) => isPossible(app, route, when));
  const ways = possible.length > 0 ? possible : all.slice(0, 1);
  return ways.map((when) => ({ outcome, when }));
}

function isPossible(app: App, route: Route, when: Conjunction): boolean {
  return contradictionIn(app, route, when) === null && leftNoWay(when) === null;
}

/** An error that no code tells of: it is worth a word only where something may bring it about. */
function isUntold({ status, error }: Outcome): boolean {
  return (status ?? 0) >= 500 && (error === 'TypeError' || error === 'DatabaseError');
}

/** Errors, and redirects that write nothing where another ending does the route's work. */
function isRefusal(route: Route, outcome: Outcome): boolean {
  if ((outcome.status ?? 500) >= 400) return true;
  if (outcome.kind !== 'redirect' || outcome.writes.length > 0) return false;
  return route.outcomes.some(
    (other) =>
      (other.status ?? 500) < 400 && (other.kind !== 'redirect' || other.writes.length > 0),
  );
}

/** Whether only this ending of the route asks for a condition. */
function isOwn(route: Route, outcome: Outcome, condition: Condition): boolean {
  const key = conditionKey(condition);
  return !route.outcomes.some(
    (other) => other !== outcome && other.when.some((item) => conditionKey(item) === key),
  );
}

function scenarioOf(parts: { app: App; route: Route; way: Way; slug: string }): Scenario {
  const { app, route, way, slug } = parts;
  const { outcome, when } = way;
  const deciding = decidingOf(route, when);
  const verdict = feasibilityOf(app, route, way);
  return {
    id: scenarioId(route.id, slug),
    title: titleOf(outcome, deciding),
    route: route.id,
    outcome: outcome.id,
    when: [...when].sort((a, b) => (conditionKey(a) < conditionKey(b) ? -1 : 1)),
    ...verdict,
    priority: priorityOf(outcome, deciding),
    variants:
      verdict.feasibility === 'infeasible'
        ? []
        : [
            ...variantsOf(route, outcome, when),
            ...refusedFields(route, outcome, when),
            ...mixesOf({ app, route, outcome, when }),
            ...casesOf({ app, route, outcome, when }),
          ],
  };
}

function keyOf(when: Conjunction): string {
  return when.map(conditionKey).sort().join('\n');
}
