import type { Database } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';

export interface AppOnDatabase {
  readonly database: Pick<Database, 'name' | 'session'>;
  /** What the app's sessions are called when it uses the URL it was given. */
  readonly applicationName: string;
  readonly databaseEnv: string;
}

const WAIT_MS = 2_500;
const LOOK_EVERY_MS = 40;

const SESSIONS = `
  select datname = current_database() as here, datname as database, count(*)::int as sessions
  from pg_stat_activity where application_name = $1 and datname is not null group by datname`;

/**
 * Counts the app's sessions on the database, asking it for `paths` meanwhile so that one that connects
 * late does so. Throws the refusal `guard.appElsewhere` when none is seen within 2.5 s.
 */
export async function assertAppOnDatabase(
  app: AppOnDatabase,
  paths: readonly string[],
  ask: (path: string) => Promise<number | null>,
): Promise<number> {
  const deadline = performance.now() + WAIT_MS;
  let elsewhere: string | null = null;
  for (let look = 0; performance.now() < deadline; look += 1) {
    const rows = await app.database.session((sql) => sql.query(SESSIONS, [app.applicationName]));
    const here = rows.find((row) => row['here'] === true);
    if (here) return Number(here['sessions']);
    elsewhere = rows[0] ? String(rows[0]['database']) : elsewhere;
    const path = paths[look % paths.length];
    // A session that lasts as long as its request is seen only while the request runs.
    if (path !== undefined) await Promise.race([ask(path), pause()]);
    else await pause();
  }
  throw refused(app, elsewhere);
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
}

function refused(app: AppOnDatabase, elsewhere: string | null): StatewrightError {
  const instead = elsewhere === null ? '' : ` Its sessions are on database "${elsewhere}" instead.`;
  return new StatewrightError(
    'guard.appElsewhere',
    `The app is not on the database it was given: no session of it was seen on "${app.database.name}".${instead} Nothing was written.`,
    {
      hint: `It was told its database in ${app.databaseEnv}. Does a .env file or a fixed URL in its code win over that? Does app.databaseEnv name the variable it reads? If it connects late, let app.ready be a path that reads the database.`,
      facts: { database: app.database.name, elsewhere, databaseEnv: app.databaseEnv },
      ending: 'refused',
    },
  );
}
