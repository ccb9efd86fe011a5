import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { AppConfig } from '../../src/config/config.ts';
import type { Database } from '../../src/db/db.ts';
import { type ProcessId, processStart } from '../../src/kernel/process.ts';
import { type AppOptions, startApp } from '../../src/proof/app.ts';
import { fire } from '../../src/proof/fire.ts';
import { runMigrations } from '../../src/proof/migrate.ts';
import { freePort } from '../../src/proof/port.ts';
import { freshDatabase } from '../setup/database.ts';
import { serverOn, throwawayApp } from './throwaway-app.ts';

const unrecorded = async () => async () => undefined;
const ok = `await pool.query('select 1'); response.end('ok');`;

type App = Pick<AppOptions, 'config' | 'root'>;

/** Starts it, and counts what was recorded and taken back. */
async function start(app: App, database: Database, more: Partial<AppOptions> = {}) {
  const seen = { recorded: [] as ProcessId[], closed: 0 };
  const starting = startApp({
    ...app,
    database,
    hostEnv: { PATH: process.env.PATH, SECRET_OF_OURS: 'x', NODE_ENV: 'test' },
    runId: 'r1',
    record: async (id) => {
      seen.recorded.push(id);
      return async () => {
        seen.closed += 1;
      };
    },
    ...more,
  });
  return { seen, starting };
}

/** Every process that was recorded is gone, and its entry with it. */
async function expectGone({ recorded, closed }: { recorded: ProcessId[]; closed: number }) {
  expect(recorded.length).toBeGreaterThan(0);
  expect(closed).toBe(recorded.length);
  await expect
    .poll(() => recorded.map(({ pid }) => processStart(pid)))
    .toEqual(recorded.map(() => null));
}

