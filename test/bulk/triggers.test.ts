import { expect, test } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import { freshDatabase } from '../setup/database.ts';
import { generateInto } from './setup.ts';

function ask(database: Database, text: string) {
  return database.session((sql) => sql.query(text));
}

async function filled(ddl: string, rows: string): Promise<Database> {
  const [once, again] = [await freshDatabase(ddl), await freshDatabase(ddl)];
  await generateInto(once, rows);
  await generateInto(again, rows);
  expect(await again.checksums()).toEqual(await once.checksums());
  return once;
}

const counted = `
  create table visits (id serial primary key, guest int not null);
  create table visits_by_guest (id serial primary key, guest int not null unique, total int not null);
  create function count_visit() returns trigger language plpgsql as $$ begin
    update visits_by_guest set total = total + 1 where guest = new.guest;
    if not found then insert into visits_by_guest (guest, total) values (new.guest, 1); end if;
    return null;
  end $$;
  create trigger counted after insert on visits for each row execute function count_visit();`;

test('rows that triggers make of a table are some of those asked for', async () => {
  const database = await filled(counted, 'visits=50,visits_by_guest=500');
  const [found] = await ask(
    database,
    `select (select count(*)::int from visits) as visits, (select count(*)::int from visits_by_guest) as counts`,
  );
  expect(found).toEqual({ visits: 50, counts: 500 });
  await ask(database, 'insert into visits_by_guest (guest, total) values (-1, 0)');
});

const threads = `
  create table boards (id serial primary key);
  create table posts (id uuid primary key default gen_random_uuid(), board int not null references boards,
    parent uuid references posts, body text);
  create function same_board() returns trigger language plpgsql as $$ begin
    if new.parent is not null and not exists (
      select from posts where id = new.parent and board = new.board) then
      raise exception 'A reply stays on its board';
    end if;
    return new;
  end $$;
  create trigger same_board before insert on posts for each row execute function same_board();`;

test('rows that a trigger refuses take after the rows they point at', async () => {
  const database = await filled(threads, 'boards=40,posts=200');
  const [found] = await ask(
    database,
    'select count(*)::int as posts, count(parent) > 100 as replies from posts',
  );
  expect(found).toEqual({ posts: 200, replies: true });
});

const begun = `
  create table teams (id text primary key, chief text);
  create table members (id text primary key, team text not null references teams);
  alter table teams add foreign key (chief) references members;
  create function begin_empty() returns trigger language plpgsql as $$ begin
    if new.chief is not null then raise exception 'A team begins without a chief'; end if;
    return new;
  end $$;
  create trigger begin_empty before insert on teams for each row execute function begin_empty();`;

test('tables that a trigger refuses to be written at once are written in turn, and linked then', async () => {
  const database = await filled(begun, 'teams=40,members=40');
  const [found] = await ask(
    database,
    `select count(*)::int as teams, count(chief) > 30 as led,
       (select count(*)::int from members) as members from teams`,
  );
  expect(found).toEqual({ teams: 40, led: true, members: 40 });
});

const listed = `
  create table directories (id serial primary key, name text not null);
  create table addresses (id serial primary key, directory int not null references directories);
  create function has_address() returns trigger language plpgsql as $$ begin
    if not exists (select from addresses where directory = new.id) then
      raise exception 'A directory has an address';
    end if;
    return null;
  end $$;
  create constraint trigger has_address after insert on directories deferrable initially deferred
    for each row execute function has_address();`;

test('each row of a table with triggers is pointed at before any is twice', async () => {
  const database = await filled(listed, 'directories=40,addresses=40');
  const [found] = await ask(database, 'select count(distinct directory)::int as n from addresses');
  expect(found).toEqual({ n: 40 });
});

const queued = `
  create type state as enum ('open', 'blocked');
  create table images (id serial primary key, state state not null);
  create function queue_blocked() returns trigger language plpgsql as $$ begin
    if new.state = 'blocked' then perform queue_for_removal(new.id); end if;
    return new;
  end $$;
  create trigger queue_blocked before insert on images for each row execute function queue_blocked();`;

test('rows for which a trigger calls what is not there are drawn anew, as the others stand', async () => {
  const database = await filled(queued, 'images=60');
  expect(await ask(database, 'select count(*)::int as n from images')).toEqual([{ n: 60 }]);
});

const closed = `
  create table doors (id serial primary key, name text not null);
  create function stay_shut() returns trigger language plpgsql as $$ begin
    raise exception 'The door stays shut';
  end $$;
  create table keys (id serial primary key, door int not null references doors);
  create trigger stay_shut before insert on keys for each row execute function stay_shut();`;

test('a trigger that refuses every form is named with the rows, and nothing is written', async () => {
  const database = await freshDatabase(closed);
  const sums = await database.checksums();
  await expect(generateInto(database, 'doors=5,keys=5')).rejects.toMatchObject({
    code: 'generate.refused',
    message: expect.stringMatching(
      /public\.keys refuses 5 of 5 rows .*stay_shut: The door stays shut\. Nothing was written/,
    ),
    facts: { table: 'public.keys', left: 5, rows: [1, 2, 3, 4, 5] },
  });
  expect(await database.checksums()).toEqual(sums);
});

test('what only the commit refuses is a finding too', async () => {
  const database = await freshDatabase(`
    create table lots (id serial primary key, open boolean not null default true);
    create function one_closed() returns trigger language plpgsql as $$ begin
      if not exists (select from lots where id < 0) then raise exception 'No lot is closed'; end if;
      return null;
    end $$;
    create constraint trigger one_closed after insert on lots deferrable initially deferred
      for each row execute function one_closed();`);
  await expect(generateInto(database, 'lots=3')).rejects.toMatchObject({
    code: 'generate.refused',
    message: expect.stringContaining('one_closed: No lot is closed. Nothing was written.'),
  });
});

const even = (refusal: string) => `
  create table seats (id serial primary key, n int not null${refusal ? ' check (n > 3)' : ''});
  create function drop_even() returns trigger language plpgsql as $$ begin
    ${refusal}
    return case when new.id % 2 = 0 then null else new end;
  end $$;
  create trigger drop_even before insert on seats for each row execute function drop_even();`;

test.each(['', `if length(new.n::text) > 2 then raise exception 'long'; end if;`])(
  'rows that a trigger drops are not counted as made (%s)',
  async (refusal) => {
    const database = await freshDatabase(even(refusal));
    const { loaded } = await generateInto(database, 'seats=20');
    expect(await ask(database, 'select count(*)::int as n from seats')).toEqual([{ n: 10 }]);
    expect(loaded).toMatchObject([{ table: 'public.seats', rows: 10, dropped: 10 }]);
  },
);
