import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppConfig } from '../config/config.ts';
import type { Database } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { When } from '../plan/plan.ts';
import { type ScriptRun, takeRuns } from './coverage/take.ts';
import { appEnvironment, appFolder } from './environment.ts';
import { fire } from './fire.ts';
import type { Logs } from './logs.ts';
import { appElsewhere, assertAppOnDatabase, isGuarded, triedDatabase } from './on-database.ts';
import { freePort } from './port.ts';
import { exitedEarly, isTaken, untilReady } from './ready.ts';
import { type Exit, isAlive, type RecordProcess, type Supervised, supervise } from './supervise.ts';

export interface AppOptions {
  readonly config: AppConfig;
  /** The folder of the config file, absolute. */
  readonly root: string;
  readonly database: Pick<Database, 'url' | 'name' | 'session'>;
  /** Our own environment: an allow-list of it reaches the app. */
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  /** The plan's variables; null takes one away. */
  readonly env?: Readonly<Record<string, string | null>>;
  /** The name of the app's database sessions begins with it: letters, digits and dashes, at most 40. */
  readonly runId: string;
  readonly record: RecordProcess;
  /**
   * Requests that read the database without anybody signed in, asked where `ready` opened no session;
   * `GET /` when absent. None: no such request is known.
   */
  readonly probes?: readonly When[];
  /** The repo whose code is counted as it runs, absolute; nothing is counted when absent. */
  readonly covered?: string;
  readonly signal?: AbortSignal;
  readonly choosePort?: () => Promise<number>;
}

/** The app under test, answering on its own port and seen on the run's database. */
export interface RunningApp {
  readonly url: string;
  /** Where it runs. */
  readonly folder: string;
  /** Leads the app's process group. */
  readonly pid: number;
  readonly startTime: string;
  readonly applicationName: string;
  /** How many of its database sessions the guard saw. */
  readonly sessionsSeen: number;
  readonly logs: Logs;
  readonly exited: Promise<Exit>;
  alive(): boolean;
  /** What of the repo ran since it was last asked; nothing where it is not counted. */
  ran(): Promise<readonly ScriptRun[]>;
  /** The refusal it has earned by going for another database, if it has. */
  elsewhere(): StatewrightError | null;
  stop(): Promise<void>;
}

const PORT_ATTEMPTS = 3;
const FRONT: When = { as: null, method: 'GET', path: '/' };

/**
 * Starts the app on a free loopback port and hands it out once it is ready and seen on the database.
 * Throws `app.exited`, `app.notReady`, `app.portTaken`, or the refusal `guard.appElsewhere`; then
 * nothing of it runs any more.
 */
export async function startApp(asked: AppOptions): Promise<RunningApp> {
  const options = { ...asked, applicationName: nameFor(asked) };
  for (let attempt = 1; ; attempt += 1) {
    const port = await (options.choosePort ?? freePort)();
    const coverage = coverageOf(options);
    const supervised = await launch(options, { port, coverage });
    try {
      const url = `http://127.0.0.1:${port}`;
      const app = await untilOnDatabase(supervised, url, options);
      const ran = async () => (coverage ? takeRuns(coverage.folder) : []);
      if (app !== 'taken') return { ...app, ran };
      if (attempt === PORT_ATTEMPTS) throw portTaken(port, supervised);
    } catch (error) {
      await supervised.stop();
      throw error;
    }
    await supervised.stop();
  }
}

/** Of one run several apps may stand; the guard is to see the sessions of one alone. */
interface Launching extends AppOptions {
  readonly applicationName: string;
}

type Covering = { readonly folder: string; readonly root: string } | null;

/** A short path: the system cuts those of sockets off at some hundred letters. */
function coverageOf({ covered }: AppOptions): Covering {
  if (covered === undefined) return null;
  const folder = join(tmpdir(), `sw-${randomBytes(6).toString('hex')}`);
  return { folder, root: realpathSync(covered) };
}

function launch(
  options: Launching,
  { port, coverage }: { port: number; coverage: Covering },
): Promise<Supervised> {
  const { config, hostEnv: host, env: plan = {}, runId, record, applicationName } = options;
  const cwd = appFolder(options.root, config);
  const databaseUrl = options.database.url;
  const about = { config, cwd, databaseUrl, host, plan, applicationName, runId, port };
  const env = appEnvironment({ ...about, coverage });
  const scratch = coverage ? { scratch: coverage.folder } : {};
  return supervise({ command: config.start, cwd, env, record, ...scratch });
}

async function untilOnDatabase(
  supervised: Supervised,
  url: string,
  options: Launching,
): Promise<Omit<RunningApp, 'ran'> | 'taken'> {
  const { config, database, applicationName, probes = [FRONT], signal } = options;
  const state = await untilReady(supervised, url, options);
  if (state === 'taken') return 'taken';
  const alive = () => isAlive(supervised);
  const app = { database, applicationName, databaseEnv: config.databaseEnv, alive };
  const asked = { url, credentials: null, timeoutMs: 5_000, ...(signal ? { signal } : {}) };
  const probing = {
    probes: probes.length === 0 ? [] : [{ ...FRONT, path: config.ready }, ...probes],
    ask: (probe: When) => fire(probe, asked).catch(() => null),
    guarded: () => isGuarded(supervised.logs, Number(new URL(url).port)),
  };
  if (state === 'elsewhere') throw appElsewhere(app, triedDatabase(supervised.logs));
  try {
    const sessionsSeen = await assertAppOnDatabase(app, probing);
    const { process, logs, exited, stop } = supervised;
    const { pid, start: startTime } = process;
    const elsewhere = () => {
      const tried = triedDatabase(logs);
      return tried === null ? null : appElsewhere(app, tried);
    };
    const seen = { applicationName, sessionsSeen, elsewhere };
    const folder = appFolder(options.root, config);
    return { url, folder, pid, startTime, ...seen, logs, exited, alive, stop };
  } catch (error) {
    // What it said last is there once it has ended.
    if (!alive()) await supervised.exited;
    // Whoever took the port in the meantime may have answered in the app's place.
    if (isTaken(supervised)) return 'taken';
    const tried = triedDatabase(supervised.logs);
    if (tried !== null) throw appElsewhere(app, tried);
    if (!alive()) throw exitedEarly(config, await supervised.exited, supervised.logs);
    throw error;
  }
}

/** The system cuts names off at 63 letters. */
function nameFor({ runId }: AppOptions): string {
  return `${`statewright-app-${runId}`.slice(0, 56)}-${randomBytes(3).toString('hex')}`;
}

function portTaken(port: number, { logs }: Supervised): StatewrightError {
  return new StatewrightError(
    'app.portTaken',
    `The app found its port taken ${PORT_ATTEMPTS} times, last ${port}.`,
    {
      hint: 'Does it listen on a fixed port? Name the variable it reads its port from in app.portEnv.',
      facts: { port, log: [...logs.tail(20)] },
    },
  );
}
