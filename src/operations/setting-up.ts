import type { Config, Isolated, SignIn } from '../config/config.ts';
import { readCatalog } from '../db/catalog.ts';
import type { Database } from '../db/db.ts';
import { findRoute } from '../model/model.ts';
import type { Plan } from '../plan/plan.ts';
import { startApp } from '../proof/app.ts';
import type { ControlLedger, RunEntry } from '../run/ledger.ts';
import type { Run } from '../run/run.ts';
import { up } from '../run/up.ts';
import { routeOf, type Scenario } from '../scenarios/scenarios.ts';
import { bindRequest } from '../state/bind.ts';
import type { State } from '../state/state.ts';
import { type AppUnderTest, launchOptions } from './app-under-test.ts';
import { compileOn } from './compiling.ts';
import type { Place } from './place.ts';
import type { Reading } from './reading.ts';
import { signerOf } from './signing.ts';

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

/** `entry` is the ledger's where the database itself stands in it; null where only the rows are ours. */
export interface Ground {
  readonly database: Database;
  readonly ledger: ControlLedger;
  readonly entry: RunEntry | null;
  /** The run that the app's sessions belong to. */
  readonly run?: RunEntry;
  /** An app that answers on it already. */
  readonly app?: { readonly url: string; readonly pid: number };
}

/** Sets the state up; an app that was started for it alone has ended by then. */
export async function setUpIn(leasing: Leasing, ground: Ground, place: Place): Promise<Run> {
  const { target } = leasing;
  const { database, ledger, entry } = ground;
  const app = await startedApp(leasing, ground, place);
  try {
    const known = target.app ? { url: target.app, pid: 0 } : (ground.app ?? app);
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
  if (!leasing.target.start || ground.app) return null;
  const holder = ground.entry ?? ground.run;
  if (!holder) throw new Error('an app is started for a run');
  const launch = launchOptions(underTest(leasing), place, holder);
  const { env } = leasing.plan.given;
  return startApp({ ...launch, database: ground.database, env, signal: place.signal });
}

export function signerFor(leasing: Leasing): SignIn | null {
  const { model } = leasing.reading;
  const app = findRoute(model, routeOf(leasing.plan.id))?.app ?? model.apps[0];
  return app ? signerOf(app, leasing.config) : leasing.config.signIn;
}

export function compiled(
  leasing: Leasing,
  database: Database,
  how: { readonly running: boolean; readonly shared: boolean },
): Promise<State> {
  const { reading, config, plan } = leasing;
  const route = routeOf(leasing.plan.id);
  const { seed } = config;
  return compileOn(database, { plan, route, model: reading.model, seed, ...how });
}

export function underTest({ reading, config }: Leasing): AppUnderTest {
  return { root: reading.root, repo: reading.repo, config };
}
