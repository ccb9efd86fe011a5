import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import { openSession } from '../../src/db/pg.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { type ControlLedger, openLedger } from '../../src/run/ledger.ts';
import { undoRows } from '../../src/run/undo.ts';
import { freshDatabase } from '../setup/database.ts';
import { planOf } from '../state/plans.ts';
import { compiled, driver, enrolled, readCatalog, takeDown, up, upOptions } from './setup.ts';

let ledger: ControlLedger;
// One of its own: sweeps of the files beside this one would take up runs whose teardown was refused.
beforeAll(async () => {
  ledger = await openLedger(driver, (await freshDatabase('')).url);
});
afterAll(() => ledger.close());

const rows = (database: Database, text: string) => database.session((sql) => sql.query(text));

async function stood(schema: string, given: Plan['given']['rows']) {
  const database = await enrolled(await freshDatabase(schema));
  const before = await database.checksums();
  const run = await up(await compiled(planOf(given), database), upOptions(database, ledger));
  return { database, before, run };
}

const users = 'create table users (id serial primary key, name text); create schema crm;';
const aUser = { u: { table: 'users', set: { name: 'x' } } };
const keyless = 'create table k (a text, b int);';
const aK = { u: { table: 'k', set: { a: 'x', b: 1 } } };
const parts = `create table ev (id int primary key, x text) partition by range (id);
  create table ev1 partition of ev for values from (0) to (1000)`;

test.each([
  [
    'renamed',
    users,
    aUser,
    'alter table users rename to people',
    'alter table people rename to users',
  ],
  [
    'moved',
    users,
    aUser,
    'alter table users set schema crm',
    'alter table crm.users set schema public',
  ],
  [
    'with another key column',
    users,
    aUser,
    'alter table users rename id to uid',
    'alter table users rename uid to id',
  ],
  [
    'without its key',
    users,
    aUser,
    'alter table users drop constraint users_pkey',
    'alter table users add primary key (id)',
  ],
  [
    'with another column and no key',
    keyless,
    aK,
    `alter table k add column c text not null default 'new'`,
    'alter table k drop column c',
  ],
  [
    'with a column less and no key',
    keyless,
    aK,
    'alter table k rename b to c',
    'alter table k rename c to b',
  ],
  [
    'with its partition detached',
    parts,
    { u: { table: 'ev', set: { id: 5, x: 'x' } } },
    'alter table ev detach partition ev1',
    'alter table ev attach partition ev1 for values from (0) to (1000)',
  ],
])('rows of a table that is %s are not forgotten, and go once they can be found', async (...at) => {
  const [, schema, given, change, back] = at;
  const { database, before, run } = await stood(schema, given);
  await rows(database, change);
  await expect(takeDown(run.handle, ledger)).rejects.toMatchObject({
    code: 'run.notTakenDown',
    message: expect.stringMatching(/try again/),
  });
  expect(await rows(database, 'select from statewright.made')).toHaveLength(1);
  await rows(database, back);
  expect(await takeDown(run.handle, ledger)).toMatchObject({ already: false, removed: 1 });
  expect(await database.checksums()).toEqual(before);
});

test('rows that the database keeps are told, and go once it lets them', async () => {
  const { database, before, run } = await stood(users, aUser);
  await rows(
    database,
    `create function keep() returns trigger language plpgsql as 'begin return null; end';
     create trigger keep before delete on users for each row execute function keep()`,
  );
  await expect(takeDown(run.handle, ledger)).rejects.toThrow(/keeps 1 rows of "users"/);
  await rows(database, 'drop trigger keep on users');
  expect(await takeDown(run.handle, ledger)).toMatchObject({ removed: 1 });
  expect(await database.checksums()).toEqual(before);
});

const appendOnly = (table: string, how: string) => `
  create function stay() returns trigger language plpgsql as $$ begin ${how} end $$;
  create trigger stay before delete on ${table} for each row execute function stay();`;

