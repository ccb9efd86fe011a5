import type { Finding } from '../kernel/finding.ts';
import type { Model } from '../model/model.ts';
import { distinctKeys, keptChecks } from './check/constraints.ts';
import { appOf, problem, type Rule } from './check/context.ts';
import { resolvedEvidence } from './check/evidence.ts';
import { actingPersonas, signablePersonas } from './check/personas.ts';
import { acyclicRefs, givenParents, resolvedRefs } from './check/references.ts';
import { fittingRequests, knownPaths, relativePaths } from './check/requests.ts';
import {
  fittingValues,
  keptAbsences,
  knownColumns,
  knownTables,
  settableColumns,
} from './check/rows.ts';
import { levelPaths, singleHeaders } from './check/transport.ts';
import {
  boundedRows,
  inertTexts,
  knownVariables,
  ownAddresses,
  plainHeaders,
} from './check/wall.ts';
import { Plan } from './plan.ts';

const RULES: readonly Rule[] = [
  knownTables,
  knownColumns,
  fittingValues,
  settableColumns,
  keptAbsences,
  resolvedRefs,
  acyclicRefs,
  givenParents,
  keptChecks,
  distinctKeys,
  actingPersonas,
  signablePersonas,
  relativePaths,
  levelPaths,
  singleHeaders,
  knownPaths,
  fittingRequests,
  resolvedEvidence,
  inertTexts,
  ownAddresses,
  plainHeaders,
  knownVariables,
  boundedRows,
];

/**
 * What is wrong with a plan, whoever wrote it, for the app of the model: an empty list means it may be
 * set up. Never throws, whatever the plan holds.
 */
export function checkPlan(plan: Plan, model: Model): Finding[] {
  const parsed = Plan.safeParse(plan);
  if (!parsed.success) {
    return parsed.error.issues.map((issue) =>
      problem('malformed', issue.path.join('.'), { issue: issue.message }),
    );
  }
  const app = appOf(parsed.data, model);
  if (!app)
    return [problem('unknownPath', 'when.0.path', { path: parsed.data.when[0]?.path ?? '' })];
  const tables = new Map(app.tables.map((table) => [table.id, table]));
  return RULES.flatMap((rule) => rule({ plan: parsed.data, model, app, tables }));
}
