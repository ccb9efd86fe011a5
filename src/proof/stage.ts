import type { Database } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunningApp } from './app.ts';
import type { Covering } from './coverage/covering.ts';

/** A database of its own with the app on it, its content after the boot remembered. */
export interface Stage {
  readonly database: Database;
  readonly app: RunningApp;
  /** Where people sign up and in. */
  readonly entrance: Entrance;
}

/**
 * The app itself; or, where the variables a plan sets keep people out (a shop in maintenance registers
 * nobody), another on the same database without them, started when it is first needed.
 */
export interface Entrance {
  /** Whether people come in through the app that has the plan's variables. */
  isApp(): boolean;
  /** Sets a state up with people coming in here; `aside` insists on an app without the plan's variables. */
  enter<T>(work: (door: RunningApp) => Promise<T>, options: { aside: boolean }): Promise<T>;
  stop(): Promise<void>;
}

export interface StagePorts {
  /** An isolated database; closing it gives it back. */
  lend(): Promise<Database>;
  start(database: Database, options: { env: Env; signal: AbortSignal }): Promise<RunningApp>;
  /** Is told what ran; absent where nobody asked. */
  readonly covering?: Covering;
}

export type Env = Plan['given']['env'];

interface Opening {
  readonly ports: StagePorts;
  readonly signal: AbortSignal;
}

/** Lends a database, starts the app on it and takes the baseline; leaves nothing when it throws. */
export async function openStage(env: Env, { ports, signal }: Opening): Promise<Stage> {
  signal.throwIfAborted();
  const database = await ports.lend();
  let app: RunningApp | undefined;
  try {
    app = await ports.start(database, { env, signal });
    await database.baseline();
    ports.covering?.booted(await app.ran());
    const entrance = entranceOf(app, { env, database, ports, signal });
    return { database, app, entrance };
  } catch (error) {
    await app?.stop();
    await database.close();
    throw error;
  }
}

/** Stops the apps and gives the database back. */
export async function closeStage({ app, entrance, database }: Stage): Promise<void> {
  try {
    await Promise.all([app.stop(), entrance.stop()]);
  } finally {
    await database.close();
  }
}

function entranceOf(
  app: RunningApp,
  { env, database, ports, signal }: Opening & { env: Env; database: Database },
): Entrance {
  let door = app;
  const isApp = () => door === app;
  const canMove = () => isApp() && Object.keys(env).length > 0;
  /** What its boot writes belongs to the baseline. */
  const move = async () => {
    await database.reset();
    door = await ports.start(database, { env: {}, signal });
    await database.baseline();
  };
  return {
    isApp,
    async enter(work, { aside }) {
      if (aside && canMove()) await move();
      try {
        return await work(door);
      } catch (error) {
        if (!isKeptOut(error) || !canMove()) throw error;
        await move();
        return work(door);
      }
    },
    stop: async () => (isApp() ? undefined : door.stop()),
  };
}

const KEPT_OUT: ReadonlySet<string> = new Set([
  'run.callFailed',
  'run.appUnreachable',
  'run.notOneRow',
  'run.signInFailed',
]);

function isKeptOut(error: unknown): boolean {
  return error instanceof StatewrightError && KEPT_OUT.has(error.code);
}
