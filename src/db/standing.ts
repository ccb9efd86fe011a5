import { quoted } from '../kernel/sql-text.ts';
import type { Sql, Standing, Table } from './db.ts';

/** Tables with more rows than that hold no reference data. */
const MOST = 500;

/**
 * Reads the keys of the rows that stand in small tables: reference data of migrations and what the app
 * puts there when it boots. Reads only.
 */
export async function readStanding(sql: Sql, tables: readonly Table[]): Promise<Standing> {
  const asked = tables.filter((table) => keyColumns(table).length > 0);
  if (asked.length === 0) return new Map();
  const counts = asked.map(({ schema, name }) => {
    const from = `${quoted(schema)}.${quoted(name)}`;
    return `(select count(*) from (select from ${from} limit ${MOST + 1}) rows_there)`;
  });
  const [counted] = await sql.query(`select array[${counts.join(', ')}]::int[] as counts`);
  const lengths: unknown = counted?.['counts'];
  const small = asked.filter((_, index) => {
    const length = Array.isArray(lengths) ? Number(lengths[index]) : 0;
    return length > 0 && length <= MOST;
  });
  const standing = new Map<string, Awaited<ReturnType<Sql['query']>>>();
  for (const table of small) {
    const columns = keyColumns(table).map((name) => `${quoted(name)}::text`);
    const from = `${quoted(table.schema)}.${quoted(table.name)}`;
    standing.set(table.id, await sql.query(`select ${columns.join(', ')} from ${from}`));
  }
  return standing;
}

function keyColumns(table: Table): string[] {
  return [...new Set([table.primaryKey, ...table.uniques.map(({ columns }) => columns)].flat())];
}
