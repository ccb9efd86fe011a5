import type { Sql } from '../../src/db/db.ts';

/**
 * A checksum of every table outside our own schema, whatever order its rows are in, and the triggers on
 * them; in SQL that shares nothing with the product's own.
 */
export async function contentsOf(sql: Sql): Promise<Readonly<Record<string, string>>> {
  const tables = await sql.query(`
    select table_schema || '.' || table_name as id from information_schema.tables
    where table_type = 'BASE TABLE'
      and table_schema not in ('pg_catalog', 'information_schema', 'statewright') order by 1`);
  const sums: Record<string, string> = {};
  for (const { id } of tables) {
    const name = String(id)
      .split('.')
      .map((part) => `"${part}"`)
      .join('.');
    const [row] = await sql.query(`
      select count(*) || ' ' || md5(coalesce(string_agg(line, E'\\n' order by line), '')) as sum
      from (select to_jsonb(t)::text as line from ${name} t) lines`);
    sums[String(id)] = String(row?.['sum']);
  }
  return sums;
}

/** The triggers of those tables, by table. */
export async function triggersOf(sql: Sql): Promise<readonly string[]> {
  const rows = await sql.query(`
    select event_object_table || ' ' || trigger_name as name from information_schema.triggers
    where event_object_schema <> 'statewright' order by 1`);
  return rows.map(({ name }) => String(name));
}
