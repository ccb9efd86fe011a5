import { expect, test } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { bindUnique } from '../../src/state/state.ts';
import { enrolled, ledgerAt, takeDown, up, upOptions } from '../run/setup.ts';
import { databaseOf } from './on-database.ts';
import { planOf } from './plans.ts';

/** Compiles against that schema, sets up, and gives the state with what is in the database afterwards. */
async function made(
  schema: string,
  rows: Plan['given']['rows'],
  rest: Partial<Plan['given']> = {},
) {
  const { database, compile } = await databaseOf(schema);
  await enrolled(database);
  const before = await database.checksums();
  const { state, findings } = await compile(planOf(rows, rest));
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const run = await up(state, upOptions(database, null, { own: true }));
  const all = (text: string) => database.session((sql) => sql.query(text));
  return { database, before, state, run, all };
}

test('rows that need each other go in together, ids drawn ahead', async () => {
  const { state, run, all } = await made(
    `create table teams (id serial primary key, lead_id int not null);
     create table people (id int generated always as identity primary key, team_id int not null references teams (id));
     alter table teams add foreign key (lead_id) references people (id);`,
    { team: { table: 'teams', set: {} } },
  );
  expect(state.steps).toHaveLength(1);
  expect(state.steps[0]).toMatchObject({
    sql: expect.stringContaining('"statewright drawn" as (select nextval('),
  });
  const [team] = await all(
    'select t.id, t.lead_id, p.team_id from teams t join people p on p.id = t.lead_id',
  );
  expect(team).toMatchObject({ id: run.refs['team']?.['id'], team_id: run.refs['team']?.['id'] });
});

test('a planned cycle takes a known value without drawing', async () => {
  const { state, all } = await made(
    `create table a (id uuid primary key default gen_random_uuid(), b_id text not null);
     create table b (id text primary key, a_id uuid not null references a (id));
     alter table a add foreign key (b_id) references b (id);`,
    {
      a: { table: 'a', set: { b_id: { ref: 'b.id' } } },
      b: { table: 'b', set: { id: 'B', a_id: { ref: 'a.id' } } },
    },
  );
  expect(JSON.stringify(state.steps)).not.toContain('statewright drawn" as');
  expect(await all('select b.id from a join b on b.id = a.b_id and b.a_id = a.id')).toEqual([
    { id: 'B' },
  ]);
});

test('a row that must have a parent of its own table is its own parent', async () => {
  const { all } = await made(
    'create table nodes (id bigserial primary key, parent_id bigint not null references nodes (id));',
    {
      root: { table: 'nodes', set: {} },
      child: { table: 'nodes', set: { parent_id: { ref: 'root.id' } } },
    },
  );
  expect(
    await all(
      'select count(*) filter (where id = parent_id)::int as roots, count(*)::int as n from nodes',
    ),
  ).toEqual([{ roots: 1, n: 2 }]);
});

const tenants = `
  create table tenants (id serial primary key, name text not null);
  create table users (tenant_id int not null references tenants (id), id serial, email text not null,
    primary key (tenant_id, id), unique (tenant_id, email));
  create table orders (tenant_id int not null references tenants (id), number int not null, user_id int not null,
    primary key (tenant_id, number), foreign key (tenant_id, user_id) references users (tenant_id, id));`;

test('composite keys that share a tenant agree on it', async () => {
  const { run, all } = await made(tenants, {
    mine: { table: 'tenants', set: {} },
    other: { table: 'tenants', set: {} },
    stranger: { table: 'users', set: { tenant_id: { ref: 'other.id' } } },
    order: { table: 'orders', set: { tenant_id: { ref: 'mine.id' } } },
  });
  expect(run.refs['order']?.['tenant_id']).toBe(run.refs['mine']?.['id']);
  const [joined] = await all(
    'select u.tenant_id from orders o join users u using (tenant_id) where u.id = o.user_id',
  );
  expect(joined).toEqual({ tenant_id: run.refs['mine']?.['id'] });
});

