import type { Query } from '../../model/model.ts';
import { looksUpActor } from './setting.ts';
import { rowsOf, standing, type Tuple, type World } from './world.ts';

/** More combinations than this aren't worth looking at: the state would be no minimal one. */
const LIMIT = 400;

/** Every result row a query could have among the world's rows, its own ones first. */
export function candidatesOf(world: World, query: Query): Tuple[] {
  const found = new Map<string, Tuple>();
  for (const tuple of [...(world.own.get(query.id) ?? []), ...combinations(world, query)]) {
    const resolved = resolve(world, tuple);
    const key = idsOf(world, query)
      .map((id) => resolved.get(id) ?? '')
      .join('\n');
    if (!found.has(key)) found.set(key, resolved);
  }
  return [...found.values()];
}

/** The ids a result row of the query gives a row to, those of the queries it is a subset of included. */
function idsOf(world: World, query: Query): string[] {
  const parent = query.of === null ? undefined : world.setting.queries.get(query.of);
  return [query.id, ...query.joins.map((join) => join.id), ...(parent ? idsOf(world, parent) : [])];
}

export function resolve(world: World, tuple: Tuple): Tuple {
  return new Map([...tuple].map(([id, row]) => [id, row === null ? null : standing(world, row)]));
}

function combinations(world: World, query: Query): Tuple[] {
  const parent = query.of === null ? undefined : world.setting.queries.get(query.of);
  const actor = looksUpActor(world.setting.app, query);
  const starts: Tuple[] = parent
    ? candidatesOf(world, parent).map((tuple) => {
        return new Map([...tuple, [query.id, tuple.get(parent.id) ?? null]]);
      })
    : rowsIn(world, query.table)
        .filter((row) => !actor || world.own.get(query.id)?.some((own) => isOf(world, own, row)))
        .map((row) => new Map([[query.id, row]]));
  return query.joins.reduce<Tuple[]>((tuples, join) => {
    const rows = [...rowsIn(world, join.table), ...(join.inner ? [] : [null])];
    const longer = tuples.flatMap((tuple) =>
      rows.map((row): Tuple => new Map([...tuple, [join.id, row]])),
    );
    return longer.slice(0, LIMIT);
  }, starts);
}

function isOf(world: World, tuple: Tuple, row: string): boolean {
  return [...tuple.values()].some((own) => own !== null && standing(world, own) === row);
}

function rowsIn(world: World, table: string): string[] {
  return rowsOf(world)
    .filter((row) => row.table.id === table && row.origin !== 'written')
    .map((row) => row.id);
}
