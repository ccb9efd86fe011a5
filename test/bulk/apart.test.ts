import { expect, test } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import { freshDatabase } from '../setup/database.ts';
import { generateInto } from './setup.ts';

function ask(database: Database, text: string) {
  return database.session((sql) => sql.query(text));
}

const hotel = `
  create extension if not exists btree_gist;
  create table rooms (id serial primary key, name text not null);
  create table bookings (id serial primary key, room_id int not null references rooms, starts_at timestamptz not null,
    ends_at timestamptz not null, status text not null default 'open', check (ends_at > starts_at),
    exclude using gist (room_id with =, tstzrange(starts_at, ends_at, '[]') with &&) where (status <> 'cancelled'));
  create table stays (id serial primary key, room_id int not null references rooms, during daterange not null,
    check (not isempty(during)), exclude using gist (room_id with =, during with &&));
  create table closures (id serial primary key, first int not null, last int not null, check (first < last),
    span int4range generated always as (int4range(first, last)) stored, exclude using gist (span with &&));`;

test('ranges that may not overlap follow each other, and go on after those that stand', async () => {
  const database = await freshDatabase(hotel);
  await ask(database, `insert into rooms values (1, 'a')`);
  await ask(
    database,
    `insert into bookings (room_id, starts_at, ends_at) values (1, '2024-03-01', '2024-06-01')`,
  );
  await generateInto(database, 'rooms=3');
  await generateInto(database, 'bookings=1500,stays=800,closures=700');
  await generateInto(database, 'bookings=500,stays=200,closures=300', { seed: '8' });
  const [found] = await ask(
    database,
    `select (select count(*)::int from bookings) as bookings, (select count(*)::int from stays) as stays,
      (select count(*)::int from closures) as closures, (select min(room_id) <> max(room_id) from bookings) as several`,
  );
  expect(found).toEqual({ bookings: 2001, stays: 1000, closures: 1000, several: true });
});

test('an EXCLUDE that rows only keep by luck is kept beside rows that stand', async () => {
  const database = await freshDatabase(`
    create extension if not exists btree_gist;
    create table shifts (id serial primary key, day date not null, hours int4range not null,
      check (upper(hours) <= 24 and lower(hours) >= 0), exclude using gist (day with =, hours with &&));`);
  await generateInto(database, 'shifts=20');
  await generateInto(database, 'shifts=20', { seed: '8' });
  expect(await ask(database, 'select count(*)::int as n from shifts')).toEqual([{ n: 40 }]);
});

test('a generated column that is unique has values of its own, from those that it is made from', async () => {
  const database = await freshDatabase(`
    create table tenants (id serial primary key);
    create table people (id serial primary key, tenant_id int not null references tenants, first_name text not null,
      handle text generated always as (lower(first_name)) stored, unique (tenant_id, handle));
    create table codes (id serial primary key, a int not null check (a between 1 and 20),
      b int not null check (b between 1 and 20), ab int generated always as (a * 100 + b) stored unique);`);
  await generateInto(database, 'tenants=2,people=2000,codes=200');
  await generateInto(database, 'people=500,codes=50', { seed: '8' });
  const [found] = await ask(
    database,
    `select (select count(*)::int from people) as people, (select count(*)::int from codes) as codes`,
  );
  expect(found).toEqual({ people: 2500, codes: 250 });
});

test('a CHECK of a generated column is kept', async () => {
  const database = await freshDatabase(`
    create table boxes (id serial primary key, width int not null check (width between 1 and 9),
      height int not null check (height between 1 and 9),
      area int generated always as (width * height) stored check (area between 20 and 40))`);
  await generateInto(database, 'boxes=100');
  expect(await ask(database, 'select count(*)::int as n from boxes')).toEqual([{ n: 100 }]);
});
