import { expect, test } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import { freshDatabase } from '../setup/database.ts';
import { generateInto } from './setup.ts';

function ask(database: Database, text: string) {
  return database.session((sql) => sql.query(text));
}

test('columns are told from the variables of the language that CHECKs are tried in', async () => {
  const database = await freshDatabase(
    'create table scans (found int not null check (found between 3 and 9), sqlstate text check (sqlstate is null or found > 3))',
  );
  await generateInto(database, 'scans=30');
  expect(await ask(database, 'select count(*)::int as n from scans')).toEqual([{ n: 30 }]);
});

test('an exclusive arc of keys to one row each takes every parent once', async () => {
  const database = await freshDatabase(`
    create table posts (id serial primary key);
    create table notes (id serial primary key);
    create table reports (id serial primary key, post int unique references posts, note int unique references notes,
      check (num_nonnulls(post, note) = 1));`);
  await generateInto(database, 'posts=40,notes=40,reports=50');
  expect(await ask(database, 'select count(*)::int as n from reports')).toEqual([{ n: 50 }]);
});

test('dates fall where the partitions are', async () => {
  const database = await freshDatabase(`
    create table events (at timestamptz not null, kind text) partition by range (at);
    create table events_may partition of events for values from ('2031-05-04') to ('2031-05-05');`);
  await generateInto(database, 'events=30');
  expect(await ask(database, 'select count(*)::int as n from events_may')).toEqual([{ n: 30 }]);
});

test('a table without partitions is named before anything is written', async () => {
  const database = await freshDatabase(`
    create table sites (id serial primary key);
    create table readings (site int not null references sites, at date not null) partition by range (at);`);
  await expect(generateInto(database, 'sites=3,readings=30')).rejects.toMatchObject({
    code: 'generate.unsatisfied',
    facts: { table: 'public.readings', constraints: ['partitions of readings'] },
  });
  expect(await ask(database, 'select count(*)::int as n from sites')).toEqual([{ n: 0 }]);
});

test('a row does without a key that takes what its own key gives', async () => {
  const database = await freshDatabase(`
    create table spaces (id text primary key, door text);
    create table doors (space text not null references spaces, id text primary key, unique (space, id));
    alter table spaces add foreign key (id, door) references doors (space, id);
    alter table spaces add foreign key (door) references doors (id);`);
  await generateInto(database, 'spaces=20,doors=20');
  expect(await ask(database, 'select count(*)::int as n from spaces')).toEqual([{ n: 20 }]);
});

test('a table whose parents can have no rows is named before anything is written', async () => {
  const database = await freshDatabase(`
    create table owners (id serial primary key);
    create table pets (id serial primary key, owner int not null references owners);`);
  await expect(generateInto(database, 'owners=0,pets=3')).rejects.toMatchObject({
    code: 'generate.noRoom',
    facts: { table: 'public.pets', left: 3 },
  });
});

test('a range over any type has bounds of that type', async () => {
  const database = await freshDatabase(`
    create type uuids as range (subtype = uuid);
    create type words as range (subtype = text);
    create table blocks (ids uuids not null, names words not null);`);
  await generateInto(database, 'blocks=30');
  const [found] = await ask(
    database,
    'select count(*)::int as n from blocks where not isempty(ids)',
  );
  expect(found).toEqual({ n: 30 });
});

test('a column with few values leaves it to the others to make a row unique', async () => {
  const database = await freshDatabase(`
    create table people (id serial primary key);
    create table calls (person int not null references people, friend int not null references people,
      state text not null check (state in ('open', 'shut')), unique (person, friend, state));`);
  await generateInto(database, 'people=20,calls=100');
  expect(await ask(database, 'select count(*)::int as n from calls')).toEqual([{ n: 100 }]);
});
