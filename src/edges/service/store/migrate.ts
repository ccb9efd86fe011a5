import { sql } from 'drizzle-orm';
import { StatewrightError } from '../../../kernel/errors.ts';
import type { Db } from './db.ts';
import { MIGRATIONS } from './migrations.ts';

/**
 * Brings the service's schema up to date. Any number of instances may start at once: one migrates, the
 * others wait and find it done. Throws `service.newerSchema` where a later version has been here.
 */
export async function migrate(db: Db, migrations: readonly string[] = MIGRATIONS): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('statewright:service', 0))`);
    await tx.execute(sql`create schema if not exists statewright_service`);
    await tx.execute(
      sql`create table if not exists statewright_service.migration (version int primary key, at timestamptz not null default now())`,
    );
    const done = await versionIn(tx);
    if (done > migrations.length) throw newer(done, migrations.length);
    for (const [index, text] of migrations.entries()) {
      if (index < done) continue;
      await tx.execute(sql.raw(text));
      await tx.execute(
        sql`insert into statewright_service.migration (version) values (${index + 1})`,
      );
    }
  });
}

async function versionIn(db: Pick<Db, 'execute'>): Promise<number> {
  const { rows } = await db.execute<{ version: number | null }>(
    sql`select max(version) as version from statewright_service.migration`,
  );
  return rows[0]?.version ?? 0;
}

function newer(found: number, known: number): StatewrightError {
  return new StatewrightError(
    'service.newerSchema',
    `The storage is at version ${found}, this Statewright knows ${known}. Nothing was changed.`,
    { hint: 'Update Statewright here, or give this instance a storage of its own with --store.' },
  );
}
