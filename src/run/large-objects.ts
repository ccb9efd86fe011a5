import type { Sql } from '../db/db.ts';
import type { Doomed } from './reach.ts';

/** Made since a run's first row ($1), and ours to remove. */
const MADE = `
  from pg_largeobject_metadata m where pg_has_role(m.lomowner, 'usage')
    and age(m.xmin) <= (select max(age(xmin)) from statewright.made where run = $1)`;

/**
 * Unlinks the large objects that were made since a run's first row and that rows taken away referred to,
 * after those are gone (a trigger may have done it already).
 */
export async function unlinkLarge(
  sql: Sql,
  run: string,
  doomed: readonly Doomed[],
): Promise<number> {
  const ids = doomed.flatMap(({ table, rows }) => {
    const columns = table.columns.filter(({ type }) => type === 'oid');
    return rows.flatMap((row) =>
      columns.flatMap(({ name }) => row[name] ?? []).map((id) => String(id)),
    );
  });
  if (ids.length === 0) return 0;
  const gone = await sql.query(`select lo_unlink(m.oid) ${MADE} and m.oid = any ($2::oid[])`, [
    run,
    ids,
  ]);
  return gone.length;
}

/** How many others were made since: nothing of the run refers to them. */
export async function largeSince(sql: Sql, run: string): Promise<number> {
  const [row] = await sql.query(`select count(*)::int as n ${MADE}`, [run]);
  return Number(row?.['n']);
}
