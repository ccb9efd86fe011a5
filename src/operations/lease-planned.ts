import { readCatalog } from '../db/catalog.ts';
import type { Database } from '../db/db.ts';
import type { Model } from '../model/model.ts';
import type { Plan } from '../plan/plan.ts';
import { type Down, down } from '../run/down.ts';
import type { ControlLedger } from '../run/ledger.ts';
import type { Run } from '../run/run.ts';
import { up } from '../run/up.ts';
import { bindRequest } from '../state/bind.ts';
import { compileOn } from './compiling.ts';
import type { Place } from './place.ts';
import { driver, openOwnLedger, sweepLedger } from './workshop.ts';

export interface PlannedLease {
  readonly plan: Plan;
  /** The id of the plan's route. */
  readonly route: string;
  readonly model: Model;
  readonly seed: string;
  /** Where the app answers on the database; null: SQL only. */
  readonly app: string | null;
  readonly ttlMs: number;
}

/** Sets plans up on one enrolled database under leases; no checkout is needed, a plan's model is. */
export interface PlannedLeases {
  /** Whether its sessions still are; one that isn't alive is closed and opened anew. */
  alive(): boolean;
  up(lease: PlannedLease): Promise<Run>;
  /** Says nothing of what others wrote meanwhile (`leftSince`). */
  down(handle: string): Promise<Down>;
  /** Takes away what leases that are over have left. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the ledger and a pool that all leases share, `max` set-ups at once. Refuses what is not enrolled. */
export async function openPlannedLeases(
  db: string,
  { place, max }: { readonly place: Place; readonly max: number },
): Promise<PlannedLeases> {
  const ledger = await openOwnLedger(db);
  try {
    const database = await driver.connect(db, { max });
    return leasesOn({ ledger, database }, place);
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

function leasesOn(
  { ledger, database }: { readonly ledger: ControlLedger; readonly database: Database },
  place: Place,
): PlannedLeases {
  return {
    alive: () => ledger.sql.alive(),
    async up({ plan, route, model, seed, app: at, ttlMs }) {
      const app = at === null ? null : { url: at, pid: 0 };
      const running = app !== null;
      const about = { plan, route, model, seed, running, handed: false, shared: true };
      return up(await compileOn(database, about), {
        ...{ database, ledger, app, readCatalog, own: false, signal: place.signal },
        term: { hold: 'leased', ttlMs },
        bind: (when, rows) => bindRequest(when, { ...rows, now: place.clock.now() }),
      });
    },
    down: (handle) => down(handle, { ledger, driver, readCatalog, database, others: false }),
    sweep: async () => void (await sweepLedger(ledger, {})),
    async close() {
      await Promise.allSettled([database.close(), ledger.close()]);
    },
  };
}
