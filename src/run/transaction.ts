import type { Sql } from '../db/db.ts';
import { refusalOf } from './refusal.ts';

/** Does all of the work or none of it; `kept` says whether what was written before it stands. */
export async function transaction<T>(
  { sql, kept }: { sql: Sql; kept: boolean },
  work: () => Promise<T>,
): Promise<T> {
  await sql.query('begin');
  try {
    const found = await work();
    await sql.query('commit');
    return found;
  } catch (error) {
    await sql.query('rollback').catch(() => undefined);
    throw refusalOf(error, null, kept);
  }
}
