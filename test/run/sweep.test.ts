import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, inject, test } from 'vitest';
import { preparePlaces } from '../../src/branch/place.ts';
import { isRunning, processStart } from '../../src/kernel/process.ts';
import { type ControlLedger, openLedger } from '../../src/run/ledger.ts';
import { sweepStrays } from '../../src/run/stray.ts';
import { type Swept, sweep } from '../../src/run/sweep.ts';
import { freshDatabase } from '../setup/database.ts';
import { fullSlot } from '../state/plans.ts';
import {
  compiled,
  driver,
  enrolled,
  ledgerAt,
  readCatalog,
  takeDown,
  up,
  upOptions,
} from './setup.ts';

const MAKER = fileURLToPath(new URL('./maker.ts', import.meta.url));

const sweepAll = (ledger: ControlLedger, dryRun = false) =>
  sweep({ ledger, driver, readCatalog, dropJournal: async () => undefined, dryRun });

const mine = (swept: readonly Swept[], name: string) => swept.filter((item) => item.name === name);

/** Another process that sets states up in that database; `said` resolves with what it prints first. */
async function maker(
  database: string,
  ...mode: string[]
): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [MAKER, inject('serverUrl'), database, ...mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const said of createInterface({ input: child.stdout })) return { child, said };
  throw new Error('The maker said nothing.');
}

function killed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

test.each(['between statements', 'in a transaction', 'held'])(
  'after kill -9 %s the next sweep takes the rows away and closes the run',
  async (mode) => {
    const database = await enrolled(await freshDatabase());
    const before = await database.checksums();
    const { child, said: run } = await maker(database.name, mode);
    await using ledger = await ledgerAt();
    expect(mine(await sweepAll(ledger), database.name)).toEqual([]);
    await killed(child);
    const due = await eventually(async () => mine(await sweepAll(ledger, true), database.name));
    expect(due).toMatchObject([{ run, kind: 'rows', outcome: 'due' }]);
    const swept = await sweepAll(ledger);
    expect(mine(swept, database.name)).toMatchObject([{ run, outcome: 'gone', problem: null }]);
    expect(await database.checksums()).toEqual(before);
    expect(await ledger.find(run)).toMatchObject({ state: 'closed' });
    expect(mine(await sweepAll(ledger), database.name)).toEqual([]);
  },
);

test('after kill -9 while the app is asked for a row, the row it made goes too', async () => {
  const database = await enrolled(await freshDatabase());
  const before = await database.checksums();
  const asked = Promise.withResolvers<void>();
  const app = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', async () => {
      const { email } = JSON.parse(body);
      await database.session((sql) =>
        sql.query("insert into staff (email, password_hash) values ($1, 'x')", [email]),
      );
      asked.resolve();
      response.on('error', () => undefined);
    });
  });
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  const address = app.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const { child, said: run } = await maker(database.name, 'in a call', url);
  await asked.promise;
  await killed(child);
  app.closeAllConnections();
  app.close();
  expect(await database.checksums()).not.toEqual(before);
  await using ledger = await ledgerAt();
  await eventually(async () => mine(await sweepAll(ledger, true), database.name));
  expect(mine(await sweepAll(ledger), database.name)).toMatchObject([{ run, outcome: 'gone' }]);
  expect(await database.checksums()).toEqual(before);
});

test('an app that is slow is waited for: its row goes too, and the wait has an end', async () => {
  const database = await enrolled(await freshDatabase());
  const before = await database.checksums();
  let asked = Promise.withResolvers<string>();
  const app = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    response.on('error', () => undefined);
    asked.resolve(JSON.parse(body).email);
  });
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  const address = app.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const { child, said: run } = await maker(database.name, 'in a call', url);
  const email = await asked.promise;
  await killed(child);
  await using ledger = await ledgerAt();
  const first = await eventually(async () => mine(await sweepAll(ledger), database.name));
  expect(first).toMatchObject([
    { run, outcome: 'failed', problem: expect.stringContaining('may still be at it') },
  ]);
  await database.session((sql) =>
    sql.query("insert into staff (email, password_hash) values ($1, 'x')", [email]),
  );
  expect(mine(await sweepAll(ledger), database.name)).toMatchObject([{ run, outcome: 'gone' }]);
  expect(await database.checksums()).toEqual(before);

  asked = Promise.withResolvers();
  const again = await maker(database.name, 'in a call', url);
  await asked.promise;
  await killed(again.child);
  const due = () => eventually(async () => mine(await sweepAll(ledger), database.name));
  expect(await due()).toMatchObject([{ run: again.said, outcome: 'failed' }]);
  await database.session((sql) =>
    sql.query(`update statewright.made set shape = jsonb_set(shape::jsonb, '{0,asked}',
      to_jsonb((shape::jsonb #>> '{0,asked}')::float8 - 30000))`),
  );
  expect(await due()).toMatchObject([{ run: again.said, outcome: 'gone' }]);
  expect(await database.checksums()).toEqual(before);
  app.closeAllConnections();
  app.close();
});