describe('startApp', () => {
  it('starts the clinic on the database it is given and leaves nothing after stop', async () => {
    const database = await freshDatabase();
    const root = fileURLToPath(new URL('../../fixtures/apps/clinic', import.meta.url));
    const config = AppConfig.parse({ start: ['node', 'src/server.ts'], ready: '/healthz' });
    const { seen, starting } = await start({ config, root }, database);
    const app = await starting;
    expect(app.sessionsSeen).toBeGreaterThan(0);
    expect(seen.recorded).toEqual([{ pid: app.pid, start: app.startTime }]);
    const body = { email: 'ada@example.test', password: 'long enough' };
    const when = { as: null, method: 'POST', path: '/staff', body };
    const answer = await fire(when, { url: app.url, credentials: null });
    expect(answer.status).toBe(201);
    const rows = await database.session((sql) => sql.query('select email from staff'));
    expect(rows).toEqual([{ email: 'ada@example.test' }]);
    expect(app.alive()).toBe(true);
    await app.stop();
    expect(app.alive()).toBe(false);
    await expectGone(seen);
  });

  it('names its sessions and gives them the run as a setting', async () => {
    const database = await freshDatabase();
    await using app = await throwawayApp(
      serverOn(
        'process.env.DATABASE_URL',
        `const { rows } = await pool.query("select current_setting('application_name') as name, current_setting('statewright.run') as run");
         response.setHeader('content-type', 'application/json');
         response.end(JSON.stringify({ ...rows[0], env: process.env }));`,
      ),
      { config: { env: { REGION: 'eu', FLAG: 'off' } } },
    );
    const { starting } = await start(app, database, { env: { FLAG: 'on', NODE_ENV: null } });
    const running = await starting;
    const answer = await fire(
      { as: null, method: 'GET', path: '/' },
      { url: running.url, credentials: null },
    );
    await running.stop();
    const body = answer.body as { name: string; run: string; env: Record<string, string> };
    expect(body).toMatchObject({ run: 'r1' });
    expect(body.name).toMatch(/^statewright-app-r1-[0-9a-f]{6}$/);
    expect(body.env).toMatchObject({ REGION: 'eu', FLAG: 'on' });
    expect(body.env).not.toHaveProperty('NODE_ENV');
    expect(body.env).not.toHaveProperty('SECRET_OF_OURS');
  });

  it('works under tsx', async () => {
    const database = await freshDatabase();
    await using app = await throwawayApp('', {
      files: { 'server.mts': serverOn('process.env.DATABASE_URL as string', ok) },
      config: { start: ['tsx', 'server.mts'] },
    });
    const { seen, starting } = await start(app, database);
    await (await starting).stop();
    await expectGone(seen);
  });

  it('takes another port when the first is taken', async () => {
    const database = await freshDatabase();
    await using app = await throwawayApp(serverOn('process.env.DATABASE_URL', ok));
    // Somebody else's server, which would answer the ready probe as well.
    const other = createServer((_request, response) => response.end('hi'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const ports = [port, await freePort()];
    const choosePort = async () => ports.shift() ?? port;
    const { seen, starting } = await start(app, database, { choosePort });
    const running = await starting;
    expect(running.url).not.toContain(`:${port}`);
    await running.stop();
    expect(seen.recorded).toHaveLength(2);
    await expectGone(seen);
    const { seen: again, starting: failing } = await start(app, database, {
      choosePort: async () => port,
    });
    await expect(failing).rejects.toMatchObject({ code: 'app.portTaken', facts: { port } });
    await expectGone(again);
    await new Promise((resolve) => other.close(resolve));
  });

  it('tells with its last lines that an app ended early, its secrets masked', async () => {
    const database = await freshDatabase();
    await using app = await throwawayApp(
      `console.error('cannot start with', process.env.STRIPE_KEY); process.exit(7)`,
      { config: { env: { STRIPE_KEY: 'sk_live_123' } } },
    );
    const { seen, starting } = await start(app, database);
    const error = await starting.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'app.exited', facts: { code: 7 } });
    expect((error as Error).message).toContain('cannot start with ***');
    expect(JSON.stringify(error)).not.toContain('sk_live_123');
    await expectGone(seen);
  });

  it('tells that the command does not exist', async () => {
    const database = await freshDatabase();
    await using app = await throwawayApp('', { config: { start: ['no-such-server'] } });
    const { starting } = await start(app, database);
    await expect(starting).rejects.toMatchObject({
      code: 'app.exited',
      facts: { error: 'ENOENT' },
    });
  });

  it('gives up on an app that never answers, or only with failures', async () => {
    const database = await freshDatabase();
    await using silent = await throwawayApp(
      `console.log('thinking'); setInterval(() => {}, 1000)`,
      { config: { startTimeoutMs: 700 } },
    );
    const { seen, starting } = await start(silent, database);
    await expect(starting).rejects.toMatchObject({
      code: 'app.notReady',
      facts: { last: 'no answer' },
    });
    await expectGone(seen);
    await using broken = await throwawayApp(
      serverOn('process.env.DATABASE_URL', `response.statusCode = 503; response.end();`),
      // Long enough for a busy machine to have it listen.
      { config: { startTimeoutMs: 5_000 } },
    );
    const second = await start(broken, database);
    await expect(second.starting).rejects.toMatchObject({ facts: { last: 'status 503' } });
    await expectGone(second.seen);
  });

  it('refuses an app whose .env wins over the database it was given', async () => {
    const [given, other] = [await freshDatabase(), await freshDatabase()];
    const source = `
      import { readFileSync } from 'node:fs';
      for (const line of readFileSync('.env', 'utf8').split('\\n')) {
        const [, name, value] = /^(\\w+)=(.*)$/.exec(line) ?? [];
        if (name) process.env[name] = value;
      }
      await import('./listen.mjs');`;
    await using app = await throwawayApp(source, {
      files: {
        '.env': `DATABASE_URL=${other.url}\n`,
        'listen.mjs': serverOn('process.env.DATABASE_URL', ok),
      },
    });
    const { seen, starting } = await start(app, given);
    const error = await starting.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'guard.appElsewhere',
      ending: 'refused',
      facts: { database: given.name, elsewhere: other.name },
    });
    await expectGone(seen);
  });

  it('lets an app open sessions on a second database that the config names', async () => {
    const [given, second] = [await freshDatabase(), await freshDatabase()];
    const answer = `
      const other = new pg.Client(process.env.REPORTS);
      await other.connect();
      const { rows } = await other.query('select current_database() as name');
      await other.end();
      await pool.query('select 1');
      response.end(rows[0].name);`;
    const config = { env: { REPORTS: second.url } };
    await using app = await throwawayApp(serverOn('process.env.DATABASE_URL', answer), { config });
    const { starting } = await start(app, given);
    const running = await starting;
    const answered = await fire(
      { as: null, method: 'GET', path: '/' },
      { url: running.url, credentials: null },
    );
    expect(answered.text).toBe(second.name);
    await running.stop();
  });

  it('refuses an app that uses no database', async () => {
    const database = await freshDatabase();
    await using app = await throwawayApp(
      serverOn('process.env.DATABASE_URL', `response.end('ok');`),
    );
    const { starting } = await start(app, database);
    await expect(starting).rejects.toMatchObject({
      code: 'guard.appElsewhere',
      facts: { elsewhere: null },
    });
  });

  it('finds an app on its database that connects for single requests only', async () => {
    const database = await freshDatabase();
    const answer = `
      if (request.url !== '/items') return response.end('up');
      const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
      await client.connect();
      await client.query('select pg_sleep(0.05)');
      await client.end();
      response.end('ok');`;
    await using app = await throwawayApp(serverOn('process.env.DATABASE_URL', answer));
    const { starting } = await start(app, database, {
      probes: [{ as: null, method: 'GET', path: '/items' }],
    });
    const running = await starting;
    expect(running.sessionsSeen).toBeGreaterThan(0);
    await running.stop();
  });

  it('lets an app pass unseen where no request is known that reads the database, if it is guarded', async () => {
    const database = await freshDatabase();
    const other = await freshDatabase();
    const answer = `
      if (request.url === '/elsewhere') {
        const client = new pg.Client({ connectionString: process.env.OTHER_URL });
        await client.connect().catch(() => undefined);
      }
      response.end('ok');`;
    await using app = await throwawayApp(
      `process.env.OTHER_URL = '${other.url}';${serverOn('process.env.DATABASE_URL', answer)}`,
    );
    const running = await (await start(app, database, { probes: [] })).starting;
    expect(running.sessionsSeen).toBe(0);
    expect(running.elsewhere()).toBeNull();
    const request = { as: null, method: 'GET', path: '/elsewhere' };
    await fire(request, { url: running.url, credentials: null });
    // What the app printed arrives apart from its answer.
    await expect
      .poll(() => running.elsewhere())
      .toMatchObject({
        code: 'guard.appElsewhere',
        ending: 'refused',
        facts: { elsewhere: other.name },
      });
    await running.stop();
  });

  it('tells apps of one run apart that stand on databases of their own', async () => {
    await using app = await throwawayApp(
      serverOn(
        'process.env.DATABASE_URL',
        `if (request.url === '/items') await pool.query('select 1');
         response.end('ok');`,
      ),
    );
    const probes = [{ as: null, method: 'GET', path: '/items' }];
    const first = await (await start(app, await freshDatabase(), { probes })).starting;
    const others = await Promise.all(
      [1, 2].map(async () => (await start(app, await freshDatabase(), { probes: [] })).starting),
    );
    expect(first.sessionsSeen).toBeGreaterThan(0);
    expect(others.map(({ sessionsSeen }) => sessionsSeen)).toEqual([0, 0]);
    await Promise.all([first, ...others].map((running) => running.stop()));
  });

  it('does not take the sessions of another app of the run for its own', async () => {
    const database = await freshDatabase();
    await using app = await throwawayApp(serverOn('process.env.DATABASE_URL', ok));
    await using idle = await throwawayApp(
      serverOn('process.env.DATABASE_URL', `response.end('ok');`),
    );
    const first = await (await start(app, database)).starting;
    const { starting } = await start(idle, database);
    await expect(starting).rejects.toMatchObject({ code: 'guard.appElsewhere' });
    await first.stop();
  });

  it('refuses an app unseen that took our preload off', async () => {
    const database = await freshDatabase();
    await using app = await throwawayApp(
      serverOn('process.env.DATABASE_URL', `response.end('ok');`),
      { config: { start: ['env', '-u', 'NODE_OPTIONS', process.execPath, 'server.mjs'] } },
    );
    const { starting } = await start(app, database, { probes: [] });
    await expect(starting).rejects.toMatchObject({ code: 'guard.appElsewhere' });
  });

  it('gives an app that builds its own address the parts of it', async () => {
    const database = await freshDatabase();
    await using app = await throwawayApp(
      `process.env.OWN = JSON.stringify([process.env.DB_HOST, process.env.DB_PORT, process.env.DB_NAME]);
      ${serverOn('undefined', `response.end((await pool.query('select current_database() as name')).rows[0].name + process.env.OWN)`)}`,
      {
        config: {
          databaseEnv: 'NOT_READ',
          env: { DB_HOST: '{db.host}', DB_PORT: '{db.port}', DB_NAME: '{db.name}' },
        },
      },
    );
    const running = await (await start(app, database)).starting;
    const request = { as: null, method: 'GET', path: '/' };
    const { text } = await fire(request, { url: running.url, credentials: null });
    const { port } = new URL(database.url);
    expect(text).toMatch(new RegExp(`^${database.name}\\[.*,"${port}","${database.name}"\\]$`));
    await running.stop();
  });

  it('leaves nothing when it is stopped while the app starts', async () => {
    const database = await freshDatabase();
    await using app = await throwawayApp('setInterval(() => {}, 1000)');
    const stopping = new AbortController();
    const { seen, starting } = await start(app, database, { signal: stopping.signal });
    setTimeout(() => stopping.abort(new Error('Ctrl-C')), 300);
    await expect(starting).rejects.toThrow('Ctrl-C');
    await expectGone(seen);
  });
});

