import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import { openDesk } from '../setup/cli.ts';
import { enrolled, generate, read } from './generating.ts';

const schema = `create table people (id serial primary key, name text not null);
  create table visits (id bigserial primary key, person int not null references people, note text, at timestamptz not null);`;
const rows = 'people=1000,visits=320000';

async function committed(database: Database): Promise<number> {
  const [found] = await read(database, 'select count(*)::int as n from visits');
  return Number(found?.['n']);
}

test('a killed call that keeps its steps is gone on with by the same call, to the same rows', async () => {
  const [killed, whole] = [await enrolled(schema), await enrolled(schema)];
  const desk = openDesk();
  const call = (db: string) => [
    'generate',
    '--db',
    db,
    '--rows',
    rows,
    '--seed',
    '7',
    '--resumable',
    '--workers',
    '3',
  ];
  const first = desk.start(call(killed.url));
  while ((await committed(killed)) === 0 && first.child.exitCode === null) await sleep(20);
  first.child.kill('SIGKILL');
  await first.ended;
  const there = await committed(killed);
  expect(there).toBeGreaterThan(0);
  expect(there).toBeLessThan(320_000);
  await read(killed, "insert into people (name) values ('The app goes on')");
  await read(killed, "delete from people where name = 'The app goes on'");
  await read(killed, 'insert into visits (id, person, at) values (319000, 1, now())');
  expect(await desk.run(call(killed.url))).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/visits_pkey.+What was committed before stands/s),
  });
  expect((await committed(killed)) % 100_000).toBe(1);
  await read(killed, 'delete from visits where id = 319000');
  expect(await desk.run(call(killed.url))).toMatchObject({ code: 0 });
  await generate(whole, rows);
  expect(await killed.checksums()).toEqual(await whole.checksums());
  await read(killed, 'insert into visits (person, at) values (1, now())');
}, 240_000);

test('a killed call whose rows were taken away begins anew, or says which are gone', async () => {
  const [database, whole] = [await enrolled(schema), await enrolled(schema)];
  const desk = openDesk();
  const call = ['generate', '--db', database.url, '--rows', rows, '--seed', '7', '--resumable'];
  const first = desk.start(call);
  while ((await committed(database)) === 0 && first.child.exitCode === null) await sleep(20);
  first.child.kill('SIGKILL');
  await first.ended;
  await read(database, 'truncate visits');
  expect(await desk.run(call)).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/public.visits should have \d+ rows of it and has 0.*truncate/s),
  });
  await read(database, 'truncate people, visits restart identity');
  await read(database, 'alter table visits add column kind text');
  await read(database, 'alter table visits drop column kind');
  expect(await desk.run(call)).toMatchObject({ code: 0 });
  await generate(whole, rows);
  expect(await database.checksums()).toEqual(await whole.checksums());
}, 240_000);

test('a killed call leaves nothing where it was not asked to keep its steps', async () => {
  const database = await enrolled(schema);
  const desk = openDesk();
  const started = desk.start(['generate', '--db', database.url, '--rows', rows, '--seed', '7']);
  const copying = `select from pg_stat_activity where query like 'copy public.visits%' and state = 'active'
    and datname = current_database()`;
  while ((await read(database, copying)).length === 0 && started.child.exitCode === null)
    await sleep(10);
  started.child.kill('SIGKILL');
  await started.ended;
  const sessions = `select from pg_stat_activity where query like 'copy public.visits%' and state = 'active'
    and datname = current_database()`;
  while ((await read(database, sessions)).length > 0) await sleep(20);
  expect(await committed(database)).toBe(0);
  expect(await read(database, 'select from people')).toEqual([]);
}, 120_000);

test('a killed call leaves no file under its name that is not whole', async () => {
  const database = await enrolled(schema);
  const folder = await mkdtemp(join(tmpdir(), 'statewright-killed-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const desk = openDesk();
  const many = 'people=1000,visits=3000000';
  const call = ['generate', '--db', database.url, '--rows', many, '--to', folder];
  const started = desk.start(call);
  const begun = async () => (await readdir(folder)).some((name) => name.startsWith('visits'));
  while (!(await begun()) && started.child.exitCode === null) await sleep(5);
  started.child.kill('SIGKILL');
  await started.ended;
  const whole = (await readdir(folder)).filter((name) => !name.endsWith('.tmp'));
  expect(whole).toEqual(['people.csv']);
}, 120_000);