test.each([
  [
    'the second of two rows is kept',
    `${users} ${appendOnly('users', `if old.name = 'y' then return null; end if; return old;`)}`,
    { ...aUser, v: { table: 'users', set: { name: 'y' } } },
  ],
  ['a row without a key is kept', `${keyless} ${appendOnly('k', 'return null;')}`, aK],
  ['a rule keeps it', `${users} create rule stay as on delete to users do instead nothing`, aUser],
  [
    'a deferred trigger speaks up at the end',
    `${users}
     create function no() returns trigger language plpgsql as $$ begin raise 'Users stay'; end $$;
     create constraint trigger no after delete on users deferrable initially deferred
       for each row execute function no()`,
    aUser,
  ],
  [
    'an append-only log refers to it',
    `${users}
     create table log (user_id int references users);
     ${appendOnly('log', `raise 'The log stays';`)}
     create function note() returns trigger language plpgsql as
       $$ begin insert into log values (new.id); return null; end $$;
     create trigger note after insert on users for each row execute function note()`,
    aUser,
  ],
  [
    'a deferred trigger changes it beyond recognition',
    `create table t (a text, b text);
     create function f() returns trigger language plpgsql as
       $$ begin update t set b = 'late' where a = new.a; return null; end $$;
     create constraint trigger c after insert on t deferrable initially deferred
       for each row execute function f()`,
    { o: { table: 't', set: { a: 'x' } } },
  ],
])('a state is refused before anything of it stays where %s', async (_, schema, given) => {
  const database = await enrolled(await freshDatabase(schema));
  const before = await database.checksums();
  const state = await compiled(planOf(given), database);
  await expect(up(state, upOptions(database, ledger))).rejects.toMatchObject({
    code: 'run.unremovable',
  });
  expect(await database.checksums()).toEqual(before);
  expect(await rows(database, 'select from statewright.made')).toEqual([]);
});

test('a state whose rows triggers see go, and let go, stands and goes', async () => {
  const log = `create table log (user_id int references users, note text);
    create function note() returns trigger language plpgsql as
      $$ begin insert into log values (new.id, 'made'); return null; end $$;
    create trigger note after insert on users for each row execute function note();`;
  const { database, before, run } = await stood(
    `${users} ${log} ${appendOnly('log', 'return old;')}`,
    aUser,
  );
  expect(await rows(database, 'select note from log')).toEqual([{ note: 'made' }]);
  expect(await takeDown(run.handle, ledger)).toMatchObject({ removed: 2, leftSince: [] });
  expect(await database.checksums()).toEqual(before);
});

test.each([['first'], ['last']])(
  'a standing row that two runs changed is what it was once both are gone, the one that came %s first',
  async (which) => {
    const database = await enrolled(
      await freshDatabase(`create table s (id int primary key, v text, doc json, other text);
        insert into s values (1, 'original', '{"a":  1.10}', 'kept')`),
    );
    const before = await database.checksums();
    const changing = async (v: string) => {
      const set = { v, doc: { json: { v } } };
      const state = await compiled(
        planOf({ u: { table: 's', match: { id: 1 }, update: set } }),
        database,
      );
      return await up(state, upOptions(database, ledger));
    };
    const runs = [await changing('a'), await changing('b'), await changing('b')];
    if (which === 'last') runs.reverse();
    const [one, ...more] = runs;
    await takeDown(one?.handle ?? '', ledger);
    if (which === 'first') expect(await rows(database, 'select v from s')).toEqual([{ v: 'b' }]);
    for (const { handle } of more) {
      expect(await takeDown(handle, ledger)).toMatchObject({ changedSince: [] });
    }
    expect(await database.checksums()).toEqual(before);
    expect(await rows(database, 'select doc::text from s')).toEqual([{ doc: '{"a":  1.10}' }]);
  },
);

