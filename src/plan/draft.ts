import type { Condition } from '../condition/condition.ts';
import type { Model, Query, Route } from '../model/model.ts';
import type { Scenario } from '../scenarios/scenarios.ts';
import type { Plan } from './plan.ts';
import { unreadIn } from './solve/obstacle.ts';
import { looksUpActor, type Setting, settingOf } from './solve/setting.ts';
import { digestsOf, evidenceOf } from './solve/trace-back.ts';
import { solvePlans } from './solve.ts';

/**
 * The solver's plan for a scenario with every condition left out that it can't read: right in all but
 * those. Null where even that can't be solved.
 */
export function draftPlan(model: Model, scenario: Scenario): Plan | null {
  const setting = settingOf(model, scenario);
  if (!setting) return null;
  const eased: Scenario = {
    ...scenario,
    feasibility: 'solvable',
    when: readable(setting, scenario.when),
    variants: [],
  };
  const { plans } = solvePlans(easedModel(model, setting), [eased]);
  return plans[0] ?? null;
}

/**
 * What any plan for a scenario rests on, whoever makes it; null where the model has no such ending. `rows`
 * are those whose tables the digest of the schema covers beside the ones that are read.
 */
export function groundsOf(
  model: Model,
  scenario: Scenario,
  rows: Plan['given']['rows'] = {},
): Pick<Plan, 'evidence' | 'digests'> | null {
  const setting = settingOf(model, scenario);
  return setting && { evidence: evidenceOf(setting), digests: digestsOf(setting, rows) };
}

function easedModel(model: Model, setting: Setting): Model {
  const ease = <One extends Route>(one: One): One =>
    one.id === setting.route.id
      ? { ...one, reads: one.reads.map((query) => easedQuery(setting, query)) }
      : one;
  const apps = model.apps.map((app) => ({
    ...app,
    routes: app.routes.map(ease),
    pages: app.pages.map(ease),
  }));
  return { ...model, apps };
}

function easedQuery(setting: Setting, query: Query): Query {
  if (looksUpActor(setting.app, query)) return query;
  return { ...query, where: readable(setting, query.where) };
}

function readable(setting: Setting, conditions: readonly Condition[]): Condition[] {
  return conditions.flatMap((condition): Condition[] => {
    if (condition.kind !== 'any') return unreadIn(setting, condition) === null ? [condition] : [];
    const of = condition.of.map((all) => readable(setting, all));
    return of.some((all) => all.length === 0) ? [] : [{ ...condition, of }];
  });
}
