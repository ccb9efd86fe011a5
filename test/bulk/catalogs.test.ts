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

test('a column may have the name of anything in the statements that try CHECKs', async () => {
  const database = await freshDatabase(
    'create table marks (p int not null check (p > 3), r int not null check (r > p), tried int unique check (tried > 4))',
  );
  await generateInto(database, 'marks=30');
  await generateInto(database, 'marks=10');
  expect(await ask(database, 'select count(*)::int as n from marks')).toEqual([{ n: 40 }]);
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

test('what a key of a partition alone points at is there', async () => {
  const database = await freshDatabase(`
    create table customers (id uuid primary key);
    create table payments (amount int, customer uuid not null, at date not null) partition by range (at);
    create table payments_may (at date not null, customer uuid not null references customers, amount int);
    alter table payments attach partition payments_may for values from ('2031-05-01') to ('2031-06-01');`);
  await generateInto(database, 'customers=3,payments=30');
  const [found] = await ask(database, 'select count(distinct customer)::int as n from payments');
  expect(found).toEqual({ n: 3 });
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

test('a date that partitions bound leaves it to the others to make a row unique', async () => {
  const database = await freshDatabase(`
    create table runs (task int not null, at timestamptz not null, primary key (task, at)) partition by range (at);
    create table runs_may partition of runs for values from ('2031-05-04') to ('2031-05-05');`);
  await generateInto(database, 'runs=3000');
  expect(await ask(database, 'select count(*)::int as n from runs')).toEqual([{ n: 3000 }]);
});

test('rows fall where partitions of partitions are, by every column that parts them', async () => {
  const database = await freshDatabase(`
    create table runs (spare int, at date not null, state text not null) partition by range (at);
    alter table runs drop column spare;
    create table runs_may partition of runs for values from ('2031-05-04') to ('2031-05-06')
      partition by list (state);
    create table runs_may_done partition of runs_may for values in ('done');
    create table runs_may_open partition of runs_may for values in ('open', 'late');`);
  await generateInto(database, 'runs=30');
  expect(await ask(database, 'select count(*)::int as n from runs_may')).toEqual([{ n: 30 }]);
});

test('a sequence whose column foreign keys number stands past the highest of them', async () => {
  const database = await freshDatabase(`
    create table steps (id serial primary key);
    create table logs (id serial primary key references steps);`);
  await generateInto(database, 'steps=40,logs=40');
  const [next] = await ask(database, "select nextval('logs_id_seq')::int as n");
  expect(next).toEqual({ n: 41 });
});

test('a column that a partial unique key asks about leaves its default where that is taken', async () => {
  const database = await freshDatabase(`
    create table sheets (id serial primary key);
    create table jobs (id serial primary key, sheet int not null references sheets,
      state text not null default 'running');
    create unique index one_running on jobs (sheet) where state = 'running';`);
  await generateInto(database, 'sheets=5,jobs=60');
  const [found] = await ask(
    database,
    "select count(*)::int as n, count(*) filter (where state = 'running')::int as running from jobs",
  );
  expect(found).toEqual({ n: 60, running: 5 });
});

test('a unique column that a longer key brings along takes every one there is', async () => {
  const database = await freshDatabase(`
    create table accounts (id serial primary key);
    create table hours (id serial primary key, account int not null references accounts, unique (id, account));
    create table links (id serial primary key, hours int not null, account int not null unique references accounts,
      foreign key (hours, account) references hours (id, account));`);
  await generateInto(database, 'accounts=200,hours=200,links=200');
  expect(await ask(database, 'select count(*)::int as n from links')).toEqual([{ n: 200 }]);
});

test('a key of which a CHECK lists values takes none that rows have already', async () => {
  const database = await freshDatabase(`
    create table scopes (id text primary key check (id = 'global' or length(id) > 10));
    insert into scopes values ('global');`);
  await generateInto(database, 'scopes=30');
  await generateInto(database, 'scopes=30');
  expect(await ask(database, 'select count(*)::int as n from scopes')).toEqual([{ n: 61 }]);
});

test('a key of which a CHECK lists numbers takes every one of them', async () => {
  const database = await freshDatabase(`
    create table settings (id int primary key check (id = 0), tone text);
    create table floors (number int primary key check (number in (-1, 4, 12)));`);
  await generateInto(database, 'settings=1,floors=3');
  expect(await ask(database, 'select number from floors order by 1')).toEqual(
    [-1, 4, 12].map((number) => ({ number })),
  );
});
