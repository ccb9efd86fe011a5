import type { Database } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Logs } from './logs.ts';

export interface AppOnDatabase {
  readonly database: Pick<Database, 'name' | 'session'>;
  /** What the app's sessions are called when it uses the URL it was given. */
  readonly applicationName: string;
  readonly databaseEnv: string;
  alive(): boolean;
}

const WAIT_MS = 4_000;
const LOOK_EVERY_MS = 40;

const SESSIONS = `
  select datname = current_database() as here, datname as database, count(*)::int as sessions
  from pg_stat_activity where application_name = $1 and datname is not null group by datname`;

/** Requests that read the database by what the code says, asked until a session is seen. */
export interface Probing<Probe> {
  readonly probes: readonly Probe[];
  /** Asks the app; resolves when it answered or didn't. */
  readonly ask: (probe: Probe) => Promise<unknown>;
  /** Whether the process that serves is kept by our preload from every database but the run's. */
  readonly guarded: () => boolean;
}

/**
 * Counts the app's sessions on the database, asking it meanwhile so that one that connects late does so.
 * Throws the refusal `guard.appElsewhere` when none is seen within 4 s. Where no request is known that
 * reads the database without somebody signed in, an app that is guarded passes unseen, with 0.
 */
export async function assertAppOnDatabase<Probe>(
  app: AppOnDatabase,
  { probes, ask, guarded }: Probing<Probe>,
): Promise<number> {
  const deadline = performance.now() + WAIT_MS;
  let elsewhere: string | null = null;
  for (let look = 0; performance.now() < deadline && app.alive(); look += 1) {
    const rows = await app.database.session((sql) => sql.query(SESSIONS, [app.applicationName]));
    const here = rows.find((row) => row['here'] === true);
    if (here) return Number(here['sessions']);
    elsewhere = rows[0] ? String(rows[0]['database']) : elsewhere;
    if (probes.length === 0 && look > 2 && elsewhere === null && guarded()) return 0;
    const probe = probes[look % probes.length];
    // A session that lasts as long as its request is seen only while the request runs.
    if (probe !== undefined) await Promise.race([ask(probe), pause()]);
    else await pause();
  }
  throw appElsewhere(app, elsewhere);
}

/** Whether our preload stands in the process that listens there, and no driver works past it. */
export function isGuarded(logs: Logs, port: number): boolean {
  const told = logs.told();
  return told.includes(`guards port ${port}`) && !told.includes('loaded a native driver');
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
}

/** The database the preload kept the app from, if it tried another than its own. */
export function triedDatabase(logs: Logs): string | null {
  const tried = logs
    .told()
    .map((line) => /^refused a session on database "(.*)" at/.exec(line)?.[1]);
  return tried.find((name) => name !== undefined) ?? null;
}

/** The refusal of an app that is not, or not only, on the database it was given. */
export function appElsewhere(
  app: { readonly database: { readonly name: string }; readonly databaseEnv: string },
  elsewhere: string | null,
): StatewrightError {
  const instead =
    elsewhere === null
      ? ` no session of it was seen on "${app.database.name}".`
      : ` it went for "${elsewhere}", not "${app.database.name}".`;
  return new StatewrightError(
    'guard.appElsewhere',
    `The app is not on the database it was given:${instead} Nothing was written.`,
    {
      hint: `It was told its database in ${app.databaseEnv}. Does a .env file or a fixed URL in its code win over that? Does app.databaseEnv name the variable it reads? If it connects late, let app.ready be a path that reads the database.`,
      facts: { database: app.database.name, elsewhere, databaseEnv: app.databaseEnv },
      ending: 'refused',
    },
  );
}
