import { expect, test } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import { freshDatabase } from '../setup/database.ts';
import { generateInto } from './setup.ts';

/** Fills as far as there is room; how many rows tables got instead, and how many each has then. */
async function filledAsFits(database: Database, rows: string, tables: readonly string[]) {
  const short: (readonly [string, number, string])[] = [];
  await generateInto(database, rows, {
    fewer: ({ table, rows: left, error }) => short.push([table.name, left, error.code]),
  });
  const counts = tables.map((table) => `(select count(*)::int from ${table}) as ${table}`);
  const [found] = await database.session((sql) => sql.query(`select ${counts.join(', ')}`));
  return { short, found };
}

test('tables with less room than was asked for get as many rows as fit, in one pass', async () => {
  const database = await freshDatabase(`
    create table flags (id int primary key check (id in (1, 2, 3)));
    create table settings (flag int primary key references flags, body text not null);
    create table readings (site int not null, at date not null) partition by range (at);
    create table alarms (id serial primary key, flag int not null references flags);`);
  const { short, found } = await filledAsFits(
    database,
    'flags=50,settings=50,readings=50,alarms=50',
    ['flags', 'settings', 'readings', 'alarms'],
  );
  expect(found).toEqual({ flags: 3, settings: 3, readings: 0, alarms: 50 });
  expect(short).toEqual(
    expect.arrayContaining([
      ['flags', 3, 'generate.unsatisfied'],
      ['settings', 3, 'generate.noRoom'],
      ['readings', 0, 'generate.unsatisfied'],
    ]),
  );
  expect(short).toHaveLength(3);
});

test('what a trigger refuses costs no other table its rows, but for those that need one', async () => {
  const database = await freshDatabase(`
    create table rooms (id serial primary key);
    create table doors (id serial primary key, room int not null references rooms);
    create table locks (id serial primary key, door int not null references doors);
    create table metrics (room int not null, timeframe text not null);
    create function count_room() returns trigger language plpgsql as $$ begin
      insert into metrics (room) values (new.room); return new;
    end $$;
    create trigger count_room after insert on doors for each row execute function count_room();
    create table windows (id serial primary key, room int not null references rooms);`);
  const { short, found } = await filledAsFits(
    database,
    'rooms=5,doors=5,locks=5,windows=5,metrics=5',
    ['rooms', 'doors', 'locks', 'windows', 'metrics'],
  );
  expect(found).toEqual({ rooms: 5, doors: 0, locks: 0, windows: 5, metrics: 5 });
  expect(short).toEqual([
    ['doors', 0, 'generate.refused'],
    ['locks', 0, 'generate.noRoom'],
  ]);
});

test('tables of a cycle stand alone once one of them has no room', async () => {
  const database = await freshDatabase(`
    create table teams (id int primary key, chief int);
    create table members (id int primary key, team int not null references teams, check (id < 0 and id > 0));
    alter table teams add foreign key (chief) references members;`);
  const { short, found } = await filledAsFits(database, 'teams=20,members=20', [
    'teams',
    'members',
  ]);
  expect(found).toEqual({ teams: 20, members: 0 });
  expect(short).toEqual([['members', 0, 'generate.unsatisfied']]);
});