test('a parent is used again, but not where that would break a UNIQUE', async () => {
  const { all } = await made(
    `create table users (id serial primary key);
     create table profiles (user_id int primary key references users (id));
     create table posts (id serial primary key, user_id int not null references users (id));
     create table likes (post_id int not null references posts (id), user_id int not null references users (id), unique (post_id, user_id));`,
    {
      user: { table: 'users', set: {} },
      profile: { table: 'profiles', set: {} },
      another: { table: 'profiles', set: {} },
      post: { table: 'posts', set: { user_id: { ref: 'user.id' } } },
      like: { table: 'likes', set: {} },
      again: { table: 'likes', set: {} },
    },
  );
  const count = 'select count(*)::int as n, count(distinct user_id)::int as users from ';
  expect(await all(`${count} profiles`)).toEqual([{ n: 2, users: 2 }]);
  expect(await all(`${count} likes`)).toEqual([{ n: 2, users: 2 }]);
  expect(await all('select count(distinct post_id)::int as posts from likes')).toEqual([
    { posts: 1 },
  ]);
});

test('many rows: each its own values, and its own parent where the key is unique', async () => {
  const { run, all } = await made(
    `create table users (id serial primary key, email text not null unique);
     create table profiles (user_id int not null unique references users (id), nick varchar(12) not null);`,
    {
      profile: { table: 'profiles', count: 5, set: {} },
      user: { table: 'users', count: 3, set: { email: { unique: 'u@example.test' } } },
    },
  );
  expect(
    await all('select count(*)::int as n, count(distinct email)::int as emails from users'),
  ).toEqual([{ n: 8, emails: 8 }]);
  expect(
    Object.keys(run.refs).filter((name) => name.startsWith('profile') && !name.includes('/')),
  ).toEqual(['profile', 'profile#2', 'profile#3', 'profile#4', 'profile#5']);
});

test('triggers have the last word on a row, and the run knows it', async () => {
  const { run, state, all } = await made(
    `create table orders (id serial primary key, total int not null default 0, code text not null);
     create table lines (id serial primary key, order_id int not null references orders (id), cents int not null);
     create function shout() returns trigger language plpgsql as $$ begin new.code = upper(new.code); return new; end $$;
     create function add_up() returns trigger language plpgsql as $$ begin
       update orders set total = total + new.cents where id = new.order_id; return null; end $$;
     create trigger shout before insert on orders for each row execute function shout();
     create trigger add_up after insert on lines for each row execute function add_up();`,
    {
      order: { table: 'orders', set: { code: 'ABC' } },
      line: { table: 'lines', count: 2, set: { order_id: { ref: 'order.id' }, cents: 250 } },
    },
  );
  expect(state.steps.filter(({ kind }) => kind === 'statement')).toHaveLength(2);
  expect(run.refs['order']).toMatchObject({ total: 500, code: 'ABC' });
  expect(await all('select total, code from orders')).toEqual([{ total: 500, code: 'ABC' }]);
});

test.each([
  [
    'a trigger that waits for the end of the transaction',
    `create function late() returns trigger language plpgsql as $$ begin
       update orders set note = 'late' where id = new.order_id; return null; end $$;
     create constraint trigger late after insert on lines deferrable initially deferred
       for each row execute function late();`,
  ],
  [
    'a rule',
    `create rule late as on insert to lines do also update orders set note = 'late' where id = new.order_id;`,
  ],
])('what %s makes of a row is known', async (_, acts) => {
  const { run, all } = await made(
    `create table orders (id serial primary key, note text);
     create table lines (id serial primary key, order_id int not null references orders (id));
     create table tags (id serial primary key, line_id int not null references lines (id)); ${acts}`,
    {
      order: { table: 'orders', set: {} },
      line: { table: 'lines', set: { order_id: { ref: 'order.id' } } },
      tag: { table: 'tags', set: { line_id: { ref: 'line.id' } } },
    },
  );
  expect(run.refs['order']).toMatchObject({ note: 'late' });
  expect(await all('select note from orders')).toEqual([{ note: 'late' }]);
});

test('a trigger that takes a planned value back stops the run', async () => {
  const schema = `create table posts (id serial primary key, state text not null);
    create function draft() returns trigger language plpgsql as $$ begin new.state = 'draft'; return new; end $$;
    create trigger draft before insert on posts for each row execute function draft();`;
  await expect(
    made(schema, { post: { table: 'posts', set: { state: 'live' } } }),
  ).rejects.toMatchObject({
    code: 'run.notAsPlanned',
    message: expect.stringContaining('post as planned'),
  });
});

