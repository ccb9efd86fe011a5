import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { type Database, withDatabase } from '../../../src/db/db.ts';
import { connect, openSession } from '../../../src/db/pg.ts';
import { startClinic } from '../../run/clinic-app.ts';
import { openDesk } from '../../setup/cli.ts';
import { freshDatabase } from '../../setup/database.ts';
import { leftBehind, NOTHING } from '../../setup/left-behind.ts';

// Each command is a process of its own; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const CREATED = 'POST /desk/appointments › 201';
const EMAIL_TAKEN = 'POST /staff › email_taken';

let desk: ReturnType<typeof openDesk>;
let clinic: string;
beforeAll(() => {
  desk = openDesk();
  clinic = desk.checkout('clinic');
});
afterAll(() => desk.close());

/** A database with rows of its own, enrolled by the command line. */
async function enrolled(): Promise<Database> {
  const database = await freshDatabase();
  await database.session((sql) =>
    sql.query("insert into staff (email, password_hash) values ('own@example.test', 'x')"),
  );
  const told = await desk.run(['enroll', '--db', database.url, '--as', 'test']);
  expect(told).toMatchObject({ code: 0, stdout: `${database.name} is enrolled as test.\n` });
  return database;
}

const schemas = (database: Database) =>
  database.session((sql) => sql.query('select nspname from pg_namespace order by 1'));

describe('a database that may not be written to', () => {
  const commands = (url: string) => [
    ['up', EMAIL_TAKEN, '--path', clinic, '--db', url],
    ['up', EMAIL_TAKEN, '--path', clinic, '--db', url, '--start'],
    ['up', EMAIL_TAKEN, '--path', clinic, '--db', url, '--isolation', 'rollback'],
    ['down', 'r1.2', '--db', url],
    ['gc', '--db', url],
  ];

  test('without a stamp is refused by every command, and nothing is written', async () => {
    const database = await freshDatabase();
    const before = [await database.checksums(), await schemas(database)];
    for (const args of commands(database.url)) {
      const told = await desk.run(args);
      expect(told, args.join(' ')).toMatchObject({ code: 3, stdout: '' });
      expect(told.stderr).toContain('guard.notEnrolled');
      expect(told.stderr).toContain('Nothing was written.');
    }
    expect([await database.checksums(), await schemas(database)]).toEqual(before);
  });

  test('with the stamp of another is refused', async () => {
    const original = await enrolled();
    const name = `${original.name}_copy`;
    const server = await openSession(inject('serverUrl'));
    await server.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${original.name}'`,
    );
    await server.query(`create database ${name} template ${original.name}`);
    const copy = await connect(withDatabase(original.url, name));
    try {
      const before = await copy.checksums();
      for (const args of commands(copy.url)) {
        const told = await desk.run(args);
        expect(told, args.join(' ')).toMatchObject({ code: 3, stdout: '' });
        expect(told.stderr).toContain('guard.copiedStamp');
      }
      expect(await copy.checksums()).toEqual(before);
    } finally {
      await copy.close();
      await server.query(`drop database ${name} with (force)`);
      await server.end();
    }
  });

  test('that lacks the tables of the app is refused in words', async () => {
    const empty = await freshDatabase('select 1');
    expect(await desk.run(['enroll', '--as', 'test', '--db', empty.url])).toMatchObject({
      code: 0,
    });
    const told = await desk.run(['up', CREATED, '--path', clinic, '--db', empty.url]);
    expect(told).toMatchObject({ code: 2, stdout: '' });
    expect(told.stderr).toMatch(/schema.drift: .* disagree on table `\w+`: missing table. Nothing/);
    expect(told.stderr).toContain("Run the app's migrations on this database");
    expect(await empty.checksums()).toEqual({});
  });

  test('that the .env of the app points at is kept from it', async () => {
    const other = await freshDatabase();
    const before = await other.checksums();
    const path = desk.checkout('dotenv', {
      '.env': `DATABASE_URL=${other.url}\n`,
      'src/env.ts': `import { readFileSync } from 'node:fs';
for (const line of readFileSync(new URL('../.env', import.meta.url), 'utf8').split('\\n')) {
  const [name, ...value] = line.split('=');
  if (name) process.env[name] = value.join('=');
}
`,
      'src/db.ts': `import './env.ts';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import * as schema from './schema.ts';
export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
pool.on('error', () => undefined);
export const db = drizzle(pool, { schema });
`,
    });
    const told = await desk.run(['prove', path, '--only', 'slot_full']);
    expect(told).toMatchObject({ code: 3, stdout: '' });
    expect(told.stderr).toContain(`guard.appElsewhere`);
    expect(told.stderr).toContain(`it went for "${other.name}"`);
    expect(await other.checksums()).toEqual(before);
    await expect.poll(() => leftBehind(desk)).toEqual(NOTHING);
  });
});

