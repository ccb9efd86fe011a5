import type { AppConfig } from '../config/config.ts';
import type { Database } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { appEnvironment, appFolder } from './environment.ts';
import { appElsewhere, triedDatabase } from './on-database.ts';
import { type RecordProcess, supervise } from './supervise.ts';

export interface MigrateOptions {
  readonly config: AppConfig;
  /** The folder of the config file, absolute. */
  readonly root: string;
  readonly database: Pick<Database, 'url' | 'name'>;
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  readonly runId: string;
  readonly record: RecordProcess;
  readonly signal?: AbortSignal;
}

/**
 * Runs `config.migrate`, if there is one, on the database and waits for its end. Throws
 * `app.migrateFailed` with the command's last lines when it doesn't end with code 0, and the refusal
 * `guard.appElsewhere` when it went for another database, from which it was kept.
 */
export async function runMigrations(options: MigrateOptions): Promise<void> {
  const { config, database, signal } = options;
  const command = config.migrate;
  if (command === null) return;
  signal?.throwIfAborted();
  const cwd = appFolder(options.root, config);
  const env = appEnvironment({
    config,
    cwd,
    databaseUrl: database.url,
    host: options.hostEnv,
    plan: {},
    applicationName: `statewright-migrate-${options.runId}`.slice(0, 63),
    runId: options.runId,
    port: null,
  });
  const child = await supervise({ command, cwd, env, record: options.record });
  const stop = () => void child.stop();
  signal?.addEventListener('abort', stop, { once: true });
  const exit = await child.exited;
  await child.stop();
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  const tried = triedDatabase(child.logs);
  if (tried !== null) throw appElsewhere({ database, databaseEnv: config.databaseEnv }, tried);
  if (exit.code === 0) return;
  const log = child.logs.tail(20);
  const how = exit.error ?? (exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code}`);
  throw new StatewrightError(
    'app.migrateFailed',
    `The migrations failed (${how}): ${command.join(' ')}\n  ${log.join('\n  ')}`,
    {
      hint: `Run "${command.join(' ')}" by hand with ${config.databaseEnv} set to an empty database, or correct app.migrate.`,
      facts: { command: command.join(' '), code: exit.code, error: exit.error, log: [...log] },
    },
  );
}
