import { StatewrightError } from '../../../kernel/errors.ts';
import { openPlannedLeases, type PlannedLeases } from '../../../operations/lease-planned.ts';
import type { Place } from '../../../operations/place.ts';
import { bindRequest } from '../../../state/bind.ts';
import type { PlannedFrom, Started } from '../service.ts';
import type { RunDown, RunRequest } from '../shapes.ts';
import { openSlots } from '../slots.ts';
import { requestsOf } from './requests.ts';

/** Runs on the enrolled database: leases, which its own ledger keeps whatever becomes of this process. */
export interface DatabaseRuns {
  up(request: RunRequest, from: PlannedFrom | null, signal: AbortSignal): Promise<Started>;
  down(handle: string): Promise<RunDown>;
  close(): Promise<void>;
}

interface Options {
  readonly db: string | null;
  readonly apps: readonly string[];
  readonly place: Place;
  readonly warn: (error: unknown) => void;
}

/** Set-ups on the database at once, and teardowns, which wait for none of them; each has a session. */
const SET_UPS = 8;
const TEARDOWNS = 4;
const WAIT_MS = 60_000;
const SWEEP_MS = 60_000;
const HOUR_MS = 3_600_000;
const SEED = '1';

export function openDatabaseRuns({ db, apps, place, warn }: Options): DatabaseRuns {
  const forUp = openSlots(SET_UPS, { waitMs: WAIT_MS, what: 'set-ups on the database' });
  const forDown = openSlots(TEARDOWNS, { waitMs: WAIT_MS, what: 'teardowns on the database' });
  const never = new AbortController().signal;
  const { leases, close } = keptOpen(db, place);
  const sweep = () => leases().then((open) => open.sweep());
  const sweeping = db === null ? undefined : setInterval(() => void sweep().catch(warn), SWEEP_MS);
  sweeping?.unref();
  return {
    async up(request, from, signal) {
      if (db === null) throw noDatabase();
      if (!from) throw noPlanning();
      const app = request.app ?? apps[0] ?? null;
      if (app !== null && !isOneOf(app, apps)) throw foreignApp(app);
      const { plan, route, model } = from;
      const ttlMs = request.hours * HOUR_MS;
      const give = await forUp.take(signal);
      try {
        const run = await (await leases()).up({ plan, route, model, seed: SEED, app, ttlMs });
        const known = { refs: run.refs, now: place.clock.now(), namespace: run.id, seed: SEED };
        const when = plan.when.map((item) => bindRequest(item, known));
        return {
          // The database is the service's own to know.
          run: { ...run, database: { name: run.database.name, url: '' } },
          ...{ place: 'database', holder: '', app, expiresAt: run.expiresAt, seed: SEED },
          ...{ when, requests: await requestsOf(when, { url: app, personas: run.personas }) },
        };
      } finally {
        give();
      }
    },
    async down(handle) {
      if (db === null) throw noDatabase();
      const give = await forDown.take(never);
      try {
        const { run, already, removed, restored } = await (await leases()).down(handle);
        return { run, already, removed, restored };
      } finally {
        give();
      }
    },
    async close() {
      clearInterval(sweeping);
      await close();
    },
  };
}

/** The leases as long as their sessions live, then opened anew. */
function keptOpen(db: string | null, place: Place) {
  let open: Promise<PlannedLeases> | undefined;
  return {
    async leases(): Promise<PlannedLeases> {
      if (db === null) throw noDatabase();
      for (;;) {
        open ??= openPlannedLeases(db, { place, max: SET_UPS + TEARDOWNS });
        const mine = open;
        const found = await mine.catch((error: unknown) => {
          if (open === mine) open = undefined;
          throw error;
        });
        if (found.alive()) return found;
        if (open === mine) open = undefined;
        await found.close();
      }
    },
    close: async () => (await open?.catch(() => undefined))?.close(),
  };
}

/** The same origin, and no credentials that would make it look like it. */
function isOneOf(app: string, apps: readonly string[]): boolean {
  const { origin, username, password } = new URL(app);
  return username === '' && password === '' && apps.includes(origin);
}

function noDatabase(): StatewrightError {
  return new StatewrightError('service.noDatabase', 'No database is set up on here.', {
    hint: 'Name a "repo" under an allowed root, or start the service with --db URL of an enrolled database.',
  });
}

function noPlanning(): StatewrightError {
  return new StatewrightError('service.badRequest', 'Neither "repo" nor "planning" is given.', {
    hint: '"repo" sets up on a clone with its app, "planning" (the id that POST /v1/plans gave) on the enrolled database.',
  });
}

export function foreignApp(app: string): StatewrightError {
  return new StatewrightError('service.foreignApp', `${new URL(app).origin} is not the app here.`, {
    hint: 'Leave "app" out, or start the service with --app and that URL.',
    ending: 'refused',
  });
}
