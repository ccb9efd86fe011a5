import type { Database } from '../db/db.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunningApp } from './app.ts';

/** A database of its own with the app on it, its content after the boot remembered. */
export interface Stage {
  readonly database: Database;
  readonly app: RunningApp;
  /**
   * Where people sign up and in: the app itself, or beside one whose variables the plan sets (a shop in
   * maintenance registers nobody) another on the same database without them.
   */
  readonly entrance: RunningApp;
}

export interface StagePorts {
  /** An isolated database; closing it gives it back. */
  lend(): Promise<Database>;
  start(database: Database, options: { env: Env; signal: AbortSignal }): Promise<RunningApp>;
}

export type Env = Plan['given']['env'];

/** Lends a database, starts the app on it and takes the baseline; leaves nothing when it throws. */
export async function openStage(
  env: Env,
  { ports, signal }: { ports: StagePorts; signal: AbortSignal },
): Promise<Stage> {
  signal.throwIfAborted();
  const database = await ports.lend();
  const apps: RunningApp[] = [];
  const start = async (variables: Env): Promise<RunningApp> => {
    const app = await ports.start(database, { env: variables, signal });
    apps.push(app);
    return app;
  };
  try {
    const app = await start(env);
    const entrance = Object.keys(env).length > 0 ? await start({}) : app;
    await database.baseline();
    return { database, app, entrance };
  } catch (error) {
    await Promise.all(apps.map((app) => app.stop()));
    await database.close();
    throw error;
  }
}

/** Stops the apps and gives the database back. */
export async function closeStage({ app, entrance, database }: Stage): Promise<void> {
  try {
    await Promise.all([app.stop(), entrance === app ? undefined : entrance.stop()]);
  } finally {
    await database.close();
  }
}
