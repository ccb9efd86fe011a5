import { randomUUID } from 'node:crypto';
import { rollbackDatabase } from '../branch/rollback.ts';
import type { Config, Isolated, SignIn } from '../config/config.ts';
import { readCatalog } from '../db/catalog.ts';
import { checksums } from '../db/checksums.ts';
import type { Database } from '../db/db.ts';
import { hold } from '../db/holds.ts';
import { findRoute } from '../model/model.ts';
import type { Plan } from '../plan/plan.ts';
import { startApp } from '../proof/app.ts';
import type { ControlLedger, RunEntry } from '../run/ledger.ts';
import type { Run } from '../run/run.ts';
import { up } from '../run/up.ts';
import type { Scenario } from '../scenarios/scenarios.ts';
import { bindRequest } from '../state/bind.ts';
import type { State } from '../state/state.ts';
import { type AppUnderTest, launchOptions } from './app-under-test.ts';
import { compileOn } from './compiling.ts';
import { dropOwnClone, makeOwnClone, templateFor } from './own-clone.ts';
import type { Place } from './place.ts';
import type { Reading } from './reading.ts';
import { takeShared } from './sharing.ts';
import { signerOf } from './signing.ts';
import { driver, openOwnLedger, openWorkshop, type Workshop } from './workshop.ts';

export interface Target {
  /** What was chosen; by `db` when absent. */
  readonly isolated?: Isolated;
  /** The user's own database; null for a clone on the embedded server. */
  readonly db: string | null;
  /** Where the user's app answers on it. */
  readonly app: string | null;
  /** Whether to start the app for the set-up. */
  readonly start: boolean;
  readonly ttlMs: number;
}

export interface Leasing {
  readonly plan: Plan;
  readonly scenarios: readonly Scenario[];
  readonly reading: Reading;
  readonly config: Config;
  readonly target: Target;
}

/** Sets a plan's state up and leaves it standing under a lease. */
export async function leaseState(leasing: Leasing, place: Place): Promise<Run> {
  const { isolated } = leasing.target;
  const run = await leaseOn(leasing, place);
  return isolated ? { ...run, isolation: isolated } : run;
}

async function leaseOn(leasing: Leasing, place: Place): Promise<Run> {
  const { db, isolated } = leasing.target;
  if (db === null) {
    await using workshop = await openWorkshop(place.home, place);
    return await leaseClone(leasing, workshop, place);
  }
  if (isolated?.isolation === 'rollback') return await tryOut(leasing, db, place);
  await using ledger = await openOwnLedger(db);
  await using database = await driver.connect(db);
  if (!leasing.target.start)
    return await setUpIn(leasing, { database, ledger, entry: null }, place);
  // What the app that is started does for the set-up is written down, whatever it refers to.
  const shared = await takeShared(db, { ledger, emit: place.emit });
  try {
    const own = { ...ledger, enter: async () => shared.run };
    return await setUpIn(leasing, { database, ledger: own, entry: null, run: shared.run }, place);
  } finally {
    await shared.leave();
  }
}

/** Sets the state up in a transaction that is taken back: it can be, and these are its rows. */
async function tryOut(leasing: Leasing, db: string, place: Place): Promise<Run> {
  await using branches = rollbackDatabase(db, { driver, checksums });
  await using database = await branches.take();
  return await up(await compiled(leasing, database, { running: false, shared: false }), {
    ...{ database, own: true, app: null, ledger: null, term: { hold: 'held' }, readCatalog },
    bind: (when, rows) => bindRequest(when, { ...rows, now: place.clock.now() }),
    signIn: signerFor(leasing),
    signal: place.signal,
  });
}

/** A clone of its own that outlives this process; the embedded server stands as long as it does. */
async function leaseClone(leasing: Leasing, workshop: Workshop, place: Place): Promise<Run> {
  const { plan, target } = leasing;
  const { ledger } = workshop;
  const id = `up-${randomUUID().slice(0, 8)}`;
  const term = { hold: 'leased', ttlMs: target.ttlMs } as const;
  const entry = await ledger.begin({ id, plan: plan.id, environment: 'clone', term });
  const name = `sw_c_${id.replace('-', '_')}`;
  try {
    const template = await templateFor(underTest(leasing), { workshop, entry, place });
    await using database = await makeOwnClone(name, template, { workshop, entry });
    const run = await setUpIn(leasing, { database, ledger, entry }, place);
    const expiresAt = await entry.opened();
    if (expiresAt) await hold(ledger.sql, id, expiresAt);
    return { ...run, id, hold: 'leased', expiresAt, handle: ledger.sign(id) };
  } catch (error) {
    await dropOwnClone(name, { workshop, entry });
    await entry.closed();
    throw error;
  }
}

/** `entry` is the ledger's where the database itself stands in it; null where only the rows are ours. */
interface Ground {
  readonly database: Database;
  readonly ledger: ControlLedger;
  readonly entry: RunEntry | null;
  /** The run that the app's sessions belong to. */
  readonly run?: RunEntry;
}

async function setUpIn(leasing: Leasing, ground: Ground, place: Place): Promise<Run> {
  const { target } = leasing;
  const { database, ledger, entry } = ground;
  const app = await startedApp(leasing, ground, place);
  try {
    const known = target.app ? { url: target.app, pid: 0 } : app;
    const shared = entry === null;
    const run = await up(await compiled(leasing, database, { running: known !== null, shared }), {
      database,
      own: entry !== null,
      app: known,
      ledger: entry ? null : ledger,
      term: entry ? { hold: 'held' } : { hold: 'leased', ttlMs: target.ttlMs },
      bind: (when, rows) => bindRequest(when, { ...rows, now: place.clock.now() }),
      readCatalog,
      signIn: signerFor(leasing),
      signal: place.signal,
    });
    return app ? { ...run, app: null } : run;
  } finally {
    await app?.stop();
  }
}

/** The app of the config, started for the set-up alone; sessions it gives out hold in the database. */
async function startedApp(leasing: Leasing, ground: Ground, place: Place) {
  if (!leasing.target.start) return null;
  const holder = ground.entry ?? ground.run;
  if (!holder) throw new Error('an app is started for a run');
  const launch = launchOptions(underTest(leasing), place, holder);
  const { env } = leasing.plan.given;
  return startApp({ ...launch, database: ground.database, env, signal: place.signal });
}

function routeOf({ plan, scenarios }: Leasing): string {
  return scenarios.find(({ id }) => id === (plan.variantOf ?? plan.id))?.route ?? '';
}

function signerFor(leasing: Leasing): SignIn | null {
  const { model } = leasing.reading;
  const app = findRoute(model, routeOf(leasing))?.app ?? model.apps[0];
  return app ? signerOf(app, leasing.config) : leasing.config.signIn;
}

function compiled(
  leasing: Leasing,
  database: Database,
  how: { readonly running: boolean; readonly shared: boolean },
): Promise<State> {
  const { reading, config, plan } = leasing;
  const route = routeOf(leasing);
  const { seed } = config;
  return compileOn(database, { plan, route, model: reading.model, seed, ...how });
}

function underTest({ reading, config }: Leasing): AppUnderTest {
  return { root: reading.root, repo: reading.repo, config };
}