test('a standing row that another run made refer to ours is kept, and refers to what it did', async () => {
  const database = await enrolled(
    await freshDatabase(`create table users (id serial primary key, name text unique);
      create table shops (id int primary key, owner int references users on delete cascade, v text);
      insert into shops values (1, null, 'standing')`),
  );
  const before = await database.checksums();
  const at = async (given: Plan['given']['rows']) =>
    await up(await compiled(planOf(given), database), upOptions(database, ledger));
  const one = await at({ u: { table: 'users', set: { name: 'ann' } } });
  const two = await at({
    u: { table: 'users', match: { id: one.refs['u']?.['id'] as number } },
    s: {
      table: 'shops',
      match: { id: 1 },
      update: { owner: { ref: 'u.id' }, v: 'planned' },
    },
  });
  expect(await takeDown(one.handle, ledger)).toMatchObject({ removed: 1, appRows: [] });
  expect(await rows(database, 'select * from shops')).toEqual([
    { id: 1, owner: null, v: 'planned' },
  ]);
  expect(await takeDown(two.handle, ledger)).toMatchObject({ restored: 1, changedSince: [] });
  expect(await database.checksums()).toEqual(before);
});

test('rows that another run made stay though the app pointed them at ours', async () => {
  const database = await enrolled(
    await freshDatabase(`create table teams (id serial primary key, name text);
      create table users (id serial primary key, team int not null references teams, name text);
      create table msgs (id serial primary key, a int not null references users, b int not null references users)`),
  );
  const before = await database.checksums();
  const given: Plan['given']['rows'] = {
    t: { table: 'teams', set: { name: 'x' } },
    u: { table: 'users', set: { name: 'x', team: { ref: 't.id' } } },
  };
  const state = await compiled(planOf(given), database);
  const one = await up(state, upOptions(database, ledger));
  const two = await up(state, upOptions(database, ledger));
  const [a, b] = [one, two].map(({ refs }) => refs['u']?.['id']);
  await rows(
    database,
    `update users set team = ${one.refs['t']?.['id']} where id = ${b};
     insert into msgs (a, b) values (${a}, ${b}), (${b}, ${b})`,
  );
  await expect(takeDown(one.handle, ledger)).rejects.toThrow(
    /"users" that were there before.*another's/,
  );
  expect(await rows(database, 'select count(*)::int as n from users')).toEqual([{ n: 2 }]);
  expect(await takeDown(two.handle, ledger)).toMatchObject({ removed: 4 });
  expect(await takeDown(one.handle, ledger)).toMatchObject({ removed: 2 });
  expect(await database.checksums()).toEqual(before);
});

const reseeded = `
  create table users (id serial primary key, name text, at timestamptz default now());
  create table orders (id serial primary key, user_id int references users, note text);`;

test.each([
  ['truncated', 'truncate users, orders restart identity'],
  [
    'emptied, its sequence started again',
    'delete from orders; delete from users; alter sequence users_id_seq restart',
  ],
])('rows of others at our keys are left where the table was %s', async (_, empty) => {
  const { database, run } = await stood(reseeded, aUser);
  await rows(database, empty);
  await rows(database, `insert into users (name) values ('seed')`);
  await rows(database, `insert into orders (user_id, note) values (1, 'theirs')`);
  expect(await takeDown(run.handle, ledger)).toMatchObject({
    removed: 0,
    changedSince: [{ table: 'users', key: { id: 1 } }],
  });
  expect(await rows(database, 'select id, name from users')).toEqual([{ id: 1, name: 'seed' }]);
  expect(await rows(database, 'select user_id from orders')).toEqual([{ user_id: 1 }]);
});

test.each([
  ['changed by the app', `update users set name = 'theirs'`],
  [
    'changed after an index was built anew',
    'reindex table users; update users set name = null where id = 1',
    1,
  ],
  ['in a table that was altered', `alter table users alter column name type varchar(9)`],
  ['in a table that was written anew', `alter table users alter column at type date using at`],
  ['changed after a grant', `grant select on users to public; update users set name = 'theirs'`],
  ['in a table that was vacuumed', `vacuum full users`],
])('rows of ours are still ours when %s', async (_, change, others = 0) => {
  const more = others > 0 ? `insert into users (id, name) values (1000, 'standing')` : '';
  const { database, run } = await stood(`${reseeded} ${more}`, aUser);
  for (const text of change.split(';')) await rows(database, text);
  await rows(database, `insert into orders (user_id, note) select 1, 'of the app'`);
  expect(await takeDown(run.handle, ledger)).toMatchObject({ removed: 2, changedSince: [] });
  expect(await rows(database, 'select from users')).toHaveLength(others);
});

