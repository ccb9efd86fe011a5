import type { TemplateSource } from '../branch/branch.ts';
import type { AppConfig, Config } from '../config/config.ts';
import { databaseName } from '../db/db.ts';
import { digest } from '../kernel/digest.ts';
import { runMigrations } from '../proof/migrate.ts';
import type { Repo } from '../repo/repo.ts';
import type { RunEntry } from '../run/ledger.ts';
import type { Place } from './place.ts';

/** The checkout whose app is run: its config, and the files its migrated database may depend on. */
export interface AppUnderTest {
  readonly root: string;
  readonly config: Config;
  readonly repo: Repo;
}

export interface LaunchOptions {
  readonly config: AppConfig;
  readonly root: string;
  readonly hostEnv: Place['env'];
  readonly runId: string;
  readonly record: RunEntry['recordProcess'];
}

/** What starting the app, migrating and opening a browser have in common. */
export function launchOptions(app: AppUnderTest, place: Place, entry: RunEntry): LaunchOptions {
  return {
    config: app.config.app,
    root: app.root,
    hostEnv: place.env,
    runId: entry.id,
    record: (process) => entry.recordProcess(process),
  };
}

/** The migrated database of the app, made anew when any file of the repo has changed. */
export function templateOf(app: AppUnderTest, launch: LaunchOptions, place: Place): TemplateSource {
  return {
    key: [digest(app.repo.files), app.config.app.migrate],
    build: (url) =>
      runMigrations({
        ...launch,
        database: { url, name: databaseName(url) },
        signal: place.signal,
      }),
  };
}