test('names are names, whatever they hold', async () => {
  const { run, all } = await made(
    `create schema "o'dd";
     create table "o'dd"."t""able; drop table x" ("i""d" serial primary key, "select" text not null, "a.b" jsonb not null, "Ünïcode $1" text);
     create table x ("id" serial primary key, "t" int not null references "o'dd"."t""able; drop table x" ("i""d"));`,
    {
      'x"; drop table x; --': { table: 'x', set: {} },
      t: {
        table: 'o\'dd.t"able; drop table x',
        set: { 'Ünïcode $1': "'; drop table x; --", 'a.b': { json: { $1: "'" } } },
      },
      ['long '.repeat(20)]: { table: 'x', set: { t: { ref: 't.i"d' } } },
      [`${'long '.repeat(20)}2`]: { table: 'x', set: { t: { ref: 't.i"d' } } },
    },
  );
  expect(run.refs['t']).toMatchObject({ 'Ünïcode $1': "'; drop table x; --", 'a.b': { $1: "'" } });
  expect(await all('select count(*)::int as n from x')).toEqual([{ n: 3 }]);
});

test('columns of every common type get a value that the database takes', async () => {
  const { run } = await made(
    `create type mood as enum ('glad', 'sad');
     create domain percent as int check (value between 0 and 100);
     create table things (a smallint not null, b int not null, c bigint not null, d numeric(5,2) not null, e real not null,
       f double precision not null, g boolean not null, h text not null, i varchar(3) not null, j char(2) not null,
       k timestamptz not null, l timestamp not null, m date not null, n time not null, o interval not null,
       p uuid not null, q json not null, r jsonb not null, s bytea not null, t inet not null, u mood not null,
       v text[] not null, w int[] not null, x percent not null, y mood[] not null, z numeric not null,
       aa int generated always as (b + 1) stored, bb text not null default 'here', id bigint not null primary key);`,
    { thing: { table: 'things', count: 3, set: {} } },
  );
  expect(run.refs['thing']).toMatchObject({ g: false, u: 'glad', v: [], y: [], r: {}, bb: 'here' });
});

test('simple CHECKs are honoured', async () => {
  const { run } = await made(
    `create table offers (id serial primary key,
       discount int not null check (discount > 0 and discount <= 50),
       price numeric(10,2) not null check (price >= 999.5),
       code text not null check (code ~ '^[A-Z]{3}-[0-9]{4}$'),
       state text not null check (state in ('live', 'over')),
       kind text not null check (kind <> 'x' and char_length(kind) >= 30),
       short text not null check (length(short) <= 4),
       starts_at timestamptz not null, ends_at timestamptz not null, check (ends_at > starts_at),
       low int not null, high int not null, check (low < high),
       gone_at timestamptz not null, began_at timestamptz not null, constraint later check (gone_at >= began_at));`,
    { offer: { table: 'offers', count: 20, set: { high: 3 } } },
  );
  expect(run.refs['offer']).toMatchObject({ state: 'live', high: 3 });
});

test('UNIQUE columns get distinct values, however few there are', async () => {
  const { all } = await made(
    `create table seats (id int primary key, row_no smallint not null check (row_no between 1 and 12) unique,
       label char(2) not null unique, email text not null, token uuid not null unique);
     create unique index on seats (lower(email));`,
    { seat: { table: 'seats', count: 12, set: {} } },
  );
  expect(await all('select count(*)::int as n from seats')).toEqual([{ n: 12 }]);
});

test('instants from now are written in every form a column keeps them in', async () => {
  const { run } = await made(
    `create table t (a timestamptz, b timestamp, c date, d bigint, e int, f text, g timestamptz);`,
    {
      t: {
        table: 't',
        set: Object.fromEntries([...'abcdef'].map((name) => [name, { now: 'P1D' }])) as Record<
          string,
          { now: string }
        >,
      },
    },
  );
  const tomorrow = Date.now() + 86_400_000;
  const { a, b, c, d, e, f, g } = run.refs['t'] ?? {};
  for (const ms of [
    Date.parse(String(a)),
    Date.parse(`${b}Z`),
    Number(d),
    Number(e) * 1000,
    Date.parse(String(f)),
  ]) {
    expect(Math.abs(ms - tomorrow)).toBeLessThan(60_000);
  }
  expect(String(c)).toBe(new Date(Number(d)).toISOString().slice(0, 10));
  expect(String(a)).not.toMatch(/\.\d{4}/);
  expect(g).toBeNull();
});

test('more parameters than a statement can have go in several', async () => {
  const { state, all } = await made(
    'create table n (id int not null, a int not null, b int not null);',
    { n: { table: 'n', count: 22_000, set: { id: 1, a: 2, b: 3 } } },
  );
  expect(state.steps).toHaveLength(2);
  expect(await all('select count(*)::int as n from n')).toEqual([{ n: 22_000 }]);
});

