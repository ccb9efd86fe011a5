import { sql } from 'drizzle-orm';
import type { Db } from './db.ts';

/**
 * Forgets what nobody asks for any more: answers kept for repetitions, jobs that ended a week ago with
 * their events, runs that ended a month ago. Models, plannings, keys and usage stay.
 */
export async function tidy(db: Db): Promise<void> {
  await db.execute(
    sql`delete from statewright_service.answer where created_at < now() - interval '24 hours'`,
  );
  await db.execute(
    sql`delete from statewright_service.job where ended_at < now() - interval '7 days'`,
  );
  await db.execute(sql`delete from statewright_service.run
    where coalesce(ended_at, expires_at) < now() - interval '30 days'`);
}
