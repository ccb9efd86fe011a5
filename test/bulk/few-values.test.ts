import { expect, test } from 'vitest';
import { StatewrightError } from '../../src/kernel/errors.ts';
import { freshDatabase } from '../setup/database.ts';
import { generateInto } from './setup.ts';

const schema = `
  create type day as enum ('mon', 'tue', 'wed');
  create domain half as int check (value in (1, 2));
  create table orgs (id serial primary key, name text not null);
  create table seats (org_id int not null references orgs, n int not null check (n between 1 and 3),
    kind text not null check (kind in ('a', 'b')), primary key (org_id, n, kind),
    check (n < 3 or kind = 'a'));
  create table shifts (day day not null, early boolean not null, half half not null, note text, unique (day, early, half));
  create table moods (mood day primary key);
  create table years (year int primary key check (year >= 2000 and year <= 2029), quarter smallint not null unique
    check (quarter > 10 and quarter <= 40));
  create table lots (no bigint primary key check (no > 100000), size int not null check (size > 0));
  create table meetings (on_day date primary key check (extract(dow from on_day) not in (0, 6)));
  create table nodes (id serial primary key, parent_id int references nodes, depth int not null,
    check ((parent_id is null) = (depth = 0)));
  create table nets (net cidr primary key, host inet not null, check (host <<= net));`;

test('keys of few values are had to the last, with parents or without, begun or not', async () => {
  const database = await freshDatabase(schema);
  // Of six of an org one is against a CHECK.
  await generateInto(database, 'orgs=10,seats=20,shifts=5,moods=1,years=10');
  await generateInto(database, 'seats=30,shifts=7,moods=2,years=20', { seed: '8' });
  const [found] = await database.session((sql) =>
    sql.query(`select (select count(*)::int from seats) as seats, (select count(*)::int from shifts) as shifts,
      (select count(*)::int from moods) as moods, (select array_agg(distinct quarter)::int[] from years) as quarters`),
  );
  const quarters = Array.from({ length: 30 }, (_, at) => at + 11);
  expect(found).toEqual({ seats: 50, shifts: 12, moods: 3, quarters });
});

test('more than there can be are refused, with how many there can', async () => {
  const database = await freshDatabase(schema);
  const asked = generateInto(database, 'orgs=2,seats=11');
  await expect(asked).rejects.toThrow('room for 10 rows');
  await expect(asked).rejects.toBeInstanceOf(StatewrightError);
});

test('a number or day of its own keeps what its CHECK asks', async () => {
  const database = await freshDatabase(schema);
  await generateInto(database, 'lots=2000,meetings=200,nodes=300,nets=20');
  await generateInto(database, 'lots=100,meetings=50,nodes=30,nets=5', { seed: '8' });
  const [found] = await database.session((sql) =>
    sql.query(`select (select count(*)::int from lots) as lots, (select count(*)::int from meetings) as meetings,
      (select count(*)::int from nodes) as nodes, (select count(*)::int from nets) as nets`),
  );
  expect(found).toEqual({ lots: 2100, meetings: 250, nodes: 330, nets: 25 });
});

test('a value that a partial unique lets stand once may be had by rows outside of it', async () => {
  const database = await freshDatabase(`
    create table u (id serial primary key, kind text not null check (kind in ('a', 'b')), active bool not null);
    create unique index on u (kind) where active;
    create table d (id serial primary key, kind text not null check (kind in ('a', 'b')), gone_at timestamptz);
    create unique index on d (kind) where gone_at is null`);
  await generateInto(database, 'u=40,d=40');
  const [found] = await database.session((sql) =>
    sql.query(`select (select count(*)::int from u) as u, (select count(*)::int from d) as d`),
  );
  expect(found).toEqual({ u: 40, d: 40 });
});
