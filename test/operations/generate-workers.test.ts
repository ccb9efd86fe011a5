import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import { enrolled, generate, read } from './generating.ts';

const schema = `create table people (id serial primary key, name text not null, email text not null unique);
  create table places (id int generated always as identity primary key, above int references places, name text);
  create table visits (id bigserial primary key, person int not null references people, place int references places,
    at timestamptz not null, cost numeric(8,2), code uuid not null unique);`;
const rows = 'people=110000,places=102000,visits=210000';

test('the rows are the same whatever the number of workers, committed as they come or at once', async () => {
  const whole = await enrolled(schema);
  await generate(whole, rows);
  const expected = await whole.checksums();
  for (const workers of [1, 2, 4]) {
    const database = await enrolled(schema);
    await generate(database, rows, { resumable: true, workers });
    expect(await database.checksums()).toEqual(expected);
    await read(database, "insert into people (name, email) values ('Next', 'next@app.test')");
    expect(await read(database, 'select from statewright.bulk')).toEqual([]);
  }
}, 240_000);

/** How many sessions were seen writing into each table, until the work is done. */
async function writersUntil(done: Promise<unknown>, database: Database) {
  const sessions = new Set<string>();
  let going = true;
  const ended = done.finally(() => {
    going = false;
  });
  while (going) {
    const writing = await read(
      database,
      `select substring(query from '^(?:copy|insert into) (public\\.\\w+)') as name, pid
       from pg_stat_activity where datname = current_database() and state = 'active'`,
    );
    for (const { name, pid } of writing) {
      if (name !== null) sessions.add(`${name} ${pid}`);
    }
    await sleep(10);
  }
  await ended;
  return (table: string) => [...sessions].filter((one) => one.startsWith(`${table} `)).length;
}

test('sessions write a table side by side, and one after the other where its rows need each other', async () => {
  const database = await enrolled(schema);
  const done = generate(database, rows, { resumable: true, workers: 2 });
  const writers = await writersUntil(done, database);
  expect([writers('public.visits'), writers('public.places')]).toEqual([2, 1]);
}, 120_000);
