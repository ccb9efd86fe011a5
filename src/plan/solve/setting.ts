import type { Condition, Term } from '../../condition/condition.ts';
import { conditionKey } from '../../condition/logic.ts';
import type { Column, Table } from '../../db/db.ts';
import type { App, Model, Outcome, Page, Query, Route, Write } from '../../model/model.ts';
import { findRoute } from '../../model/model.ts';
import type { Scenario, Variant } from '../../scenarios/scenarios.ts';
import { asLookups, isCarried, signsIn } from './carried.ts';
import { withClaimedColumns } from './claims.ts';

/** Everything one scenario is solved in, indexed by the names its conditions use. */
export interface Setting {
  readonly app: App;
  readonly route: Route | Page;
  readonly outcome: Outcome;
  readonly when: readonly Condition[];
  readonly queries: ReadonlyMap<string, Query>;
  /** The query that a join's id belongs to. */
  readonly joins: ReadonlyMap<string, Query>;
  readonly writes: ReadonlyMap<string, Write>;
  readonly tables: ReadonlyMap<string, Table>;
}

/** The setting of a scenario or of one of its variants; null where the model has no such ending. */
export function settingOf(
  model: Model,
  scenario: Scenario,
  variant: Variant | null = null,
): Setting | null {
  const found = findRoute(model, scenario.route);
  const wanted = variant?.outcome ?? scenario.outcome;
  const outcome = found?.route.outcomes.find((candidate) => candidate.id === wanted);
  if (!found || !outcome) return null;
  const { app, route } = found;
  const said = withClaimedColumns(
    {
      when: [...scenario.when, ...(variant?.when ?? [])],
      queries: byId([...route.reads, ...(variant?.reads ?? [])]),
      writes: byId(route.writes),
    },
    app,
    route.at,
  );
  const { queries, writes } = said;
  const joins = [...queries.values()].flatMap((query) =>
    query.joins.map((join) => [join.id, query] as const),
  );
  return {
    app,
    route,
    outcome,
    when: inCanonicalOrder(asLookups(said.when, { app, route, queries })),
    queries,
    joins: new Map(joins),
    writes,
    tables: byId(app.tables),
  };
}

/** Behind an array column's name: the one element that a planned array has. */
export const ELEMENT = '[]';

/** A column by its SQL name, or by what the application's code calls it; `tags[]` is an element of `tags`. */
export function columnOf(table: Table | undefined, name: string): Column | undefined {
  if (name.endsWith(ELEMENT)) {
    const array = columnOf(table, name.slice(0, -ELEMENT.length));
    return array?.array ? { ...array, name, array: false, nullable: false } : undefined;
  }
  return (
    table?.columns.find((column) => column.name === name) ??
    table?.columns.find((column) => column.property === name)
  );
}

/** The table that a query, a join or a write of the setting is about. */
export function tableNamed(setting: Setting, id: string): Table | undefined {
  const join = setting.joins.get(id)?.joins.find((candidate) => candidate.id === id);
  const table = join?.table ?? setting.queries.get(id)?.table ?? setting.writes.get(id)?.table;
  return table === undefined ? undefined : setting.tables.get(table);
}

/** What a write puts into a column, whichever of its two names the model uses. */
export function setTerm(
  write: Write,
  column: { name: string; property: string },
): Term | undefined {
  return write.set[column.name] ?? write.set[column.property];
}

/** Whether a term reads the cookie or header that says who a request comes from. */
export function readsCarrier(app: App, term: Term): boolean {
  return signsIn(app) && isCarried(app.auth?.carrier ?? null, term);
}

/** Whether a query looks up who is acting, by the token the request carries. */
export function looksUpActor(app: App, query: Query): boolean {
  return query.where.some(
    (condition) =>
      'left' in condition &&
      (readsCarrier(app, condition.left) || readsCarrier(app, condition.right)),
  );
}

/** Parts sorted by content, so that the order they were found in makes no difference. */
export function inCanonicalOrder(conditions: readonly Condition[]): Condition[] {
  const keyed = conditions.map((condition) => [conditionKey(condition), condition] as const);
  keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return keyed.map(([, condition]) => condition);
}

function byId<T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  const sorted = [...items].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return new Map(sorted.map((item) => [item.id, item]));
}
