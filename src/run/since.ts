import { type Catalog, LARGE_OBJECTS, type Sql } from '../db/db.ts';
import { literal, quoted } from '../kernel/sql-text.ts';
import { largeSince } from './large-objects.ts';
import { tableName } from './quote.ts';

/** Rows of a table that somebody else made or changed while a run stood. */
export interface Since {
  readonly table: string;
  readonly rows: number;
}

/** Tables with more rows are not looked through, nor those this role may not read. */
const MOST = 1_000_000;

/**
 * What was made or changed since a run's first row, but for rows that are again what they were before. PostgreSQL's
 * own row versions say so, whoever wrote them: rows of the app that refer to nothing of ours are among them, and
 * what triggers wrote as rows were taken away.
 */
export async function writtenSince(sql: Sql, run: string, catalog: Catalog): Promise<Since[]> {
  const [large, small] = await Promise.all([largeSince(sql, run), smallTables(sql, catalog)]);
  const others = large > 0 ? [{ table: LARGE_OBJECTS, rows: large }] : [];
  if (small.length === 0) return others;
  const counts = small.map(
    (
      table,
      index,
    ) => `select ${index} as place, count(*)::int as rows from first f, ${tableName(table)} t
       where age(t.xmin) <= f.age and not exists (
         select from restored r where r.of = ${literal(table.id)} and r.image = to_jsonb(t.*))`,
  );
  const first = 'select max(age(xmin)) as age from statewright.made where run = $1';
  const found = await sql.query(
    `with first as (${first}), restored as (${RESTORED}) ${counts.join(' union all ')}`,
    [run],
  );
  const written = found.flatMap((row) => {
    const table = small[Number(row['place'])];
    const rows = Number(row['rows']);
    return table && rows > 0 ? [{ table: table.id, rows }] : [];
  });
  return [...written, ...others];
}

/** What rows were before the run changed or deleted them. */
const RESTORED = `
  select m.shape::jsonb #>> '{0,table}' as of,
    case m.kind when 'adjust' then e.image::jsonb -> 'old' else e.image::jsonb end as image
  from statewright.made m cross join lateral json_array_elements(m.rows) e (image)
  where m.run = $1 and m.kind in ('adjust', 'delete')`;

async function smallTables(sql: Sql, { tables }: Catalog): Promise<Catalog['tables'][number][]> {
  const known = await sql.query(
    `select n.nspname as schema, c.relname as name from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and c.reltuples < $1 
       and has_table_privilege(c.oid, 'select') and has_schema_privilege(n.oid, 'usage')`,
    [MOST],
  );
  const names = new Set(
    known.map((row) => `${quoted(String(row['schema']))}.${quoted(String(row['name']))}`),
  );
  return tables.filter((table) => names.has(tableName(table)));
}