describe('runMigrations', () => {
  const hostEnv = { PATH: process.env.PATH };

  it('brings an empty database to the schema of the clinic', async () => {
    const database = await freshDatabase('select 1');
    const root = fileURLToPath(new URL('../../fixtures/apps/clinic', import.meta.url));
    const config = AppConfig.parse({ start: ['node', 'x'], migrate: ['node', 'src/migrate.ts'] });
    await runMigrations({ config, root, database, hostEnv, runId: 'r1', record: unrecorded });
    const rows = await database.session((sql) =>
      sql.query('select code from departments order by 1'),
    );
    expect(rows).toEqual([{ code: 'derm' }, { code: 'gp' }]);
  });

  it('tells with its last lines why they failed', async () => {
    const config = {
      migrate: [process.execPath, '-e', 'console.log("no such table"); process.exit(4)'],
    };
    await using app = await throwawayApp('', { config });
    const database = await freshDatabase();
    const { root, config: parsed } = app;
    const failed = runMigrations({
      config: parsed,
      root,
      database,
      hostEnv,
      runId: 'r1',
      record: unrecorded,
    });
    await expect(failed).rejects.toMatchObject({
      code: 'app.migrateFailed',
      facts: { code: 4, log: ['no such table'] },
    });
  });

  it('keeps them from another database than the one they are for', async () => {
    const [database, other] = [await freshDatabase('select 1'), await freshDatabase('select 1')];
    const source = `
      import pg from 'pg';
      const client = new pg.Client(${JSON.stringify(other.url)});
      await client.connect();
      await client.query('create table dropped_here (id int)');
      await client.end();`;
    await using app = await throwawayApp(source, {
      config: { migrate: [process.execPath, 'server.mjs'] },
    });
    const { root, config } = app;
    const failed = runMigrations({
      config,
      root,
      database,
      hostEnv,
      runId: 'r1',
      record: unrecorded,
    });
    await expect(failed).rejects.toMatchObject({
      code: 'guard.appElsewhere',
      ending: 'refused',
      facts: { database: database.name, elsewhere: other.name },
    });
    const made = await other.session((sql) =>
      sql.query(`select to_regclass('dropped_here') as made`),
    );
    expect(made).toEqual([{ made: null }]);
  });
});
