import type { Database } from '../db/db.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunningApp } from './app.ts';

/** A database of its own with the app on it, its content after the boot remembered. */
export interface Stage {
  readonly database: Database;
  readonly app: RunningApp;
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
  let app: RunningApp | null = null;
  try {
    app = await ports.start(database, { env, signal });
    await database.baseline();
    return { database, app };
  } catch (error) {
    await app?.stop();
    await database.close();
    throw error;
  }
}

/** Stops the app and gives the database back. */
export async function closeStage({ app, database }: Stage): Promise<void> {
  try {
    await app.stop();
  } finally {
    await database.close();
  }
}