test('what triggers write as rows go is told, a row that is what it was is not', async () => {
  const { database, run } = await stood(
    `${users} insert into users values (100, 'standing');
     create table log (note text);
     create function note() returns trigger language plpgsql as
       $$ begin insert into log values (old.name); return null; end $$;
     create trigger note after delete on users for each row execute function note()`,
    { ...aUser, s: { table: 'users', match: { id: 100 }, update: { name: 'changed' } } },
  );
  expect(await takeDown(run.handle, ledger)).toMatchObject({
    removed: 1,
    restored: 1,
    leftSince: [{ table: 'log', rows: 1 }],
  });
  expect(await rows(database, 'select * from log')).toEqual([{ note: 'x' }]);
});

test.each([
  ['key was changed', 'create table s (name text primary key, v int)', { name: 'zz' }],
  ['table has no key', 'create table s (name text, v int)', { v: 2 }],
])('a row whose %s is called restored once it is what it was', async (_, schema, update) => {
  const { database, before, run } = await stood(
    `${schema}; insert into s values ('s', 1), ('u', null)`,
    {
      u: { table: 's', match: { name: 's' }, update },
    },
  );
  // Like ours by now, and another's.
  if ('v' in update) await rows(database, `insert into s values ('s', 2)`);
  expect(await takeDown(run.handle, ledger)).toMatchObject({ restored: 1, changedSince: [] });
  if ('v' in update) await rows(database, `delete from s where v = 2`);
  expect(await database.checksums()).toEqual(before);
});

const touched = `
  create table s (id int primary key, name text, note text, changed timestamptz);
  insert into s values (1, 's', 'n', '2020-01-01');
  create function touch() returns trigger language plpgsql as
    $$ begin new.changed := clock_timestamp(); return new; end $$;
  create trigger touch before update on s for each row execute function touch()`;
const renamed = { s: { table: 's', match: { id: 1 }, update: { name: 't' } } };

test('the time that a trigger keeps is what it was, once its row is', async () => {
  const { database, run } = await stood(touched, renamed);
  const undone = await takeDown(run.handle, ledger);
  expect(undone).toMatchObject({ restored: 1, leftSince: [], changedSince: [] });
  const [row] = await rows(database, 'select name, changed::date::text as changed from s');
  expect(row).toEqual({ name: 's', changed: '2020-01-01' });
});

test('where a check is against the old time by now, it is told, and the row goes back all the same', async () => {
  const { database, run } = await stood(
    `${touched};
     alter table s add column no int generated always as identity, add column due date default '2019-01-01', add check (due <= changed)`,
    renamed,
  );
  await rows(database, `update s set due = '2021-01-01'`);
  const undone = await takeDown(run.handle, ledger);
  expect(undone).toMatchObject({ restored: 1, leftSince: [{ table: 's', rows: 1 }] });
  expect(await rows(database, 'select name from s')).toEqual([{ name: 's' }]);
});

test('a number the database alone gives does not keep a time from being set back', async () => {
  const { database, before, run } = await stood(
    `${touched}; alter table s add column no int generated always as identity`,
    renamed,
  );
  expect(await takeDown(run.handle, ledger)).toMatchObject({ restored: 1, leftSince: [] });
  expect(await database.checksums()).toEqual(before);
});

test('what the app changed beside is left, and the time of that with it', async () => {
  const { database, run } = await stood(touched, renamed);
  await rows(database, `update s set note = 'mine'`);
  const undone = await takeDown(run.handle, ledger);
  expect(undone).toMatchObject({ restored: 1, leftSince: [{ table: 's', rows: 1 }] });
  const [row] = await rows(
    database,
    `select name, note, changed > now() - interval '1 hour' as lately from s`,
  );
  expect(row).toEqual({ name: 's', note: 'mine', lately: true });
});

