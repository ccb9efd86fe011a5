import type { AppConfig } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { type Database, withDatabase } from '../../src/db/db.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { connect, openSession } from '../../src/db/pg.ts';
import { driver } from '../../src/operations/workshop.ts';
import type { When } from '../../src/plan/plan.ts';
import { type RunningApp, startApp } from '../../src/proof/app.ts';
import { runMigrations } from '../../src/proof/migrate.ts';
import { enroll } from '../../src/run/guard.ts';
import { type ControlLedger, openLedger, type RunEntry } from '../../src/run/ledger.ts';

/** One embedded server, an app on one of its databases, and a twin of that database which nobody but a yardstick uses. */
export interface Ground extends AsyncDisposable {
  /** The maintenance database, where the ledger is. */
  readonly url: string;
  readonly serverPid: number;
  readonly ledger: ControlLedger;
  readonly database: Database;
  readonly twin: string;
  readonly app: RunningApp;
}

/** `probes` are requests that show the app on its database. */
export async function openGround(
  root: string,
  { home, probes }: { home: string; probes: readonly When[] },
): Promise<Ground> {
  const config = await loadConfig(root);
  const server = await startEmbedded({ home });
  const ledger = await openLedger(driver, server.url);
  const about = { plan: 'load', environment: 'load', term: { hold: 'held' } } as const;
  const entry = await ledger.begin({ id: `load-${process.pid}`, ...about });
  const { database, twin } = await databases(server.url, { root, config: config.app, entry });
  const app = await startApp({
    ...launch({ root, config: config.app, entry }),
    database,
    probes: [...probes],
  });
  return {
    url: server.url,
    serverPid: server.pid,
    ledger,
    database,
    twin,
    app,
    [Symbol.asyncDispose]: async () => {
      await app.stop();
      await database.close();
      await entry.closed();
      await ledger.close();
      await server.stop();
    },
  };
}

interface Launching {
  readonly root: string;
  readonly config: AppConfig;
  readonly entry: RunEntry;
}

function launch({ root, config, entry }: Launching) {
  const record: RunEntry['recordProcess'] = (process) => entry.recordProcess(process);
  return { root, config, hostEnv: process.env, runId: entry.id, record };
}

/** Migrated both, and analyzed, as a database in use is; the first is enrolled. */
async function databases(url: string, launching: Launching) {
  await using admin = await openSession(url);
  for (const name of ['shared', 'twin']) {
    await admin.query(`create database ${name}`);
    await runMigrations({ ...launch(launching), database: { url: withDatabase(url, name), name } });
  }
  const database = await connect(withDatabase(url, 'shared'));
  const stamp = { environment: 'load', address: null, days: null };
  await database.session((sql) => enroll(sql, stamp));
  return { database, twin: withDatabase(url, 'twin') };
}
