import type { Sql } from './db.ts';

/**
 * Keeps the embedded server running until that moment though no process uses it (a lease stands). The
 * session must be in the maintenance database. The same name again moves its end.
 */
export async function hold(sql: Sql, name: string, until: string): Promise<void> {
  await sql.query(
    `insert into statewright.holds (name, until) values ($1, $2)
     on conflict (name) do update set until = excluded.until`,
    [name, until],
  );
}

/** Ends a hold; one that doesn't stand is no error. */
export async function release(sql: Sql, name: string): Promise<void> {
  await sql.query('delete from statewright.holds where name = $1', [name]);
}
