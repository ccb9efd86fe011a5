import { expect, test } from 'vitest';
import { readCatalog } from '../../src/db/catalog.ts';
import { freshDatabase } from '../setup/database.ts';

/** Each changes what is read of the one before. */
const definitions = [
  'create table t (id int, a int, at date)',
  'alter table t add primary key (id)',
  'alter table t add column b text',
  'alter table t rename column b to c',
  "alter table t alter column c set default 'x'",
  "alter table t alter column c set default 'y'",
  'alter table t alter column c type varchar(9)',
  'alter table t alter column c set not null',
  'alter table t drop column c',
  'create unique index t_a on t (a)',
  'drop index t_a; create unique index t_a on t (a) where a > 0',
  'create table u (id int unique, t int references t)',
  'alter table u drop constraint u_t_fkey, add foreign key (t) references t on delete cascade',
  `create function odd(int) returns boolean immutable return $1 % 2 = 1;
   alter table t add constraint t_odd check (odd(a))`,
  'alter function odd(int) rename to uneven',
  "create type level as enum ('low'); alter table t add column level level",
  "alter type level add value 'high'",
  "alter type level rename value 'high' to 'top'",
  'alter type level rename to grade',
  'create domain few as int check (value < 3); alter table t add column few few',
  'alter domain few drop constraint few_check',
  `create function nothing() returns trigger language plpgsql as 'begin return old; end';
   create trigger keeps before delete on t for each row execute function nothing()`,
  'drop trigger keeps on t',
  'create rule stays as on delete to u do instead nothing',
  'create table parts (at date) partition by range (at); create table part (at date)',
  "alter table parts attach partition part for values from ('2020-01-01') to ('2021-01-01')",
  'create schema other; alter table u set schema other',
  'alter schema other rename to another',
  'create extension hstore; create table ext (id int)',
  'alter extension hstore add table ext',
  'alter table t enable row level security, force row level security; grant all on t to reader; set role reader',
  'reset role; alter role reader bypassrls; set role reader',
  'reset role; drop table t, another.u cascade',
];

test('what is defined anew is read anew, and nothing else', async () => {
  await using database = await freshDatabase();
  await database.session(async (sql) => {
    await sql.query(`create role reader_${process.pid}`);
    try {
      let last = await readCatalog(sql);
      for (const definition of definitions) {
        await sql.query(definition.replaceAll('reader', `reader_${process.pid}`));
        const now = await readCatalog(sql);
        expect(now.digest, definition).not.toBe(last.digest);
        expect(await readCatalog(sql), definition).toBe(now);
        last = now;
      }
    } finally {
      await sql.query(
        `reset role; drop owned by reader_${process.pid}; drop role reader_${process.pid}`,
      );
    }
  });
});

test('rows, statistics and our own triggers define nothing', async () => {
  await using database = await freshDatabase('create table t (id serial primary key)');
  await database.session(async (sql) => {
    await sql.query(
      `create function nothing() returns trigger language plpgsql as 'begin return new; end'`,
    );
    const before = await readCatalog(sql);
    await sql.query('insert into t select from generate_series(1, 1000)');
    await sql.query('vacuum analyze t');
    expect(await readCatalog(sql)).toBe(before);
    await sql.query('begin; alter table t add column a int');
    expect((await readCatalog(sql)).digest).not.toBe(before.digest);
    await sql.query('rollback');
    expect((await readCatalog(sql)).digest).toBe(before.digest);
  });
});

test('databases of one template keep catalogs of their own', async () => {
  await using one = await freshDatabase('create table t (id int primary key)');
  await using two = await freshDatabase('create table u (id int primary key)');
  const of = async (database: typeof one) =>
    (await database.session(readCatalog)).tables.map(({ id }) => id);
  expect([await of(one), await of(two), await of(one)]).toEqual([['t'], ['u'], ['t']]);
});