test('without a primary key a row is found by a unique without nulls, whatever the app changed of it', async () => {
  const { database, before, run } = await stood(
    `create table m (org int not null, who int not null, role text, unique (org, who))`,
    { m: { table: 'm', set: { org: 1, who: 2, role: 'guest' } } },
  );
  await rows(database, `update m set role = 'owner'`);
  expect(await takeDown(run.handle, ledger)).toMatchObject({ removed: 1, leftSince: [] });
  expect(await database.checksums()).toEqual(before);
});

test('a unique that may hold nulls, or is partial, tells no row', async () => {
  const { database, run } = await stood(
    `create table m (org int, who int not null, role text, unique (org, who));
     create unique index on m (who) where role = 'guest'`,
    { m: { table: 'm', set: { who: 2, role: 'guest' } } },
  );
  await rows(database, `insert into m values (null, 2, 'owner')`);
  expect(await takeDown(run.handle, ledger)).toMatchObject({ removed: 1 });
  expect(await rows(database, 'select who, role from m')).toEqual([{ who: 2, role: 'owner' }]);
});

test('rows that came in the place of ours, after their table without a primary key was emptied, stay', async () => {
  const { database, run } = await stood(
    `create table m (org int not null unique, role text); insert into m values (9, 'old')`,
    { m: { table: 'm', set: { org: 1, role: 'guest' } } },
  );
  await rows(database, `truncate m; insert into m values (1, 'seeded'), (9, 'old')`);
  expect(await takeDown(run.handle, ledger)).toMatchObject({
    removed: 0,
    changedSince: [{ table: 'm', key: { org: 1 } }],
  });
});

test('rows that a transaction left open refers to stay, and whose it is is told', async () => {
  const { database, run } = await stood(
    `${users} create table orders (id serial primary key, user_id int references users)`,
    aUser,
  );
  const { id = '' } = run;
  await using open = await openSession(database.url, { applicationName: 'shop' });
  await open.query('begin; insert into orders (user_id) select max(id) from users');
  await sleep(5_100);
  const undo = () => database.session((sql) => undoRows(sql, id, { readCatalog, patience: 0.2 }));
  await expect(undo()).rejects.toMatchObject({
    code: 'run.stillHeld',
    message: expect.stringMatching(/process \d+ \(shop\), idle in transaction for \d+ s/),
  });
  expect(await rows(database, 'select name from users')).toEqual([{ name: 'x' }]);
  await open.query('commit');
  expect(await undo()).toMatchObject({ removed: 2, appRows: [{ table: 'orders', rows: 1 }] });
});

test('a run stays held though sessions that wait are ended by default', async () => {
  const database = await freshDatabase(users);
  await rows(
    database,
    `do $$ begin
    execute format('alter database %I set idle_session_timeout = ''300ms''', current_database()); end $$`,
  );
  await using held = await openSession(database.url);
  await sleep(900);
  expect(await held.query('select 1 as n')).toEqual([{ n: 1 }]);
});

const tickets = (key: string, action = '') => `
  create table people (id serial primary key, name text);
  create table tickets (${key}, holder int references people ${action});
  insert into people (name) values ('standing');
  insert into tickets (holder) values (1), (1), (1)`;
const aHolder = { u: { table: 'people', set: { name: 'x' } } };

