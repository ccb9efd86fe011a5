import { identity, type Sql, type Table } from '../db/db.ts';
import { lockUndo, type Made } from './made.ts';

/**
 * Where another run has changed again what this one had changed, that run's entry gets our old values, to give
 * back when it goes. Entries come the last first; gives what of them is still to be set back by us.
 */
export async function handOn(
  sql: Sql,
  entries: readonly Made[],
  tables: ReadonlyMap<string, Table>,
): Promise<Made[]> {
  const left: Made[] = [];
  for (const entry of entries) {
    const [shape] = entry.shape;
    const table = shape && tables.get(shape.table);
    const columns = shape?.columns ?? [];
    if (!table) continue;
    const what = [entry.id, columns, shape.key ?? identity(table)];
    const seen = await sql.query(LATER, what);
    // Whoever is at it may set the row back before we know: what it then left of its entries counts.
    const runs = [...new Set(seen.map(({ run }) => String(run)))].toSorted();
    for (const run of runs) await lockUndo(sql, run);
    const later = runs.length > 0 ? await sql.query(LATER, what) : [];
    const to = Map.groupBy(later, ({ id }) => String(id));
    for (const [id, found] of to) {
      await sql.query(HAND_ON, [entry.id, id, found.map(({ column }) => column)]);
    }
    const handed = new Set(later.map(({ column }) => String(column)));
    const own = columns.filter((column) => !handed.has(column));
    if (own.length > 0) left.push({ ...entry, shape: [{ ...shape, columns: own }] });
  }
  return left;
}

/** For each column the first later change by another run, where it found what we had set. */
const LATER = `
  select c.name as "column", b.id::text as id, b.run
  from statewright.made a
  cross join unnest($2::text[]) c (name)
  cross join lateral (
    select b.id, b.run, b.rows from statewright.made b
    where b.kind = 'adjust' and b.run <> a.run and b.id > a.id
      and b.shape::jsonb #> '{0,table}' = a.shape::jsonb #> '{0,table}'
      and b.shape::jsonb #> '{0,columns}' ? c.name
      and not exists (
        select from unnest($3::text[]) k (name)
        where (b.rows -> 0 -> 'old')::jsonb -> k.name
          is distinct from (a.rows -> 0 -> 'new')::jsonb -> k.name)
    order by b.id limit 1) b
  where a.id = $1
    and (b.rows -> 0 -> 'old')::jsonb -> c.name is not distinct from (a.rows -> 0 -> 'new')::jsonb -> c.name`;

/** As text goes, so that no number inside a json changes. */
const HAND_ON = `
  update statewright.made b set rows = json_build_array(json_build_object(
    'old', (
      select json_object_agg(e.key, case when e.key = any ($3::text[])
        then a.rows -> 0 -> 'old' -> e.key else e.value end)
      from json_each(b.rows -> 0 -> 'old') e),
    'new', b.rows -> 0 -> 'new'))
  from statewright.made a where a.id = $1 and b.id = $2`;
