import type { Database } from '../../src/db/db.ts';
import { openSession } from '../../src/db/pg.ts';
import type { Ground } from './ground.ts';

/** What is left after all states were taken down; nothing is empty lists. */
export interface Left {
  /** Tables whose checksum is another than before. */
  readonly tables: readonly string[];
  /** Entries of the row ledger. */
  readonly made: number;
  /** Runs that are not closed, and what they hold. */
  readonly runs: readonly string[];
  readonly databases: readonly string[];
}

export async function leftIn(
  { database, url }: Pick<Ground, 'database' | 'url'>,
  before: Awaited<ReturnType<Database['checksums']>>,
): Promise<Left> {
  const after = await database.checksums();
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const [made] = await database.session((sql) =>
    sql.query('select count(*)::int as n from statewright.made'),
  );
  await using admin = await openSession(url);
  const all = async (text: string) => (await admin.query(text)).map((row) => String(row['it']));
  return {
    tables: names.filter((name) => before[name] !== after[name]),
    made: Number(made?.['n']),
    runs: await all(`
      select r.id || ' ' || coalesce(s.kind || ' ' || s.name, r.state) as it from statewright.run r
      left join statewright.resource s on s.run = r.id and s.kind <> 'process'
      where r.state <> 'closed' and r.plan <> 'load'`),
    databases: await all(`select datname as it from pg_database where datname like 'sw\\_c\\_%'`),
  };
}
