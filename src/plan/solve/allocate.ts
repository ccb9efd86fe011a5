import type { Query } from '../../model/model.ts';
import { pointingRows } from './pointing.ts';
import { looksUpActor, type Setting } from './setting.ts';
import type { Shape } from './shapes.ts';
import { merged, type Tuple, type World, type WorldRow } from './world.ts';
import { writtenRows } from './written.ts';

/** The world of a shape: a row for every result row that a query must have, none of them merged yet. */
export function allocate(setting: Setting, shape: Shape): World {
  const rows = new Map<string, WorldRow>();
  const own = new Map<string, Tuple[]>();
  for (const query of setting.queries.values()) {
    if (query.of !== null) continue;
    const tuples = Array.from({ length: totalOf(setting, shape, query) }, (_, index) =>
      tupleOf({ setting, shape, rows }, query, index),
    );
    own.set(query.id, tuples);
    distribute({ setting, shape, own, rows }, query, tuples);
  }
  const actor = actorRow(setting, own, rows);
  for (const row of [...writtenRows(setting), ...conflictRows(setting), ...pointers(setting)])
    rows.set(row.id, row);
  const world: World = { setting, rows, own, alias: new Map(), links: [], actor, upserts: false };
  return shape.sharing.reduce((current, [query, other]) => share(current, query, other), world);
}

/** A query's own rows and those its subsets need. */
function totalOf(setting: Setting, shape: Shape, query: Query): number {
  const subsets = [...setting.queries.values()].filter(
    (other) => other.of === query.id && !isElement(other),
  );
  const needed = subsets.reduce((sum, subset) => sum + totalOf(setting, shape, subset), 0);
  const looped = [...setting.queries.values()].filter(
    (other) => other.of === query.id && isElement(other),
  );
  const most = Math.max(0, ...looped.map((element) => totalOf(setting, shape, element)));
  return Math.max(shape.own.get(query.id) ?? 0, needed, most);
}

/** What a loop goes over: any of the rows, so it needs none of its own. */
function isElement(query: Query): boolean {
  return query.of !== null && !query.many && query.where.length + query.joins.length === 0;
}

interface Building {
  readonly setting: Setting;
  readonly shape: Shape;
  readonly rows: Map<string, WorldRow>;
}

function tupleOf(building: Building, query: Query, index: number): Tuple {
  const suffix = index === 0 ? '' : `~${index}`;
  const tuple = new Map<string, string | null>();
  const session = looksUpActor(building.setting.app, query);
  add(building, { id: `${query.id}${suffix}`, table: query.table, session });
  tuple.set(query.id, `${query.id}${suffix}`);
  for (const join of query.joins) {
    const wanted = join.inner || building.shape.joins.has(join.id);
    tuple.set(join.id, wanted ? `${join.id}${suffix}` : null);
    if (wanted) add(building, { id: `${join.id}${suffix}`, table: join.table, session: false });
  }
  return tuple;
}

function add(building: Building, row: { id: string; table: string; session: boolean }): void {
  const table = building.setting.tables.get(row.table);
  const { auth } = building.setting.app;
  const origin =
    row.session && auth && !auth.handed && auth.actor !== row.table ? 'session' : 'made';
  if (table) building.rows.set(row.id, { id: row.id, table, origin });
}

/** Gives each subset of a query as many of its result rows as it needs, no two subsets the same one. */
function distribute(
  building: Building & { readonly own: Map<string, Tuple[]> },
  query: Query,
  tuples: readonly Tuple[],
): void {
  let next = 0;
  for (const subset of building.setting.queries.values()) {
    if (subset.of !== query.id) continue;
    const count = totalOf(building.setting, building.shape, subset);
    const first = isElement(subset) ? 0 : next;
    const mine = tuples.slice(first, first + count).map((tuple): Tuple => {
      const extended = new Map([...tuple, [subset.id, tuple.get(query.id) ?? null] as const]);
      for (const join of subset.joins) {
        const id = `${tuple.get(query.id)}/${join.id}`;
        add(building, { id, table: join.table, session: false });
        extended.set(join.id, id);
      }
      return extended;
    });
    next += isElement(subset) ? 0 : count;
    building.own.set(subset.id, mine);
    distribute(building, subset, mine);
  }
}

/** The acting user's row: found by the token, or needed because somebody has to be signed in. */
function actorRow(
  setting: Setting,
  own: ReadonlyMap<string, readonly Tuple[]>,
  rows: Map<string, WorldRow>,
): string | null {
  const { auth } = setting.app;
  const table = auth && setting.tables.get(auth.actor);
  if (!auth || !table) return null;
  for (const query of setting.queries.values()) {
    const [tuple] = looksUpActor(setting.app, query) ? (own.get(query.id) ?? []) : [];
    for (const row of tuple?.values() ?? []) {
      if (row !== null && rows.get(row)?.table.id === auth.actor) return row;
    }
    if (tuple) return null;
  }
  const acting = setting.when.some((item) => item.kind === 'actor' && item.is !== 'anonymous');
  if (!acting) return null;
  rows.set('@actor', { id: '@actor', table, origin: 'made' });
  return '@actor';
}

/** A row that already holds the value for which the request's insert is refused. */
function conflictRows(setting: Setting): WorldRow[] {
  return setting.when.flatMap((condition): WorldRow[] => {
    if (condition.kind !== 'conflict' || !condition.holds) return [];
    const table = setting.tables.get(setting.writes.get(condition.write)?.table ?? '');
    if (!table || condition.violates !== 'unique') return [];
    return [{ id: `${condition.write}^`, table, origin: 'made' }];
  });
}

/** A row for which the request's delete is refused. */
function pointers(setting: Setting): WorldRow[] {
  return pointingRows(setting).map(({ row, table }) => ({ id: row, table, origin: 'made' }));
}

function share(world: World, query: string, other: string): World {
  const into = [...world.own.values()]
    .flat()
    .map((tuple) => tuple.get(other))
    .find((row) => typeof row === 'string');
  return into && world.rows.has(query) && into !== query ? merged(world, query, into) : world;
}
