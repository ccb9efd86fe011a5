import { readCatalog } from '../db/catalog.ts';
import type { Model } from '../model/model.ts';
import type { Plan } from '../plan/plan.ts';
import type { Run } from '../run/run.ts';
import { up } from '../run/up.ts';
import { bindRequest } from '../state/bind.ts';
import { compileOn } from './compiling.ts';
import type { Place } from './place.ts';
import { driver, openOwnLedger } from './workshop.ts';

export interface PlannedLease {
  readonly plan: Plan;
  /** The id of the plan's route. */
  readonly route: string;
  readonly model: Model;
  readonly seed: string;
  /** The URL of an enrolled database. */
  readonly db: string;
  /** Where the app answers on it; null: SQL only. */
  readonly app: string | null;
  readonly ttlMs: number;
}

/** Sets a plan up on an enrolled database under a lease; no checkout is needed, its model is. */
export async function leasePlanned(lease: PlannedLease, place: Place): Promise<Run> {
  const { plan, route, model, seed, db, ttlMs } = lease;
  await using ledger = await openOwnLedger(db);
  await using database = await driver.connect(db);
  const app = lease.app === null ? null : { url: lease.app, pid: 0 };
  const about = { plan, route, model, seed, running: app !== null, handed: false };
  return up(await compileOn(database, about), {
    ...{ database, ledger, app, readCatalog, own: false, signal: place.signal },
    term: { hold: 'leased', ttlMs },
    bind: (when, rows) => bindRequest(when, { ...rows, now: place.clock.now() }),
  });
}
