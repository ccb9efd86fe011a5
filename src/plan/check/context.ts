import type { Table } from '../../db/db.ts';
import type { Json } from '../../kernel/digest.ts';
import { type Finding, finding } from '../../kernel/finding.ts';
import type { App, Model, Page, Route } from '../../model/model.ts';
import { isMade, type Plan, type PlannedRow, type Value } from '../plan.ts';
import { matchingRoute } from './paths.ts';

/** A plan beside the app it is for. */
export interface Checked {
  readonly plan: Plan;
  readonly model: Model;
  readonly app: App;
  readonly tables: ReadonlyMap<string, Table>;
}

export type Rule = (checked: Checked) => readonly Finding[];

/** The app whose route the plan is named after, else the one that has the requested path. */
export function appOf(plan: Plan, model: Model): App | undefined {
  const named = model.apps.find((app) =>
    routesOf(app).some((route) => plan.id === route.id || plan.id.startsWith(`${route.id} ›`)),
  );
  const request = plan.when.at(-1);
  return (
    named ??
    model.apps.find((app) => request && matchingRoute(routesOf(app), request)) ??
    model.apps[0]
  );
}

export function routesOf(app: App): readonly (Route | Page)[] {
  return [...app.routes, ...app.pages];
}

/** Something wrong with the plan, at a dotted path into it. */
// biome-ignore lint/complexity/useMaxParams: code, place and facts read best in a row
export function problem(
  code: string,
  path: string,
  facts: Record<string, Json> = {},
  severity: Finding['severity'] = 'error',
): Finding {
  return finding(`plan.${code}`, { severity, path, facts: facts as Finding['facts'] });
}

/** What a row puts into columns: everything set, matched or changed. */
export function cellsOf(row: PlannedRow): Readonly<Record<string, Value>> {
  return isMade(row) ? row.set : { ...row.match, ...row.update };
}

/** Every cell of the planned rows, with its place in the plan. */
export function plannedCells({ plan }: Checked) {
  return Object.entries(plan.given.rows).flatMap(([name, row]) =>
    Object.entries(cellsOf(row)).map(([column, value]) => ({
      name,
      row,
      column,
      value,
      path: `given.rows.${name}.${isMade(row) ? 'set' : 'match'}.${column}`,
    })),
  );
}