test('numbers that JavaScript cannot hold stay exact', async () => {
  const { run, all } = await made(
    `create table big (id bigint primary key, n numeric not null); create table small (big_id bigint not null references big (id));`,
    {
      big: { table: 'big', set: { id: '9007199254740993', n: '12345678901234567890.123' } },
      small: { table: 'small', set: { big_id: { ref: 'big.id' } } },
    },
  );
  expect(run.refs['big']).toEqual({ id: '9007199254740993', n: '12345678901234567890.123' });
  expect(await all('select big_id::text from small')).toEqual([{ big_id: '9007199254740993' }]);
});

test('a unique value keeps its form and length under a namespace', () => {
  const unique = (text: string, form: 'text' | 'uuid' | 'integer', max: number | null = null) =>
    bindUnique({ kind: 'unique', text, form, max }, 'rabc');
  expect(unique('SAVE', 'text')).toBe('SAVE-rabc');
  expect(unique('ann@example.test', 'text')).toBe('ann.rabc@example.test');
  expect(unique('SAVE', 'text', 6)).toMatch(/^[0-9a-z]{6}$/);
  expect(unique('ann@example.test', 'text', 18)).toMatch(/^[0-9a-z]{5}@example\.test$/);
  expect(unique('x', 'uuid')).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(Number(unique('7', 'integer', 100))).toBeLessThan(100);
});

test.each([
  ['serial', 'id serial primary key', 7],
  ['bigserial', 'id bigserial primary key', 7],
  ['an identity', 'id int generated by default as identity primary key', 7],
  ['an identity that takes no value', 'id int generated always as identity primary key', 7],
  ['steps of ten', 'id int generated by default as identity (increment by 10) primary key', 15],
  ['counting down', 'id int generated by default as identity (increment by -1) primary key', -7],
  ['the sequence’s last', 'id smallint generated by default as identity primary key', 32_767],
  ['a number below', 'id int generated by default as identity (start 100) primary key', 7],
])('a row with a number of its own leaves the next one to the app: %s', async (_, column, id) => {
  const { all } = await made(`create table "My Things" (${column}, name text not null);`, {
    drawn: { table: 'My Things', set: { name: 'drawn' } },
    first: { table: 'My Things', set: { id: id > 0 ? 1 : -1, name: 'first' } },
    own: { table: 'My Things', set: { id, name: 'own' } },
  });
  for (const name of ['next', 'after'])
    await all(`insert into "My Things" (name) values ('${name}')`);
  expect(await all('select count(distinct id)::int as n from "My Things"')).toEqual([{ n: 5 }]);
});

test('a sequence of another name is moved too, and none goes back', async () => {
  const { all } = await made(
    `create sequence numbers; select setval('numbers', 50);
     create table a (id bigint primary key default nextval('numbers'));
     create table b (id bigint primary key default nextval('numbers'));`,
    { a: { table: 'a', set: { id: 60 } }, b: { table: 'b', set: { id: 7 } } },
  );
  expect(await all('insert into b default values returning id')).toEqual([{ id: '61' }]);
});

test.each([
  ['of numeric', "create table t (id numeric(20) primary key default nextval('s'), name text)"],
  ['with a cast', "create table t (id int primary key default nextval('s')::int, name text)"],
  [
    'of a domain that has it',
    "create domain d as bigint default nextval('s'); create table t (id d primary key, name text)",
  ],
  [
    'of parts',
    "create table t (id int default nextval('s'), name text, unique (id)) partition by range (id); create table rest partition of t default",
  ],
  [
    'inherited',
    "create table above (id int default nextval('s'), name text); create table t (unique (id)) inherits (above)",
  ],
  [
    'that is in another schema',
    `create schema "o""'."; alter sequence s set schema "o""'."; alter sequence "o""'.".s rename to "S.)::x";
     create table t (id int primary key default nextval('"o""''."."S.)::x"'), name text)`,
  ],
])('a number of its own moves the sequence of a column %s', async (_, schema) => {
  const { all } = await made(`create sequence s; ${schema};`, {
    own: { table: 't', set: { id: 2, name: 'own' } },
  });
  await all('insert into t (name) select null from generate_series(1, 3)');
  expect(await all('select count(distinct id)::int as n from t')).toEqual([{ n: 4 }]);
});

test('a number too great for its sequence, or with a fraction, leaves that where it is', async () => {
  const { all } = await made(
    `create sequence s; create table t (id numeric primary key default nextval('s'));`,
    {
      big: { table: 't', set: { id: '99999999999999999999' } },
      part: { table: 't', set: { id: '7.5' } },
    },
  );
  expect(await all('insert into t default values returning id')).toEqual([{ id: '1' }]);
});

