import { expect, test } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import { freshDatabase } from '../setup/database.ts';
import { generateInto } from './setup.ts';

async function count(database: Database, text: string): Promise<number> {
  const [row] = await database.session((sql) => sql.query(`select count(*)::int as n ${text}`));
  return Number(row?.['n']);
}

test('two rows that each name the other find each other, a domain forbidding NULL', async () => {
  const database = await freshDatabase(`
    create domain public_id as text not null check (length(value) > 5);
    create table methods (id public_id primary key, conf_id public_id);
    create table confs (id public_id primary key, method_id public_id, unique (method_id, id));
    alter table methods add foreign key (id, conf_id) references confs (method_id, id) deferrable initially deferred;
    alter table confs add foreign key (method_id) references methods (id) deferrable initially deferred;`);
  await generateInto(database, 'methods=20,confs=30');
  expect(await count(database, 'from methods join confs on confs.id = conf_id')).toBe(20);
});

test('a book has a cover among its own pages, within its tenant and checked at once', async () => {
  const database = await freshDatabase(`
    create table tenants (id serial primary key);
    create table books (tenant int not null references tenants, id uuid not null, cover uuid not null,
      primary key (tenant, id));
    create table pages (tenant int not null references tenants, id uuid not null, book uuid not null,
      primary key (tenant, id), unique (tenant, book, id), foreign key (tenant, book) references books);
    alter table books add foreign key (tenant, id, cover) references pages (tenant, book, id);`);
  await generateInto(database, 'tenants=4,books=20,pages=90');
  expect(await count(database, 'from pages')).toBe(90);
});

test('halves of one thing need each other, nullable on one side or not at all', async () => {
  const database = await freshDatabase(`
    create table heads (id int primary key);
    create table tails (id int primary key references heads);
    alter table heads add foreign key (id) references tails;
    create table locks (id int primary key);
    create table doors (id serial primary key, lock int unique references locks);
    alter table locks add foreign key (id) references doors (lock);`);
  await generateInto(database, 'heads=15,tails=15,locks=15,doors=15');
  expect(await count(database, 'from heads join tails using (id)')).toBe(15);
  expect(await count(database, 'from locks join doors on lock = locks.id')).toBe(15);
});

test('fewer counterparts than rows that need one are named before anything is written', async () => {
  const database = await freshDatabase(`
    create table books (id int primary key, cover int not null);
    create table pages (id int primary key, book int not null references books, unique (book, id));
    alter table books add foreign key (id, cover) references pages (book, id);`);
  await expect(generateInto(database, 'books=20,pages=5')).rejects.toMatchObject({
    code: 'generate.noRoom',
    facts: { table: 'public.books', left: 15 },
  });
  expect(await count(database, 'from pages')).toBe(0);
});

test('a trigger that makes the base row of a subtype has its own to make', async () => {
  const database = await freshDatabase(`
    create domain public_id as text check (length(trim(value)) > 10);
    create table tenants (id serial primary key);
    create table admitted (id int primary key references tenants);
    create table accounts (tenant int not null references tenants, id public_id primary key, unique (tenant, id));
    create table people (tenant int not null references admitted, id public_id primary key,
      foreign key (tenant, id) references accounts (tenant, id) on delete cascade);
    create table bots (id public_id primary key references accounts);
    create table owners (id public_id primary key references bots);
    create function of_owner() returns trigger language plpgsql as $$ begin
      insert into bots values (new.id); return new; end $$;
    create trigger base before insert on owners for each row execute function of_owner();
    create table posts (id serial primary key, person public_id not null references people);
    create function of_person() returns trigger language plpgsql as $$ begin
      insert into accounts values (new.tenant, new.id); return new; end $$;
    create function of_bot() returns trigger language plpgsql as $$ begin
      insert into accounts select min(id), new.id from tenants; return new; end $$;
    create trigger base before insert on people for each row execute function of_person();
    create trigger base before insert on bots for each row execute function of_bot();`);
  await generateInto(
    database,
    'tenants=9,admitted=4,accounts=10,people=30,bots=20,owners=7,posts=40',
  );
  expect(await count(database, 'from accounts')).toBe(67);
  expect(await count(database, 'from people join accounts using (tenant, id)')).toBe(30);
});

test('a subtype whose base row comes with it says of it what that row says', async () => {
  const database = await freshDatabase(`
    create table projects (id uuid primary key);
    create table targets (id text primary key, project uuid not null references projects);
    create table servers (id text primary key references targets, project uuid not null, name text not null);
    create function of_server() returns trigger language plpgsql as $$ begin
      insert into targets values (new.id, new.project); return new; end $$;
    create trigger base before insert on servers for each row execute function of_server();`);
  await generateInto(database, 'projects=3,targets=10,servers=20');
  expect(await count(database, 'from targets')).toBe(30);
  expect(await count(database, 'from servers join targets using (id, project)')).toBe(20);
});

test('a column that may be NULL has a value where a key that may not be refers to it', async () => {
  const database = await freshDatabase(`
    create table apps (id serial primary key);
    create table blocks (id serial primary key, app int references apps, kind text, slug text check (length(slug) > 2),
      unique (id, app, kind, slug));
    create table settings (id serial primary key, block int not null, app int not null, kind text not null, slug text not null,
      foreign key (block, app, kind, slug) references blocks (id, app, kind, slug));`);
  await generateInto(database, 'apps=5,blocks=60,settings=300');
  expect(await count(database, 'from settings join blocks on blocks.id = block')).toBe(300);
});
