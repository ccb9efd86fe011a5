import type { AppConfig } from '../config/config.ts';
import type { Database } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { appEnvironment, appFolder, type Variables } from './environment.ts';
import type { Logs } from './logs.ts';
import { assertAppOnDatabase } from './on-database.ts';
import { freePort } from './port.ts';
import { untilReady } from './ready.ts';
import { ask } from './send.ts';
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
  /** Names the app's database sessions: letters, digits and dashes, at most 40. */
  readonly runId: string;
  readonly record: RecordProcess;
  /** A path asked once more where `ready` opened no database session; `/` when absent. */
  readonly probe?: string;
  readonly signal?: AbortSignal;
  readonly choosePort?: () => Promise<number>;
}

/** The app under test, answering on its own port and seen on the run's database. */
export interface RunningApp {
  readonly url: string;
  /** Leads the app's process group. */
  readonly pid: number;
  readonly startTime: string;
  readonly applicationName: string;
  /** How many of its database sessions the guard saw. */
  readonly sessionsSeen: number;
  readonly logs: Logs;
  readonly exited: Promise<Exit>;
  alive(): boolean;
  stop(): Promise<void>;
}

const PORT_ATTEMPTS = 3;

/**
 * Starts the app on a free loopback port and hands it out once it is ready and seen on the database.
 * Throws `app.exited`, `app.notReady`, `app.portTaken`, or the refusal `guard.appElsewhere`; then
 * nothing of it runs any more.
 */
export async function startApp(options: AppOptions): Promise<RunningApp> {
  const { signal, database, probe = '/' } = options;
  const applicationName = `statewright-app-${options.runId}`.slice(0, 63);
  const { supervised, url } = await startOnFreePort(options, applicationName);
  try {
    const look = (path: string) => ask(url, path, { timeoutMs: 5_000, signal });
    const paths = [options.config.ready, probe];
    const seen = { database, applicationName, databaseEnv: options.config.databaseEnv };
    const sessionsSeen = await assertAppOnDatabase(seen, paths, look);
    return {
      url,
      pid: supervised.process.pid,
      startTime: supervised.process.start,
      applicationName,
      sessionsSeen,
      logs: supervised.logs,
      exited: supervised.exited,
      alive: () => isAlive(supervised),
      stop: supervised.stop,
    };
  } catch (error) {
    await supervised.stop();
    throw error;
  }
}

async function startOnFreePort(options: AppOptions, applicationName: string) {
  for (let attempt = 1; ; attempt += 1) {
    const port = await (options.choosePort ?? freePort)();
    const url = `http://127.0.0.1:${port}`;
    const cwd = appFolder(options.root, options.config);
    const { config, hostEnv: host, env: plan = {}, runId } = options;
    const databaseUrl = options.database.url;
    const source = { config, cwd, databaseUrl, host, plan, applicationName, runId, port };
    const env: Variables = appEnvironment(source);
    const order = { command: config.start, cwd, env, record: options.record };
    const supervised = await supervise(order);
    try {
      const verdict = await untilReady(supervised, url, options);
      if (verdict === 'ready') return { supervised, url };
      if (attempt === PORT_ATTEMPTS) throw portTaken(port, supervised);
    } catch (error) {
      await supervised.stop();
      throw error;
    }
    await supervised.stop();
  }
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
