import { keyOf, type Sql } from '../db/db.ts';
import { type Image, type Made, parseExact } from './made.ts';
import { keyText } from './net.ts';
import { byKey, tableName } from './quote.ts';
import type { Doomed } from './reach.ts';

/**
 * Parts `own` from rows at the same keys that are not those we made, for their table was emptied since and filled
 * anew. That is told by PostgreSQL's own row versions: emptying gives a table's index (or its sequence, started
 * again) a new file, and then no row is older than that. A row that the application changed stays ours.
 */
export async function partReplaced(
  sql: Sql,
  own: readonly Doomed[],
  made: readonly Made[],
): Promise<{ own: readonly Doomed[]; replaced: { table: Doomed['table']; row: Image }[] }> {
  const entries = made.flatMap(({ id, kind }) => (/insert|call/.test(kind) ? [id] : []));
  const keyed = own.filter(({ table, rows }) => keyOf(table).length > 0 && rows.length > 0);
  if (keyed.length === 0) return { own, replaced: [] };
  const renewed = await sql.query(RENEWED, [
    keyed.map(({ table }) => tableName(table)),
    keyed.map(({ table }) => table.id),
    entries,
  ]);
  const replaced: { table: Doomed['table']; row: Image }[] = [];
  for (const { place, leaf, since } of renewed) {
    const doomed = keyed[Number(place) - 1];
    if (!doomed) continue;
    const found = await sql.query(newRowsSql(doomed, String(leaf)), [
      JSON.stringify(doomed.rows),
      since,
      entries,
    ]);
    for (const { row } of found) {
      replaced.push({ table: doomed.table, row: parseExact(String(row)) as Image });
    }
  }
  const theirs = new Set(replaced.map(({ table, row }) => keyText(table, row)));
  if (theirs.size === 0) return { own, replaced };
  return {
    own: own.map((doomed) => ({
      ...doomed,
      rows: doomed.rows.filter((row) => !theirs.has(keyText(doomed.table, row))),
    })),
    replaced: [...new Map(replaced.map((one) => [keyText(one.table, one.row), one])).values()],
  };
}

/** Tables (or partitions) whose key's index or sequence is newer than all that the run made of them, and since when. */
const RENEWED = `
  select t.place, r.oid::regclass::text as leaf, x.xmin::text as since
  from unnest($1::text[], $2::text[]) with ordinality t (name, id, place)
  cross join lateral (
    select t.name::regclass::oid union select relid from pg_partition_tree(t.name::regclass)) r (oid)
  join pg_class c on c.oid = r.oid and c.relkind = 'r'
  cross join lateral (
    select i.xmin from pg_index p join pg_class i on i.oid = p.indexrelid
    where p.indrelid = r.oid and p.indisunique and p.indpred is null and (p.indisprimary or not exists (
      select from pg_index k where k.indrelid = r.oid and k.indisprimary))
    union
    select s.xmin from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
    where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
      and d.refobjid = t.name::regclass and d.deptype in ('a', 'i')) x
  where age(x.xmin) < (
      select min(age(m.xmin)) from statewright.made m
      where m.id = any ($3::bigint[])
        and m.shape::jsonb @> jsonb_build_array(jsonb_build_object('table', t.id)))
    -- A column that got another type is a table written anew, with the same rows.
    and not exists (select from pg_attribute a where a.attrelid = r.oid and a.xmin = x.xmin)`;

function newRowsSql({ table, by }: Doomed, leaf: string): string {
  return `
    select row_to_json(t.*)::text as row from only ${leaf} t
    where exists (
        select from jsonb_populate_recordset(null::${tableName(table)}, $1::jsonb) k
        where ${byKey(table, by, ['t', 'k'])})
      and not exists (select from statewright.made m where m.id = any ($3::bigint[]) and m.xmin = t.xmin)
      and not exists (select from only ${leaf} o where age(o.xmin) > age($2::text::xid))`;
}
