import type { Catalog, Sql } from '../db/db.ts';
import { quoted, tableName } from './quote.ts';

/** Rows of a table that somebody else made or changed while a run stood. */
export interface Since {
  readonly table: string;
  readonly rows: number;
}

/** Tables with more rows are not looked through. */
const MOST = 1_000_000;

/**
 * What was made or changed since a run's first row, but for what this transaction does itself. PostgreSQL's
 * own row versions say so, whoever wrote them: rows of the app that refer to nothing of ours are among them.
 */
export async function writtenSince(sql: Sql, age: number, catalog: Catalog): Promise<Since[]> {
  const small = await smallTables(sql, catalog);
  if (small.length === 0) return [];
  const counts = small.map(
    (table, index) => `select ${index} as place, count(*)::int as rows from ${tableName(table)} t
       where age(t.xmin) <= $1 and t.xmin is distinct from pg_current_xact_id()::xid`,
  );
  const found = await sql.query(counts.join(' union all '), [age]);
  return found.flatMap((row) => {
    const table = small[Number(row['place'])];
    const rows = Number(row['rows']);
    return table && rows > 0 ? [{ table: table.id, rows }] : [];
  });
}

/** How many transactions ago a run's first entry was written; null where it has none. */
export async function ageOf(sql: Sql, run: string): Promise<number | null> {
  const [row] = await sql.query(
    'select max(age(xmin))::int as age from statewright.made where run = $1',
    [run],
  );
  return row?.['age'] == null ? null : Number(row['age']);
}

async function smallTables(sql: Sql, { tables }: Catalog): Promise<Catalog['tables'][number][]> {
  const known = await sql.query(
    `select n.nspname as schema, c.relname as name from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and c.reltuples < $1`,
    [MOST],
  );
  const names = new Set(
    known.map((row) => `${quoted(String(row['schema']))}.${quoted(String(row['name']))}`),
  );
  return tables.filter((table) => names.has(tableName(table)));
}
