import { expect, test } from 'vitest';
import { connect, openSession } from '../../src/db/pg.ts';
import { freshDatabase } from '../setup/database.ts';

const wards = `
  create table wards (id bigint generated always as identity primary key, name text not null unique,
    notes json, shout text generated always as (upper(name)) stored);
  create table beds (ward_id bigint not null references wards (id) on delete cascade, label text);
  create function forbid() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
  insert into wards (name, notes) values ('north', '{"a": 1}'), ('south', null);
  insert into beds values (1, 'N1'), (1, 'N2'), (2, 'S1');
  create trigger keep_wards before delete on wards for each row when (old.name = 'north')
    execute function forbid();`;

test('brings back changed, deleted and added rows, cascades included', async () => {
  const database = await freshDatabase(wards);
  await database.baseline();
  const before = await database.checksums();
  await database.session((sql) =>
    sql.query(`
      update wards set notes = '{"a": 2}' where name = 'north';
      delete from wards where name = 'south';
      insert into wards (name) values ('west');
      truncate beds`),
  );
  expect(await database.checksums()).not.toEqual(before);
  expect(await database.reset()).toEqual([]);
  expect(await database.checksums()).toEqual(before);
});

test('a second reset undoes what came after the first, and never moves a sequence back', async () => {
  const database = await freshDatabase(wards);
  await database.baseline();
  const ids: unknown[] = [];
  for (let round = 0; round < 3; round++) {
    const rows = await database.session((sql) =>
      sql.query("insert into wards (name) values ('west') returning id"),
    );
    ids.push(rows[0]?.['id']);
    expect(await database.reset()).toEqual([]);
  }
  expect(ids).toEqual(['3', '4', '5']);
});

test('large objects made since go, changed ones are as before, lost ones are back with their grants', async () => {
  const database = await freshDatabase(`${wards};
    select lo_from_bytea(70001, 'kept'), lo_from_bytea(70002, 'changed'), lo_from_bytea(70003, 'lost');
    grant select on large object 70003 to public`);
  await database.baseline();
  const before = await database.checksums();
  expect(before).toHaveProperty('large objects');
  const acls = () =>
    database.session((sql) =>
      sql.query('select oid, lomowner, lomacl from pg_largeobject_metadata order by oid'),
    );
  const owned = await acls();
  await database.session((sql) =>
    sql.query(`select lo_from_bytea(0, 'new'), lo_put(70002, 0, 'other and longer'),
      lo_unlink(70003)`),
  );
  expect(await database.capture('with objects')).toBe(false);
  expect(await database.checksums()).not.toEqual(before);
  expect(await database.reset()).toEqual([]);
  expect(await database.checksums()).toEqual(before);
  expect(await acls()).toEqual(owned);
});

test('sequences go back when asked, to where the baseline found them', async () => {
  const database = await freshDatabase(`${wards}; create sequence tickets start 7 increment 3`);
  await database.baseline();
  const draw = () =>
    database.session((sql) =>
      sql.query(
        "insert into wards (name) values ('west') returning id, nextval('tickets') as ticket",
      ),
    );
  expect(await draw()).toEqual([{ id: '3', ticket: '7' }]);
  expect(await database.reset({ sequences: true })).toEqual([]);
  expect(await draw()).toEqual([{ id: '3', ticket: '7' }]);
});

const oddities = `
  create table plain (note text);
  insert into plain values ('twice'), ('twice'), ('once');
  create table parent (id int primary key, label text);
  create table child (extra int) inherits (parent);
  insert into parent values (1, 'own'); insert into child values (2, 'inherited', 5);
  create table visits (id int, at date, primary key (id, at)) partition by range (at);
  create table visits_2020 partition of visits for values from ('2020-01-01') to ('2021-01-01');
  insert into visits values (1, '2020-02-02');
  create table kinds (id int primary key, f float8, i interval, t timestamptz, b bytea, j jsonb, x xml,
    n numeric, a text[], r int4range, m money, p point);
  insert into kinds values (1, 0.1, '1 mon 2 days', now(), '\\xff00', '{"k":[null]}', '<a/>', 1.50,
    '{"a b",NULL}', '[1,5)', '12.30', '(1.5,2)');
  create schema "Odd Schema";
  create table "Odd Schema"."a ""b""" (select_ int primary key, "x" text);
  insert into "Odd Schema"."a ""b""" values (1, null)`;

test('restores tables without keys, partitions, heirs, odd names and every kind of value', async () => {
  const database = await freshDatabase(oddities);
  await database.baseline();
  const before = await database.checksums();
  await database.session((sql) =>
    sql.query(`
      delete from plain where ctid = (select min(ctid) from plain where note = 'twice');
      insert into plain values ('new');
      update parent set label = 'changed'; insert into child values (3, 'new', 6);
      insert into visits_2020 values (2, '2020-03-03'); update visits set id = 9 where id = 1;
      delete from kinds;
      update "Odd Schema"."a ""b""" set x = ''`),
  );
  expect(await database.reset()).toEqual([]);
  expect(await database.checksums()).toEqual(before);
});

test('writes under replica role, by a function and by truncate are seen too', async () => {
  const database = await freshDatabase(wards);
  await database.baseline();
  const before = await database.checksums();
  await database.session((sql) =>
    sql.query(`
      set session_replication_role to replica;
      update wards set notes = null;
      set session_replication_role to origin;
      truncate beds`),
  );
  expect(await database.reset()).toEqual([]);
  expect(await database.checksums()).toEqual(before);
});

