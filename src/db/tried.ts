import type { Sql } from './db.ts';

/** Runs what may fail without spoiling the transaction it may stand in; `otherwise` where it fails. */
export async function tried<T>(sql: Sql, work: () => Promise<T>, otherwise: T): Promise<T> {
  // Outside a transaction there are no savepoints, and nothing to spoil.
  const inside = await sql.query('savepoint statewright_tried').then(
    () => true,
    () => false,
  );
  try {
    const found = await work();
    if (inside) await sql.query('release savepoint statewright_tried');
    return found;
  } catch {
    if (inside) await sql.query('rollback to savepoint statewright_tried');
    return otherwise;
  }
}
