import { inject } from 'vitest';
import { readCatalog } from '../../src/db/catalog.ts';
import type { Database, Driver } from '../../src/db/db.ts';
import { connect, openSession } from '../../src/db/pg.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { down } from '../../src/run/down.ts';
import { enroll } from '../../src/run/guard.ts';
import { type ControlLedger, openLedger } from '../../src/run/ledger.ts';
import { type UpOptions, up } from '../../src/run/up.ts';
import { bindRequest } from '../../src/state/bind.ts';
import { compileState } from '../../src/state/compile.ts';
import type { State } from '../../src/state/state.ts';
import { clinicApp } from '../state/plans.ts';

export const driver: Driver = { connect, open: openSession };

export const ledgerAt = (): Promise<ControlLedger> => openLedger(driver, inject('serverUrl'));

export async function enrolled(database: Database): Promise<Database> {
  const stamp = { environment: 'test', address: null, days: null };
  await database.session((sql) => enroll(sql, stamp));
  return database;
}

export async function compiled(plan: Plan, database: Database, running = false): Promise<State> {
  const catalog = await database.session(readCatalog);
  const { state, findings } = compileState(plan, { app: clinicApp, catalog, seed: '1', running });
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return state;
}

const bind: UpOptions['bind'] = (when, known) => bindRequest(when, { ...known, now: new Date() });

export function upOptions(
  database: Database,
  ledger: ControlLedger | null,
  more: Partial<UpOptions> = {},
): UpOptions {
  const term = { hold: 'held' } as const;
  return { database, own: false, app: null, ledger, term, bind, readCatalog, ...more };
}

export { down, readCatalog, up };

export const takeDown = (handle: string, ledger: ControlLedger) =>
  down(handle, { ledger, driver, readCatalog });