test('what a trigger that always fires puts back is told as residue', async () => {
  const database = await freshDatabase(`${wards};
    create function stubborn() returns trigger language plpgsql as
      $$ begin new.label := new.label || '!'; return new; end $$;
    create trigger stubborn before insert on beds for each row execute function stubborn();
    alter table beds enable always trigger stubborn`);
  await database.baseline();
  await database.session((sql) => sql.query('delete from beds'));
  expect(await database.reset()).toEqual([{ table: 'beds', rows: 6 }]);
});

test('a changed schema is said, not papered over; temporary tables are no change', async () => {
  const database = await freshDatabase(wards);
  await database.baseline();
  await database.session((sql) => sql.query('create temp table t (id int); drop table t'));
  expect(await database.reset()).toEqual([]);
  for (const ddl of ['create index on beds (label)', 'drop table beds', 'create schema later']) {
    await database.session((sql) => sql.query(ddl));
    await expect(database.reset()).rejects.toMatchObject({ code: 'db.shapeChanged' });
    await database.baseline();
  }
  expect(await database.reset()).toEqual([]);
});

test('it waits for a session at work, and names one that stays', async () => {
  const database = await freshDatabase(wards);
  await database.baseline();
  await using app = await openSession(database.url, { applicationName: 'app' });
  await app.query('begin; update wards set notes = null');
  setTimeout(() => app.query('commit'), 150);
  expect(await database.reset()).toEqual([]);
  const rows = await database.session((sql) => sql.query('select from wards where notes is null'));
  expect(rows).toHaveLength(1);
  await app.query('begin; select 1');
  await expect(database.reset()).rejects.toMatchObject({
    code: 'db.busy',
    message: expect.stringContaining('idle in transaction'),
  });
  await app.query('rollback');
});

test('without a baseline, or the right to switch triggers off, it says so', async () => {
  const database = await freshDatabase(wards);
  await expect(database.reset()).rejects.toMatchObject({ code: 'db.noBaseline' });
  await database.baseline();
  await database.session((sql) =>
    sql.query(`
      create role clerk login; grant usage on schema statewright to clerk;
      grant all on all tables in schema statewright, public to clerk`),
  );
  await database.baseline();
  try {
    const url = new URL(database.url);
    url.username = 'clerk';
    await using clerk = await connect(url.toString());
    await clerk.session((sql) => sql.query('delete from beds'));
    await expect(clerk.reset()).rejects.toMatchObject({ code: 'db.cannotReset' });
    expect(await database.reset()).toEqual([]);
  } finally {
    await database.session((sql) => sql.query('drop owned by clerk; drop role clerk'));
  }
});

test('the application’s transactions never wait for each other over the journal', async () => {
  const database = await freshDatabase(wards);
  await database.baseline();
  await using one = await openSession(database.url);
  await using two = await openSession(database.url, { statementTimeoutMs: 2000 });
  await one.query('begin isolation level serializable; insert into beds values (1, $$a$$)');
  await two.query('begin isolation level serializable; insert into beds values (2, $$b$$)');
  await two.query('commit');
  await one.query('commit');
  expect(await database.reset()).toEqual([]);
});

test('a capture brings added, changed and deleted rows about again, to the letter', async () => {
  const database = await freshDatabase(wards);
  await database.baseline();
  const before = await database.checksums();
  const write = () =>
    database.session((sql) =>
      sql.query(`
        insert into wards (name, notes) values ('west', '{"b":  1}');
        update wards set notes = '[]' where name = 'north';
        update beds set label = 'S9' where label = 'none';
        delete from wards where name = 'south' and not exists (select from beds where ward_id = 2)`),
    );
  await write();
  const written = await database.checksums();
  expect(await database.capture('admitted')).toBe(true);
  for (let round = 0; round < 3; round++) {
    expect(await database.reset()).toEqual([]);
    expect(await database.checksums()).toEqual(before);
    expect(await database.replay('admitted')).toBe(true);
    expect(await database.checksums()).toEqual(written);
  }
});

test('a replay is left out where something was written, or the name means nothing', async () => {
  const database = await freshDatabase(wards);
  await database.baseline();
  await database.session((sql) => sql.query("insert into wards (name) values ('west')"));
  expect(await database.capture('west')).toBe(true);
  expect(await database.replay('west')).toBe(false);
  await database.reset();
  expect(await database.replay('east')).toBe(false);
  await database.session((sql) => sql.query("insert into wards (name) values ('east')"));
  expect(await database.replay('west')).toBe(false);
  await database.reset();
  await database.baseline();
  expect(await database.replay('west')).toBe(false);
});

test('what another session is at, DDL and a row that has equals is not captured', async () => {
  const database = await freshDatabase(wards);
  await database.baseline();
  await using other = await openSession(database.url);
  await other.query('begin');
  await other.query("insert into wards (name) values ('west')");
  expect(await database.capture('busy')).toBe(false);
  await other.query('rollback');
  await database.session((sql) => sql.query("delete from beds where label = 'N1'"));
  expect(await database.capture('keyless')).toBe(false);
  await database.reset();
  expect(await database.replay('keyless')).toBe(false);
  await database.session((sql) => sql.query('alter table beds add column width int'));
  expect(await database.capture('altered')).toBe(false);
});

test('sequences go on after a replay, so that its ids are drawn once only', async () => {
  const database = await freshDatabase(wards);
  await database.baseline();
  const draw = async () => {
    const [row] = await database.session((sql) =>
      sql.query('insert into wards (name) values (gen_random_uuid()) returning id'),
    );
    return row?.['id'];
  };
  expect(await draw()).toBe('3');
  await database.capture('third');
  await database.reset();
  await database.replay('third');
  expect(await draw()).toBe('4');
});