describe('an enrolled database', () => {
  test('is as before after up, a request to the app and down; again is no error', async () => {
    const database = await enrolled();
    const before = await database.checksums();
    const app = await startClinic(database.url);
    const up = await desk.run([
      ...['up', CREATED, '--path', clinic, '--db', database.url, '--app', app.url, '--json'],
    ]);
    expect(up.code, up.stderr).toBe(0);
    const run = JSON.parse(up.stdout);
    expect(await database.checksums()).not.toEqual(before);
    const [person] = Object.values<{ cookies: Record<string, string> }>(run.personas);
    const cookie = Object.entries(person?.cookies ?? {}).map(([name, value]) => `${name}=${value}`);
    const answer = await fetch(`${app.url}/desk/appointments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: cookie.join('; ') },
      body: JSON.stringify({ slotId: run.refs.slot.id, patientId: run.refs.patient.id }),
    });
    expect(answer.status).toBe(201);
    const down = ['down', run.handle, '--db', database.url];
    expect(await desk.run(down)).toMatchObject({ code: 0 });
    expect(await database.checksums()).toEqual(before);
    const again = await desk.run(down);
    expect(again).toMatchObject({ code: 0, stdout: `${run.id} was taken down before.\n` });
  });

  test('is as before after up --start and down; the app has ended by then', async () => {
    const database = await enrolled();
    const before = await database.checksums();
    const up = await desk.run([
      ...['up', CREATED, '--path', clinic, '--db', database.url, '--start', '--json'],
    ]);
    expect(up.code, up.stderr).toBe(0);
    const run = JSON.parse(up.stdout);
    expect(run).toMatchObject({ hold: 'leased', app: null, database: { url: database.url } });
    expect(await leftBehind(desk)).toEqual(NOTHING);
    expect(await database.checksums()).not.toEqual(before);
    const down = await desk.run(['down', run.handle, '--db', database.url]);
    expect(down).toMatchObject({ code: 0 });
    expect(await database.checksums()).toEqual(before);
  });

  test('keeps what a foreign handle names', async () => {
    const [database, other] = [await enrolled(), await enrolled()];
    const up = await desk.run([
      ...['up', EMAIL_TAKEN, '--path', clinic, '--db', database.url, '--json'],
    ]);
    expect(up.code, up.stderr).toBe(0);
    const { handle, id } = JSON.parse(up.stdout);
    const before = await database.checksums();
    for (const [foreign, db] of [
      [handle, other.url],
      [`${id}.${'0'.repeat(64)}`, database.url],
      ['', database.url],
    ]) {
      const told = await desk.run(['down', foreign, '--db', db]);
      expect(told).toMatchObject({ code: 3, stdout: '' });
      expect(told.stderr).toContain('run.foreignHandle');
    }
    expect(await database.checksums()).toEqual(before);
    expect(await desk.run(['down', handle, '--db', database.url])).toMatchObject({ code: 0 });
  });

  test('is swept by gc once the lease is over', async () => {
    const database = await enrolled();
    const before = await database.checksums();
    const up = await desk.run([
      ...['up', EMAIL_TAKEN, '--path', clinic, '--db', database.url, '--hours', '0.0003', '--json'],
    ]);
    expect(up.code, up.stderr).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    const gc = await desk.run(['gc', '--db', database.url, '--json']);
    expect(JSON.parse(gc.stdout).swept).toMatchObject([{ kind: 'rows', outcome: 'gone' }]);
    expect(await database.checksums()).toEqual(before);
  });
});

describe('a clone of its own', () => {
  const SERVER = /^\S*postgres |^postgres:/;

  test('shows what the app’s route does beyond its row, and nothing stands', async () => {
    const asked = ['up', CREATED, '--path', clinic, '--compare'];
    const told = await desk.run([...asked, '--json']);
    expect(told.code, told.stderr).toBe(0);
    const { handle, compared } = JSON.parse(told.stdout);
    expect(handle).toBe('');
    expect(compared).toMatchObject({
      route: 'POST /desk/appointments',
      status: 201,
      row: { table: 'appointments', values: { id: expect.any(String) } },
      refused: null,
    });
    expect(compared.untold).toContain('id');
    const { code, stdout } = await desk.run(asked);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /answered 201 and made a row of appointments[\s\S]*Nothing of it stands/,
    );
    await expect.poll(() => leftBehind(desk)).toEqual(NOTHING);
  });

  test('stands with its server until it is taken down', async () => {
    const up = await desk.run(['up', CREATED, '--path', clinic, '--start', '--json']);
    expect(up.code, up.stderr).toBe(0);
    const run = JSON.parse(up.stdout);
    expect(await leftBehind(desk, run.id)).toEqual(NOTHING);
    {
      await using database = await connect(run.database.url);
      const rows = await database.session((sql) => sql.query('select id from slots'));
      expect(rows).toEqual([{ id: run.refs.slot.id }]);
    }
    expect(await desk.run(['gc', '--json'])).toMatchObject({ stdout: '{\n  "swept": []\n}\n' });
    const foreign = await desk.run(['down', `${run.id}.${'0'.repeat(64)}`]);
    expect(foreign).toMatchObject({ code: 3, stdout: '' });
    const down = await desk.run(['down', run.handle]);
    expect(down).toMatchObject({ code: 0 });
    await expect.poll(() => leftBehind(desk)).toEqual(NOTHING);
  });

  test('goes when its lease is over, with the next command or the server', async () => {
    const up = await desk.run([
      ...['up', EMAIL_TAKEN, '--path', clinic, '--hours', '0.0003', '--json'],
    ]);
    expect(up.code, up.stderr).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await desk.run(['gc'])).toMatchObject({ code: 0 });
    const { processes, ...rest } = await leftBehind(desk);
    expect(rest).toEqual({ databases: [], runs: [], resources: [], folders: [] });
    expect(
      processes.filter((command) => !SERVER.test(command) && !command.includes('watch.')),
    ).toEqual([]);
    await expect.poll(() => leftBehind(desk)).toEqual(NOTHING);
  });
});
