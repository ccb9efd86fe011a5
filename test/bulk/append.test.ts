import { expect, test } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import { freshDatabase } from '../setup/database.ts';
import { generateInto } from './setup.ts';

function ask(database: Database, text: string) {
  return database.session((sql) => sql.query(text));
}

const dealers = `
  create table models (name varchar(64) not null, year int not null, primary key (name, year))
    partition by list (year);
  create table models_2021 partition of models for values in (2021);
  create table models_before partition of models for values in (1981, 1997, 2001);
  create table sales (id int primary key, model varchar(64) not null, year int not null,
    foreign key (model, year) references models (name, year));`;

test('a partitioned table that has rows takes more, and is pointed at', async () => {
  const database = await freshDatabase(dealers);
  await generateInto(database, 'models=50');
  await generateInto(database, 'models=50');
  await generateInto(database, 'sales=20');
  const [found] = await ask(
    database,
    'select (select count(*)::int from models) as models, (select count(*)::int from sales) as sales',
  );
  expect(found).toEqual({ models: 100, sales: 20 });
});

const scopes = `
  create table scopes (id text primary key, parent text references scopes);
  insert into scopes values ('top');
  create function one_top() returns trigger language plpgsql as $$ begin
    if new.parent is null then raise exception 'There is one top'; end if;
    return new;
  end $$;
  create trigger one_top before insert on scopes for each row execute function one_top();`;

test('roots that a trigger refuses hang below the rows that stand', async () => {
  const database = await freshDatabase(scopes);
  await generateInto(database, 'scopes=40');
  const [found] = await ask(
    database,
    `select count(*)::int as n, count(*) filter (where parent = 'top') > 0 as below from scopes`,
  );
  expect(found).toEqual({ n: 41, below: true });
});

test('a table without columns takes rows on rows', async () => {
  const database = await freshDatabase('create table ticks ()');
  await generateInto(database, 'ticks=3');
  await generateInto(database, 'ticks=4');
  expect(await ask(database, 'select count(*)::int as n from ticks')).toEqual([{ n: 7 }]);
});

test('arrays of bits and characters keep the length of theirs beside rows that stand', async () => {
  const database = await freshDatabase(
    'create table flags (id int primary key, bits bit(5)[] not null, codes char(4)[] not null)',
  );
  await generateInto(database, 'flags=10');
  await generateInto(database, 'flags=10');
  expect(await ask(database, 'select count(*)::int as n from flags')).toEqual([{ n: 20 }]);
});

test('a CHECK that wants one field of a composite empty is kept', async () => {
  const database = await freshDatabase(`
    create type body as (lines text[], picture text);
    create domain post as body check (((value).lines is null) <> ((value).picture is null));
    create table posts (id int primary key, body post not null, thread post[])`);
  await generateInto(database, 'posts=30');
  const [found] = await ask(
    database,
    `select count(*)::int as n, bool_or((body).picture is null) and bool_or((body).lines is null) as both
     from posts`,
  );
  expect(found).toEqual({ n: 30, both: true });
});
