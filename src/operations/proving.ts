import { randomUUID } from 'node:crypto';
import type { Config, Isolated, SignIn } from '../config/config.ts';
import { readCatalog } from '../db/catalog.ts';
import type { Catalog, Database, Standing } from '../db/db.ts';
import { findRoute, type Model } from '../model/model.ts';
import type { Plan } from '../plan/plan.ts';
import { startApp } from '../proof/app.ts';
import { openBrowser } from '../proof/browser.ts';
import type { Covering } from '../proof/coverage/covering.ts';
import { endingsOf } from '../proof/diverge.ts';
import type { Proof } from '../proof/proof.ts';
import { type ProvePorts, prove } from '../proof/prove.ts';
import { addressOf, assertWritable, type Enrolled, enroll } from '../run/guard.ts';
import { type Memory, openMemory } from '../run/memory.ts';
import { up } from '../run/up.ts';
import { routeOf, type Scenario } from '../scenarios/scenarios.ts';
import { bindRequest } from '../state/bind.ts';
import { compileState } from '../state/compile.ts';
import {
  type AppUnderTest,
  type LaunchOptions,
  launchOptions,
  templateOf,
} from './app-under-test.ts';
import { elsewhere, openIsolation } from './isolating.ts';
import type { Place } from './place.ts';
import { plainRequests } from './plain-requests.ts';
import { probesOf } from './probes.ts';
import { readShape } from './shape.ts';
import { signerOf } from './signing.ts';
import { openWorkshop } from './workshop.ts';

export interface Proving extends AppUnderTest {
  readonly model: Model;
  readonly scenarios: readonly Scenario[];
  readonly plans: readonly Plan[];
  /** Every sound plan of the app: from them comes what is asked to see it on its database. */
  readonly known: readonly Plan[];
  /** Where the databases come from; the embedded server when absent. */
  readonly isolated?: Isolated;
  /** Gathers what runs of the repo; absent where nobody asked. */
  readonly covering?: Covering;
}

/**
 * Proves plans on the embedded server: every app process on a clone of its own. However it ends, no app,
 * clone or ledger entry of it is left.
 */
export async function provePlans(proving: Proving, place: Place): Promise<readonly Proof[]> {
  const { config } = proving;
  const plans = proving.plans.map((plan) => withoutUnset(plan, config));
  if (plans.length === 0) return [];
  const drop = elsewhere(place.env, config.neon);
  await using workshop = await openWorkshop(place.home, { emit: place.emit, drop });
  const id = `prove-${randomUUID().slice(0, 8)}`;
  const term = { hold: 'held' } as const;
  const entry = await workshop.ledger.begin({ id, plan: 'prove', environment: 'clone', term });
  const launch = launchOptions(proving, place, entry);
  try {
    const pool = {
      workers: config.workers,
      template: templateOf(proving, launch, place),
      prepare: (database: Database) =>
        database.session(async (sql) => {
          await enroll(sql, { environment: 'clone', address: null, days: null });
        }),
    };
    const isolated = proving.isolated ?? EMBEDDED;
    const ground = { config, pool, workshop, entry, place };
    await using isolating = await openIsolation(isolated, ground);
    const lend = async (): Promise<Database> => {
      const branch = await isolating.branches.take();
      return { ...branch, close: () => branch.giveBack() };
    };
    const around = { ...launch, config: withEnv(launch.config, isolating.env) };
    const ports = portsFor(proving, { place, launch: around, lend });
    const { workers, seed } = config;
    const endings = endingsOf(proving.model, proving.scenarios);
    const plain = proving.covering ? plainRequests(proving.model) : [];
    return await prove(plans, { ports, endings, workers, seed, plain, signal: place.signal });
  } finally {
    await entry.closed();
  }
}

const EMBEDDED: Isolated = {
  isolation: 'embedded',
  because: 'nothing else was asked for',
  cannot: [],
};

function withEnv(app: Config['app'], env: Config['app']['env']): Config['app'] {
  return { ...app, env: { ...app.env, ...env } };
}

/** A variable that nothing sets need not be taken away: plans that then agree share an app process. */
export function withoutUnset(plan: Plan, { app }: Config): Plan {
  const needed = Object.entries(plan.given.env).filter(
    ([name, value]) => value !== null || name in app.env,
  );
  return { ...plan, given: { ...plan.given, env: Object.fromEntries(needed) } };
}

interface Around {
  readonly place: Place;
  readonly launch: LaunchOptions;
  readonly lend: () => Promise<Database>;
}

/** What holds for a database of our own as long as it is lent. */
interface Ground {
  readonly memory: Memory;
  readonly stamp: Enrolled;
}

async function groundOf(database: Database): Promise<Ground> {
  const stamp = await database.session((sql) => assertWritable(sql, addressOf(database.url)));
  return { memory: openMemory(), stamp };
}

/** What proving, or a test's stage, needs of the other parts. */
export function portsFor(proving: Proving, { place, launch, lend }: Around): ProvePorts {
  const { config, model, covering } = proving;
  const grounds = new WeakMap<Database, Ground>();
  const signers = new Map<string, SignIn | null>();
  let shape: { catalog: Catalog; standing: Standing } | undefined;
  return {
    ...(covering ? { covering } : {}),
    emit: place.emit,
    clock: place.clock,
    openBrowser: () => openBrowser(launch),
    lend,
    start: async (database, { env, signal }) => {
      const probes = probesOf(
        { ...proving, plans: proving.known },
        { env, now: place.clock.now() },
      );
      const covered = covering ? { covered: proving.root } : {};
      const app = await startApp({ ...launch, database, env, probes, signal, ...covered });
      shape ??= await database.session(readShape);
      return app;
    },
    compile: async (plan) => {
      const app = findRoute(model, routeOf(plan.id))?.app ?? model.apps[0];
      if (!app || !shape) throw new Error('a plan is compiled once its app has started');
      signers.set(plan.id, signerOf(app, config));
      return compileState(plan, {
        app,
        ...shape,
        seed: config.seed,
        handed: app.auth?.handed === true,
      });
    },
    setUp: async (state, { database, door, recall, signal }) => {
      const { memory, stamp } = grounds.get(database) ?? (await groundOf(database));
      grounds.set(database, { memory, stamp });
      const before = memory.recalls;
      const run = await up(state, {
        database,
        stamp,
        own: true,
        app: door,
        ledger: null,
        term: { hold: 'held' },
        bind: (when, known) => bindRequest(when, { ...known, now: place.clock.now() }),
        readCatalog,
        signIn: signers.get(state.plan) ?? null,
        ...(recall ? { memory } : {}),
        signal,
      });
      return { run, recalled: memory.recalls > before };
    },
    bind: (when, run) => {
      const now = place.clock.now();
      return bindRequest(when, { refs: run.refs, now, namespace: '', seed: config.seed });
    },
  };
}
