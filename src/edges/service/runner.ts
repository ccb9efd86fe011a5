import { StatewrightError } from '../../kernel/errors.ts';
import { isRunning, ownProcess } from '../../kernel/process.ts';
import { Model } from '../../model/model.ts';
import { tearDown } from '../../operations/down.ts';
import { leasePlanned } from '../../operations/lease-planned.ts';
import type { Place } from '../../operations/place.ts';
import { openStaging, type Staged, type Staging } from '../../operations/staging.ts';
import { bindRequest } from '../../state/bind.ts';
import { locateRepo } from './roots.ts';
import type { PlannedFrom, Runner, Started } from './service.ts';
import type { RunDown, RunRequest } from './shapes.ts';
import type { Storage } from './store/db.ts';
import { randomText } from './store/keys.ts';
import { endRun, endRunsOf } from './store/runs.ts';

export interface RunnerOptions {
  /** The enrolled database that states may be set up on; null where there is none. */
  readonly db: string | null;
  /** Where the app may answer on it: no request names another place. */
  readonly apps: readonly string[];
  readonly roots: readonly string[];
  readonly place: Place;
  readonly storage: Storage;
  readonly warn: (error: unknown) => void;
}

const HOUR_MS = 3_600_000;
const SEED = '1';

interface Standing {
  readonly staged: Staged;
  readonly timer: NodeJS.Timeout;
}

/**
 * Sets states up: of a repo on clones that this process holds, each with the app running, or under a lease
 * on the enrolled database. Clones end with the process; a lease is kept by its database.
 */
export function openRunner(options: RunnerOptions): Runner {
  const { storage, warn } = options;
  const ownHolder = holderOf();
  const stagings = new Map<string, Promise<Staging>>();
  const standing = new Map<string, Standing>();
  const takeDown = async (id: string): Promise<boolean> => {
    const found = standing.get(id);
    if (!found) return false;
    standing.delete(id);
    clearTimeout(found.timer);
    await found.staged.end();
    return true;
  };
  const expire = async (id: string): Promise<void> => {
    await takeDown(id);
    await storage.with((db) => endRun(db, id, 'gone'));
  };
  return {
    async up(request, planned) {
      if (request.repo === undefined) return onDatabase(request, planned, options);
      const staging = await stagingOf(request.repo, stagings, options);
      const staged = await staging.setUp(request.plan);
      const { id } = staged.run;
      const ms = request.hours * HOUR_MS;
      const timer = setTimeout(() => void expire(id).catch(warn), ms);
      timer.unref();
      standing.set(id, { staged, timer });
      return clone(staged, { holder: ownHolder, until: new Date(Date.now() + ms) });
    },
    async down(row, handle) {
      if (row.place === 'database') return downOnDatabase(handle, options);
      if (await takeDown(row.id)) return { run: row.id, already: false, removed: 0, restored: 0 };
      if (isHeld(row.holder) && row.holder !== ownHolder) throw heldElsewhere(row.id);
      return { run: row.id, already: true, removed: 0, restored: 0 };
    },
    async close() {
      await Promise.allSettled([...standing.keys()].map(takeDown));
      const open = await Promise.allSettled(stagings.values());
      for (const item of open) {
        if (item.status === 'fulfilled') await item.value[Symbol.asyncDispose]();
      }
      await storage.with((db) => endRunsOf(db, ownHolder)).catch(warn);
    },
  };
}

/** One staging a repo: its apps are used again by the runs that follow. */
async function stagingOf(
  repo: string,
  stagings: Map<string, Promise<Staging>>,
  { roots, place }: RunnerOptions,
): Promise<Staging> {
  const path = await locateRepo(repo, roots);
  const opening = stagings.get(path) ?? openStaging(path, place, { strict: false });
  stagings.set(path, opening);
  opening.catch(() => stagings.delete(path));
  return opening;
}

function clone(
  { run, when, seed, url }: Staged,
  { holder, until }: { readonly holder: string; readonly until: Date },
): Started {
  const expiresAt = until.toISOString();
  const handle = `${run.id}.${randomText(32)}`;
  return {
    run: { ...run, handle, hold: 'held', expiresAt },
    ...{ place: 'clone', holder, app: url, expiresAt, when: [...when], seed },
  };
}

async function onDatabase(
  request: RunRequest,
  planned: PlannedFrom | null,
  { db, apps, place }: RunnerOptions,
): Promise<Started> {
  if (db === null) throw noDatabase();
  if (!planned) throw noPlanning();
  const app = request.app ?? apps[0] ?? null;
  if (app !== null && !isOneOf(app, apps)) throw foreignApp(app);
  const { plan, route } = planned;
  const model = Model.parse(JSON.parse(planned.model));
  const ttlMs = request.hours * HOUR_MS;
  const run = await leasePlanned({ plan, route, model, seed: SEED, db, app, ttlMs }, place);
  const known = { refs: run.refs, now: place.clock.now(), namespace: run.id, seed: SEED };
  return {
    // The database is the service's own to know.
    run: { ...run, database: { name: run.database.name, url: '' } },
    ...{ place: 'database', holder: '', app, expiresAt: run.expiresAt, seed: SEED },
    when: plan.when.map((item) => bindRequest(item, known)),
  };
}

/** The same origin, and no credentials that would make it look like it. */
function isOneOf(app: string, apps: readonly string[]): boolean {
  const { origin, username, password } = new URL(app);
  return username === '' && password === '' && apps.includes(origin);
}

async function downOnDatabase(handle: string, { db, place }: RunnerOptions): Promise<RunDown> {
  if (db === null) throw noDatabase();
  const { run, already, removed, restored } = await tearDown.run({ handle, db }, place);
  return { run, already, removed, restored };
}

function holderOf(): string {
  const { pid, start } = ownProcess();
  return `${pid}:${start}`;
}

function isHeld(holder: string): boolean {
  const at = holder.indexOf(':');
  return isRunning({ pid: Number(holder.slice(0, at)), start: holder.slice(at + 1) });
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

function foreignApp(app: string): StatewrightError {
  return new StatewrightError('service.foreignApp', `${new URL(app).origin} is not the app here.`, {
    hint: 'Leave "app" out, or start the service with --app and that URL.',
    ending: 'refused',
  });
}

function heldElsewhere(id: string): StatewrightError {
  return new StatewrightError('run.held', `Run ${id} is held by another instance.`, {
    hint: 'Ask that instance, or wait until its time is up. Nothing was changed.',
    ending: 'refused',
  });
}