/** PostgreSQL notices a dead client within moments. */
async function eventually<T>(look: () => Promise<readonly T[]>): Promise<readonly T[]> {
  for (let tries = 0; tries < 100; tries++) {
    const found = await look();
    if (found.length > 0) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return [];
}

test('leaves a lease alone until it is over by the database clock', async () => {
  const database = await enrolled(await freshDatabase());
  const before = await database.checksums();
  await using ledger = await ledgerAt();
  const state = await compiled(fullSlot, database);
  const term = { hold: 'leased', ttlMs: 3_600_000 } as const;
  const run = await up(state, upOptions(database, ledger, { term }));
  expect(mine(await sweepAll(ledger), database.name)).toEqual([]);
  await ledger.sql.query('update statewright.run set expires_at = now() where id = $1', [run.id]);
  expect(mine(await sweepAll(ledger), database.name)).toMatchObject([{ outcome: 'gone' }]);
  expect(await database.checksums()).toEqual(before);
  expect(await takeDown(run.handle, ledger)).toMatchObject({ already: true });
});

test('two sweeps at once take each thing away once', async () => {
  const database = await enrolled(await freshDatabase());
  const before = await database.checksums();
  await using ledger = await ledgerAt();
  const state = await compiled(fullSlot, database);
  const term = { hold: 'leased', ttlMs: 0 } as const;
  for (let n = 0; n < 4; n++) await up(state, upOptions(database, ledger, { term }));
  const both = await Promise.all([sweepAll(ledger), sweepAll(ledger)]);
  expect(mine(both.flat(), database.name).map(({ outcome }) => outcome)).toEqual(
    Array(4).fill('gone'),
  );
  expect(await database.checksums()).toEqual(before);
});

test('drops databases, kills process groups and removes folders of a dead run, and nothing else', async () => {
  await using sql = await driver.open(inject('serverUrl'));
  const clone = `sw_c_test_${process.pid}`;
  await sql.query(`create database ${clone}`);
  const folder = mkdtempSync(join(tmpdir(), 'statewright-swept-'));
  const shell = 'sleep 100 & echo $!; wait';
  const app = spawn('sh', ['-c', shell], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const other = spawn('sleep', ['100'], { detached: true, stdio: 'ignore' });
  const [line] = await createInterface({ input: app.stdout })
    [Symbol.asyncIterator]()
    .next()
    .then((r) => [r.value]);
  const grandchild = { pid: Number(line), start: processStart(Number(line)) ?? '' };
  {
    await using dying = await ledgerAt();
    const term = { hold: 'held' } as const;
    const entry = await dying.begin({
      id: `dead-${process.pid}`,
      plan: 'p',
      environment: 'test',
      term,
    });
    await entry.record('database', clone);
    await entry.record('database', 'postgres');
    await entry.record('folder', folder);
    await entry.record('folder', '/tmp');
    await entry.recordProcess({ pid: app.pid ?? 0, start: processStart(app.pid ?? 0) ?? '' });
    await entry.recordProcess({ pid: other.pid ?? 0, start: 'another start' });
    await entry.opened();
  }
  await using ledger = await ledgerAt();
  const swept = (await sweepAll(ledger)).filter(({ run }) => run === `dead-${process.pid}`);
  const failed = swept.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
  expect(failed.sort()).toEqual(['/tmp', 'postgres']);
  expect(existsSync(folder)).toBe(false);
  expect(await sql.query('select from pg_database where datname = $1', [clone])).toEqual([]);
  expect(isRunning(grandchild)).toBe(false);
  expect(processStart(other.pid ?? 0)).not.toBeNull();
  other.kill();
  await ledger.sql.query(`delete from statewright.run where id = $1`, [`dead-${process.pid}`]);
});

test('a clone that no ledger knows goes once nobody holds its lock', async () => {
  await using sql = await driver.open(inject('serverUrl'));
  await preparePlaces(sql);
  const clone = `sw_c_stray_${process.pid}`;
  await sql.query('select pg_advisory_lock(21335, hashtext($1))', [clone]);
  await sql.query(`create database ${clone}`);
  await using ledger = await ledgerAt();
  expect(mine(await sweepAll(ledger), clone)).toEqual([]);
  const { url } = await freshDatabase();
  await using elsewhere = await openLedger(driver, url);
  expect(mine(await sweepAll(elsewhere), clone)).toEqual([]);
  await sql.query('select pg_advisory_unlock(21335, hashtext($1))', [clone]);
  expect(mine(await sweepAll(ledger), clone)).toMatchObject([{ outcome: 'gone' }]);
});

test('sessions of apps whose run is over are ended, those of processes not seen are told, others are left', async () => {
  const { url, name } = await freshDatabase();
  await using ledger = await openLedger(driver, url);
  const about = { plan: '', environment: '', term: { hold: 'held' } } as const;
  const standing = await ledger.begin({ id: 'standing', ...about });
  const { pid } = spawnSync('true');
  const names = [
    `statewright/${pid}`,
    'statewright-app-gone-0a1b2c',
    'statewright-app-standing-0a1b2c',
    'theirs',
  ];
  const sessions = await Promise.all(
    names.map((applicationName) => driver.open(url, { applicationName })),
  );
  for (const session of sessions) await session.query('select 1');
  const strays = () => sweepStrays(ledger.sql, { dryRun: false, quietMs: 0 });
  const ended = (await strays()).filter(({ kind }) => kind === 'session');
  expect(ended.map(({ name, outcome }) => [name.split(' ')[0], outcome]).toSorted()).toEqual([
    ['statewright-app-gone-0a1b2c', 'gone'],
    [`statewright/${pid}`, 'unknown'],
  ]);
  await expect
    .poll(() => sessions.map((session) => session.alive()))
    .toEqual([true, false, true, true]);
  await Promise.allSettled(sessions.map((session) => session.end()));
  await standing.closed();
  expect(name).toMatch(/^test_/);
});

test('folders of ours that are a day old and in no ledger are removed', async () => {
  await using ledger = await ledgerAt();
  const [old, fresh, known] = [1, 2, 3].map(() =>
    join(tmpdir(), `sw-${randomBytes(6).toString('hex')}`),
  );
  if (!old || !fresh || !known) throw new Error('three folders');
  const about = { plan: '', environment: '', term: { hold: 'held' } } as const;
  const entry = await ledger.begin({ id: `folders-${process.pid}`, ...about });
  await entry.record('folder', known);
  for (const folder of [old, fresh, known]) mkdirSync(folder);
  for (const folder of [old, known]) utimesSync(folder, 0, 0);
  const told = async (dryRun: boolean) => mine(await sweepAll(ledger, dryRun), old);
  expect(await told(true)).toMatchObject([{ kind: 'folder', outcome: 'due' }]);
  expect(await told(false)).toMatchObject([{ kind: 'folder', outcome: 'gone' }]);
  expect([old, fresh, known].map((folder) => existsSync(folder))).toEqual([false, true, true]);
  for (const folder of [fresh, known]) rmSync(folder, { recursive: true });
  await entry.strike('folder', known);
  await entry.closed();
});

test('any number of processes may open a ledger that is not there yet', async () => {
  const database = await freshDatabase();
  const opened = await Promise.all(
    Array.from({ length: 8 }, () => openLedger(driver, database.url)),
  );
  const handles = new Set(opened.map((ledger) => ledger.sign('r1')));
  await Promise.all(opened.map((ledger) => ledger.close()));
  expect(handles.size).toBe(1);
});