test.each([
  ['a number of a sequence', 'id serial primary key', 'id = 2', ''],
  [
    'a time of making',
    'id uuid primary key default gen_random_uuid(), created_at timestamptz default clock_timestamp()',
    'created_at = (select max(created_at) from tickets where holder = 1)',
    '',
  ],
  [
    'a time without a zone, in milliseconds',
    'id uuid primary key default gen_random_uuid(), "createdAt" timestamp(3) default clock_timestamp()',
    '"createdAt" = (select max("createdAt") from tickets where holder = 1)',
    '',
  ],
  [
    'a time that the app gave',
    'id uuid primary key default gen_random_uuid(), inserted timestamptz',
    "inserted = '2020-01-02'",
    'inserted',
  ],
  [
    'a uuid of version 7',
    'id uuid primary key',
    "id = '018cc251-f402-7000-8000-000000000002'",
    'id',
  ],
])(
  'a standing row that the app points at ours is left, told by %s',
  async (_, key, which, given) => {
    const firsts =
      given === 'id'
        ? [1, 2, 3].map((n) => `('018cc251-f402-7000-8000-00000000000${n}', 1)`)
        : [1, 2, 3].map((n) => `('2020-01-0${n}', 1)`);
    const standing = given ? `insert into tickets (${given}, holder) values ${firsts.join()}` : '';
    const { database, before, run } = await stood(
      given ? tickets(key).replace(/insert into tickets .*$/, standing) : tickets(key),
      aHolder,
    );
    const ours = `(select max(id) from people)`;
    const fresh =
      given === 'id' ? `gen_random_uuid(), ` : given ? `now() - interval '900 ms', ` : '';
    await rows(
      database,
      `insert into tickets (${given ? `${given}, ` : ''}holder) select ${fresh}${ours}`,
    );
    const [old] = await rows(database, `select id from tickets where ${which} and holder = 1`);
    const point = (to: string) =>
      rows(database, `update tickets set holder = ${to} where id = '${old?.['id']}'`);
    await point(ours);
    await expect(takeDown(run.handle, ledger)).rejects.toThrow(/"tickets" that were there before/);
    expect(await rows(database, 'select count(*)::int as n from tickets')).toEqual([{ n: 4 }]);
    await point('1');
    const undone = await takeDown(run.handle, ledger);
    expect(undone).toMatchObject({ removed: 2, appRows: [{ table: 'tickets', rows: 1 }] });
    expect(await database.checksums()).toEqual(before);
  },
);

test('where its foreign key lets go, such a row stays without what it referred to, and is told', async () => {
  const { database, run } = await stood(
    tickets('id serial primary key', 'on delete set null'),
    aHolder,
  );
  await rows(database, 'update tickets set holder = (select max(id) from people) where id = 2');
  expect(await takeDown(run.handle, ledger)).toMatchObject({
    removed: 1,
    changedSince: [{ table: 'tickets', key: { id: 2 } }],
  });
  expect(await rows(database, 'select id from tickets where holder is null')).toEqual([{ id: 2 }]);
});

test('rows the app makes are not older because the ledger is written to later', async () => {
  const { database, before, run } = await stood(
    `${tickets('id serial primary key')};
     create table notes (id uuid primary key default gen_random_uuid(), holder int references people,
       created_at timestamptz default now());
     insert into notes (holder) values (1);
     create table days (id uuid primary key default gen_random_uuid(), holder int references people,
       created_on date default now());
     insert into days (holder) values (1)`,
    aHolder,
  );
  await rows(
    database,
    `insert into tickets (holder) select max(id) from people;
     insert into notes (holder) select max(id) from people;
     insert into days (holder, created_on) select max(id), '2020-01-01' from people;
     insert into tickets (holder) select max(id) from people;
     update statewright.made set kind = kind`,
  );
  expect(await takeDown(run.handle, ledger)).toMatchObject({ removed: 5, changedSince: [] });
  expect(await database.checksums()).toEqual(before);
});

test('rows the app makes below numbers and times that were made up go', async () => {
  const { database, before, run } = await stood(
    `${tickets('id serial primary key')};
     insert into tickets values (9000, 1);
     create table notes (id uuid primary key default gen_random_uuid(), holder int references people,
       created_at timestamp default now());
     insert into notes (created_at) values ('2200-01-01')`,
    aHolder,
  );
  await rows(
    database,
    `insert into tickets (holder) select max(id) from people;
     insert into notes (holder) select max(id) from people`,
  );
  expect(await takeDown(run.handle, ledger)).toMatchObject({ removed: 3, changedSince: [] });
  expect(await database.checksums()).toEqual(before);
});

test('of rows without a key that are alike ours goes, though others are written otherwise', async () => {
  const { database, before, run } = await stood(
    `create table k (a numeric, j json); insert into k values (5.00, '{"a":  1}'), (5.0, '{"a": 1 }')`,
    { u: { table: 'k', set: { a: 5, j: { json: { a: 1 } } } } },
  );
  expect(await takeDown(run.handle, ledger)).toMatchObject({ removed: 1 });
  expect(await database.checksums()).toEqual(before);
});
