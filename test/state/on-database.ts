import { readCatalog } from '../../src/db/catalog.ts';
import type { Database } from '../../src/db/db.ts';
import type { Finding } from '../../src/kernel/finding.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { compileState } from '../../src/state/compile.ts';
import type { State } from '../../src/state/state.ts';
import { freshDatabase } from '../setup/database.ts';
import { clinicApp } from './plans.ts';

/** A database of that schema, and plans compiled against its live catalog (SQL only). */
export async function databaseOf(schema?: string): Promise<{
  database: Database;
  compile: (plan: Plan, seed?: string) => Promise<{ state: State; findings: Finding[] }>;
}> {
  const database = await freshDatabase(schema);
  return {
    database,
    async compile(plan, seed = '1') {
      const catalog = await database.session(readCatalog);
      return compileState(plan, { app: clinicApp, catalog, seed, running: false });
    },
  };
}
