import { type Catalog, LARGE_OBJECTS, type Sql } from '../db/db.ts';
import { largeSince } from './large-objects.ts';
import { quoted, tableName } from './quote.ts';

/** Rows of a table that somebody else made or changed while a run stood. */
export interface Since {
  readonly table: string;
  readonly rows: number;
}

/** Tables with more rows are not looked through, nor those this role may not read. */
const MOST = 1_000_000;

/**
 * What was made or changed since a run's first row, but for what this transaction does itself. PostgreSQL's
 * own row versions say so, whoever wrote them: rows of the app that refer to nothing of ours are among them.
 */
export async function writtenSince(sql: Sql, run: string, catalog: Catalog): Promise<Since[]> {
  const large = await largeSince(sql, run);
  const others = large > 0 ? [{ table: LARGE_OBJECTS, rows: large }] : [];
  const small = await smallTables(sql, catalog);
  if (small.length === 0) return others;
  const counts = small.map(
    (
      table,
      index,
    ) => `select ${index} as place, count(*)::int as rows from first f, ${tableName(table)} t
       where age(t.xmin) <= f.age and t.xmin is distinct from pg_current_xact_id()::xid`,
  );
  const first = 'select max(age(xmin)) as age from statewright.made where run = $1';
  const found = await sql.query(`with first as (${first}) ${counts.join(' union all ')}`, [run]);
  const written = found.flatMap((row) => {
    const table = small[Number(row['place'])];
    const rows = Number(row['rows']);
    return table && rows > 0 ? [{ table: table.id, rows }] : [];
  });
  return [...written, ...others];
}

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
