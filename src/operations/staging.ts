import { randomBytes, randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { loadConfig } from '../config/load.ts';
import type { Database } from '../db/db.ts';
import { canonicalJson, digest } from '../kernel/digest.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Plan, When } from '../plan/plan.ts';
import { openPlanFolder } from '../plan/store.ts';
import { endingsOf } from '../proof/diverge.ts';
import type { Proof } from '../proof/proof.ts';
import { type ProvePorts, prove } from '../proof/prove.ts';
import { closeStage, type Env, openStage, type Stage } from '../proof/stage.ts';
import { readRepo } from '../repo/read.ts';
import type { Repo } from '../repo/repo.ts';
import type { RunEntry } from '../run/ledger.ts';
import type { Run } from '../run/run.ts';
import { type AppUnderTest, launchOptions } from './app-under-test.ts';
import { notSetUp } from './not-set-up.ts';
import { type KeptPlan, openPlans } from './one-plan.ts';
import {
  dropOwnClone,
  type LeftStanding,
  leaveStanding,
  makeOwnClone,
  templateFor,
} from './own-clone.ts';
import type { Place } from './place.ts';
import { portsFor, withoutUnset } from './proving.ts';
import { readModel } from './reading.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

/** A state that stands for one test, on an app and a database that are its alone. */
export interface Staged {
  readonly plan: Plan;
  /** The plan's file, relative to the repo. */
  readonly file: string;
  readonly run: Run;
  readonly seed: string;
  /** Where the app answers. */
  readonly url: string;
  /** The folder the app was built in. */
  readonly folder: string;
  readonly database: Database;
  /** The plan's requests, their values taken from the rows. */
  readonly when: readonly When[];
  /** What the app printed since the state was asked for. */
  printed(): readonly string[];
  /** Takes the state down; the stage serves the next test. */
  end(): Promise<void>;
  /** Leaves the database standing for `ttlMs` instead; the app is stopped. */
  keep(ttlMs: number): Promise<LeftStanding>;
}

/** Sets states up for tests, each on a stage of its own; a stage is used again once its test has ended. */
export interface Staging extends AsyncDisposable {
  /** Starts the app ahead of the first state. */
  warm(): Promise<void>;
  setUp(id: string): Promise<Staged>;
  /** Fires plans at the app as it is now, each on a state of its own, and says what came back. */
  prove(plans: readonly Plan[], signal: AbortSignal): Promise<readonly Proof[]>;
  /** Whether the server with its databases is still there. */
  alive(): boolean;
  /** Whether the checkout still holds what it held when this was opened. */
  isCurrent(): Promise<boolean>;
}

export interface StagingOptions {
  /** Only plans beside the code, and only while they stand; otherwise also what the solver makes of it now. */
  readonly strict?: boolean;
}

/** Reads a repo with its plans and stands ready to set states up; closing takes everything away. */
export async function openStaging(
  path: string,
  place: Place,
  { strict = true }: StagingOptions = {},
): Promise<Staging> {
  const root = resolve(path);
  const config = await loadConfig(root);
  const reading = await readModel(root, place, config);
  const plans = openPlans(reading, config);
  const kept = await openPlanFolder(join(root, config.plans)).list();
  const asRead = contentOf(reading.repo);
  const isCurrent = async () => {
    const { repo } = await readRepo(root, { emit: () => undefined, roots: place.roots });
    return contentOf(repo) === asRead;
  };
  const workshop = await openWorkshop(place.home, place);
  const id = `test-${randomUUID().slice(0, 8)}`;
  const app = { root, config, repo: reading.repo };
  const { model } = reading;
  try {
    const term = { hold: 'held' } as const;
    const entry = await workshop.ledger.begin({ id, plan: 'test', environment: 'clone', term });
    const lender = await openLender(app, { workshop, entry, place });
    const proving = { ...app, model, scenarios: plans.scenarios, plans: [], known: kept };
    const launch = launchOptions(app, place, entry);
    const ports = portsFor(proving, { place, launch, lend: lender.lend });
    const choose = async (id: string): Promise<Chosen> =>
      strict ? plans.strict(id) : { plan: await plans.current(id), file: '' };
    const proven: Staging['prove'] = (all, signal) =>
      prove(
        all.map((plan) => withoutUnset(plan, config)),
        {
          ...{ ports, workers: 1, seed: config.seed, endings: endingsOf(model, plans.scenarios) },
          signal: AbortSignal.any([signal, place.signal]),
        },
      );
    const made = { app, place, choose, workshop, entry, ports, lender, isCurrent, free: [] };
    const held = { ...made, prove: proven };
    return stagingOf(held);
  } catch (error) {
    await workshop[Symbol.asyncDispose]();
    throw error;
  }
}

function contentOf({ files, manifests }: Repo): string {
  return digest([files, manifests]);
}

type Chosen = Pick<KeptPlan, 'plan' | 'file'>;

interface Lender {
  lend(): Promise<Database>;
  /** Closing that database no longer drops it. */
  letStand(name: string): void;
}

interface Held {
  readonly app: AppUnderTest;
  readonly place: Place;
  readonly choose: (id: string) => Promise<Chosen>;
  readonly workshop: Workshop;
  readonly entry: RunEntry;
  readonly ports: ProvePorts;
  readonly lender: Lender;
  readonly isCurrent: () => Promise<boolean>;
  readonly prove: Staging['prove'];
  /** Stages nobody uses now. */
  readonly free: { readonly env: string; readonly stage: Stage }[];
}

async function openLender(
  app: AppUnderTest,
  ground: { workshop: Workshop; entry: RunEntry; place: Place },
): Promise<Lender> {
  const template = await templateFor(app, ground);
  const kept = new Set<string>();
  return {
    letStand: (name) => void kept.add(name),
    async lend() {
      const name = `sw_c_${template.name.slice(5, 13)}_${randomBytes(5).toString('hex')}`;
      const onClose = async () => {
        if (!kept.has(name)) await dropOwnClone(name, ground);
      };
      return makeOwnClone(name, template, { ...ground, options: { onClose } });
    },
  };
}

function stagingOf(held: Held): Staging {
  const { free, choose, workshop, entry, isCurrent } = held;
  let closed: Promise<void> | undefined;
  const close = async () => {
    await Promise.all(free.splice(0).map(({ stage }) => closeStage(stage)));
    await entry.closed();
    await workshop[Symbol.asyncDispose]();
  };
  return {
    async warm() {
      free.push({ env: canonicalJson({}), stage: await stageFor({}, held) });
    },
    async setUp(id) {
      const kept = await choose(id);
      const env = withoutUnset(kept.plan, held.app.config).given.env;
      const stage = await stageFor(env, held);
      try {
        return stagedOn(stage, { kept, run: await setUpOn(stage, kept.plan, held), held });
      } catch (error) {
        await closeStage(stage);
        throw error;
      }
    },
    alive: () => workshop.ledger.sql.alive(),
    prove: held.prove,
    isCurrent,
    [Symbol.asyncDispose]: () => (closed ??= close()),
  };
}

/** How many stages wait for a next test: endings that need variables of their own alternate with those that need none. */
const MOST_FREE = 3;

/** A free stage whose app has these variables, else a new one, in place of the one unused longest where there are many. */
async function stageFor(env: Env, { free, ports, place }: Held): Promise<Stage> {
  const key = canonicalJson(env);
  const at = free.findIndex((item) => item.env === key && item.stage.app.alive());
  const [found] = at < 0 ? [] : free.splice(at, 1);
  if (found) return found.stage;
  const surplus = free.length < MOST_FREE ? undefined : free.shift();
  if (surplus) await closeStage(surplus.stage);
  return openStage(env, { ports, signal: place.signal });
}

async function setUpOn(stage: Stage, plan: Plan, { ports, place }: Held): Promise<Run> {
  const { state, findings } = await ports.compile(plan);
  const [error] = findings.filter(({ severity }) => severity === 'error');
  if (!error) {
    const { database, entrance } = stage;
    const { signal } = place;
    const calls = state.steps.some(({ kind }) => kind === 'call');
    const { run } = await entrance.enter(
      (door) => ports.setUp(state, { database, door, recall: false, signal }),
      { aside: calls },
    );
    // Whichever door people came in through, it is the app that is asked.
    const { url, pid } = stage.app;
    return { ...run, app: { url, pid } };
  }
  throw notSetUp(plan, error);
}

function stagedOn(
  stage: Stage,
  { kept: { plan, file }, run, held }: { kept: Chosen; run: Run; held: Held },
): Staged {
  const { app, database } = stage;
  const mark = app.logs.mark();
  let ended: Promise<void> | undefined;
  return {
    plan,
    file,
    run,
    seed: held.app.config.seed,
    url: app.url,
    folder: app.folder,
    database,
    when: plan.when.map((when) => held.ports.bind(when, run)),
    printed: () => app.logs.since(mark),
    end: () => (ended ??= renew(stage, plan, held)),
    async keep(ttlMs) {
      const left = await leaveStanding({ name: database.name, plan: plan.id, ttlMs }, held);
      held.lender.letStand(database.name);
      ended ??= closeStage(stage);
      await ended;
      return left;
    },
  };
}

/** Brings the stage back to what it was after the app's boot; one that can't be is taken away. */
async function renew(stage: Stage, plan: Plan, held: Held): Promise<void> {
  const clean = stage.app.alive() && (await isReset(stage.database));
  if (!clean) return closeStage(stage);
  const { env } = withoutUnset(plan, held.app.config).given;
  held.free.push({ env: canonicalJson(env), stage });
}

/** A session still at work (`db.busy`) or a changed schema leaves no way back but a fresh database. */
function isReset(database: Database): Promise<boolean> {
  return database.reset().then(
    (residue) => residue.length === 0,
    (error: unknown) => {
      if (error instanceof StatewrightError) return false;
      throw error;
    },
  );
}