test('a role that may draw needs no way into the sequence’s schema', async () => {
  const { database, compile } = await databaseOf(
    `create schema apart; create sequence apart.s; grant usage on sequence apart.s to public;
     create table t (id int primary key default nextval('apart.s'));`,
  );
  await enrolled(database);
  const { state } = await compile(planOf({ own: { table: 't', set: { id: 5 } } }));
  const role = `drawer_${process.pid}`;
  const stamp = { environment: 'test', database: database.name, expiresAt: null, foreign: [] };
  await database.session(async (sql) => {
    await sql.query(`create role ${role}; grant usage on schema statewright to ${role};
      grant all on t, statewright.made to ${role}`);
    try {
      await sql.query(`set role ${role}`);
      const session: typeof database.session = (work) => work(sql);
      await up(state, upOptions({ ...database, session }, null, { own: true, stamp }));
    } finally {
      await sql.query(`reset role; drop owned by ${role}; drop role ${role}`);
    }
  });
  const rows = await database.session((sql) => sql.query('select id from t'));
  expect(rows).toEqual([{ id: 5 }]);
});

test('rows of a table whose rule does more go in, are known, and go again', async () => {
  const { database, compile } = await databaseOf(
    `create table rooms (id serial primary key, name text not null);
     create table heard (room text not null);
     create rule hears as on insert to rooms do also insert into heard values (new.name);
     create table beds (id serial primary key, room_id int not null references rooms (id));`,
  );
  await enrolled(database);
  const { state } = await compile(
    planOf({
      rooms: { table: 'rooms', count: 2, set: { name: 'Blue' } },
      bed: { table: 'beds', set: { room_id: { ref: 'rooms.id' } } },
    }),
  );
  await using ledger = await ledgerAt();
  const run = await up(state, upOptions(database, ledger));
  const all = (text: string) => database.session((sql) => sql.query(text));
  expect(run.refs['bed']?.['room_id']).toBe(run.refs['rooms']?.['id']);
  expect(await all('select name from rooms')).toEqual([{ name: 'Blue' }, { name: 'Blue' }]);
  expect(await all('select room from heard')).toHaveLength(2);
  await takeDown(run.handle, ledger);
  expect(await all('select from rooms union all select from beds')).toEqual([]);
  expect(await all('select from statewright.made')).toEqual([]);
});

test('rows that a trigger would keep are not made where others use the database', async () => {
  const { database, compile } = await databaseOf(
    `create table notes (id serial primary key, body text);
     create function kept() returns trigger language plpgsql as $$ begin
       if old.body = 'quiet' then return null; end if;
       raise exception 'Notes stay';
     end $$;
     create trigger kept before delete on notes for each row execute function kept();`,
  );
  await enrolled(database);
  await using ledger = await ledgerAt();
  const before = await database.checksums();
  for (const body of ['loud', 'quiet']) {
    const { state } = await compile(planOf({ note: { table: 'notes', set: { body } } }));
    await expect(up(state, upOptions(database, ledger))).rejects.toMatchObject({
      code: 'run.unremovable',
      message: expect.stringContaining(body === 'loud' ? 'Notes stay' : 'a trigger keeps them'),
    });
    expect(await database.checksums()).toEqual(before);
  }
  const { state } = await compile(planOf({ note: { table: 'notes', set: { body: 'own' } } }));
  const run = await up(state, upOptions(database, null, { own: true }));
  expect(run.refs['note']).toMatchObject({ body: 'own' });
});

test('rows that triggers let go are made and go, those that others refer to as well', async () => {
  const { database, compile } = await databaseOf(
    `create table notes (id serial primary key, above int references notes, body text);
     create table gone (note int);
     create function noted() returns trigger language plpgsql as $$ begin
       delete from gone; return old;
     end $$;
     create trigger noted before delete on notes for each row execute function noted();`,
  );
  await enrolled(database);
  await using ledger = await ledgerAt();
  const before = await database.checksums();
  const { state } = await compile(
    planOf({
      top: { table: 'notes', set: { body: 'top' } },
      below: { table: 'notes', count: 2, set: { above: { ref: 'top.id' } } },
    }),
  );
  const run = await up(state, upOptions(database, ledger));
  expect(run.refs['below#2']?.['above']).toBe(run.refs['top']?.['id']);
  await takeDown(run.handle, ledger);
  expect(await database.checksums()).toEqual(before);
});
