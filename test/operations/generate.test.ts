import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { schemaFile } from '../bulk/setup.ts';
import { freshDatabase } from '../setup/database.ts';
import { enrolled, generate, read } from './generating.ts';

const shop = `
  create table customers (id bigserial primary key, email text not null unique, city text, joined timestamptz not null default now());
  create table orders (id int generated always as identity primary key, customer_id bigint not null references customers,
    status text not null default 'open' check (status in ('open', 'paid', 'sent')), total numeric(10,2) not null check (total >= 0));
  create table rooms (id serial primary key, room int not null, span int4range not null, exclude using gist (span with &&));`;

test('writes to no database without the stamp', async () => {
  const database = await freshDatabase(shop);
  const before = await database.checksums();
  await expect(generate(database, 'orders=3')).rejects.toMatchObject({
    code: 'guard.notEnrolled',
    ending: 'refused',
  });
  expect(await database.checksums()).toEqual(before);
});

test('says which tables an unknown name may mean', async () => {
  const database = await enrolled(shop);
  await expect(generate(database, 'order=3')).rejects.toMatchObject({
    code: 'generate.unknownTable',
    hint: expect.stringContaining('orders'),
  });
  await expect(generate(database, 'orders')).rejects.toMatchObject({ code: 'generate.badRows' });
});

test('makes the parents nobody named, and the next plain insert works', async () => {
  const database = await enrolled(shop);
  const { tables } = await generate(database, 'orders=50');
  expect(tables.map(({ table, rows }) => [table, rows])).toEqual([
    ['public.customers', 10],
    ['public.orders', 50],
  ]);
  await read(database, "insert into customers (email) values ('next@app.test')");
  await read(database, 'insert into orders (customer_id, total) values (1, 5)');
});

test('raising a count keeps the rows before, adding a column leaves the others alone', async () => {
  const [few, many, wider] = [await enrolled(shop), await enrolled(shop), await enrolled(shop)];
  await read(wider, 'alter table customers add column note text');
  await generate(few, 'customers=20');
  await generate(many, 'customers=500');
  await generate(wider, 'customers=20');
  const first = 'select id, email, city, joined::text from customers order by id limit 20';
  const rows = await read(few, first);
  expect(await read(many, first)).toEqual(rows);
  expect(await read(wider, first)).toEqual(rows);
});

test.each([{}, { resumable: true }, { to: 'files' }])(
  'as many rows as fit, told why (%o)',
  async (how) => {
    const database = await enrolled(
      `create table flags (id int primary key check (id in (1, 2, 3)));
     create table settings (flag int primary key references flags, body text not null);
     create table alarms (id serial primary key, flag int not null references flags);`,
    );
    const folder = await mkdtemp(join(tmpdir(), 'rows-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const to = 'to' in how ? { to: join(folder, 'rows') } : {};
    const rows = 'flags=50,settings=50,alarms=50';
    const before = await database.checksums();
    await expect(generate(database, rows, { ...how, ...to })).rejects.toMatchObject({
      code: 'generate.unsatisfied',
      hint: expect.stringContaining('--fewer'),
    });
    expect(await database.checksums()).toEqual(before);
    const { tables, short } = await generate(database, rows, { ...how, ...to, fewer: true });
    const made = Object.fromEntries(tables.map(({ table, rows }) => [table, rows]));
    expect(made).toEqual({ 'public.flags': 3, 'public.settings': 3, 'public.alarms': 50 });
    expect(short).toEqual([
      {
        table: 'public.flags',
        rows: 3,
        why: expect.stringMatching(/keep flags_id_check.* \(47 left\)\.$/),
      },
      { table: 'public.settings', rows: 3, why: expect.stringContaining('has room for 3 rows') },
    ]);
    if (to.to) expect(await database.checksums()).toEqual(before);
    else
      expect(await read(database, 'select count(*)::int as n from settings')).toEqual([{ n: 3 }]);
  },
);

test('another seed gives other rows', async () => {
  const [seven, eight] = [await enrolled(shop), await enrolled(shop)];
  await generate(seven, 'customers=20', { seed: '7' });
  await generate(eight, 'customers=20', { seed: '8' });
  expect(await seven.checksums()).not.toEqual(await eight.checksums());
});

test('adds to what is there, again and again', async () => {
  const file = schemaFile('53_append_into_nonempty_and_cleanup.sql');
  const database = await enrolled(file.whole);
  await expect(generate(database, file.rows)).rejects.toMatchObject({
    code: 'generate.notEmpty',
    hint: expect.stringContaining('--append'),
  });
  await generate(database, file.rows, { append: true });
  await generate(database, file.rows, { append: true });
  expect(await read(database, 'select count(*)::int as n from usr')).toEqual([{ n: 43 }]);
  const counters = file.asserts.find(({ name }) => name === 'counters');
  expect(await read(database, counters?.sql ?? '')).toEqual([]);
  await read(database, "insert into usr (email) values ('next@app.test')");
});

test('names the constraint that no rows keep, and writes nothing', async () => {
  const database = await enrolled(
    `create table odd (id serial primary key, n int not null, constraint never check (n > 5 and n < 5));
     create table pairs (a int primary key); create table one (a int primary key references pairs);`,
  );
  await expect(generate(database, 'odd=3')).rejects.toMatchObject({
    code: 'generate.unsatisfied',
    message: expect.stringContaining('never'),
  });
  await expect(generate(database, 'pairs=2,one=3')).rejects.toMatchObject({
    code: 'generate.noRoom',
  });
  expect(await read(database, 'select from pairs')).toEqual([]);
});

test('ranges that may not overlap do not', async () => {
  const database = await enrolled(shop);
  await generate(database, 'rooms=12');
  expect(await read(database, 'select count(*)::int as n from rooms')).toEqual([{ n: 12 }]);
});

test('keys to one row each are kept, two of them in one table and within it', async () => {
  const database = await enrolled(
    `create table claims (id serial primary key); create table settings (id serial primary key);
     create table firms (id serial primary key, claim int not null unique references claims,
       settings int not null unique references settings, successor int unique references firms);`,
  );
  await generate(database, 'claims=300,settings=300,firms=300');
  const [found] = await read(
    database,
    'select count(*)::int as n, count(successor)::int as linked from firms',
  );
  expect(found).toEqual({ n: 300, linked: 150 });
  const more = { seed: '8', append: true };
  await generate(database, 'claims=5,settings=5', more);
  await generate(database, 'firms=5', more);
  await expect(generate(database, 'firms=1', more)).rejects.toMatchObject({
    code: 'generate.noRoom',
  });
});

test('a role that may only draw from sequences generates; one that may not is told what it lacks', async () => {
  const database = await enrolled(shop);
  const role = `maker_${randomBytes(4).toString('hex')}`;
  await read(
    database,
    `create role ${role} login; grant usage on schema statewright to ${role};
     grant select on statewright.stamp to ${role}; grant select, insert on customers to ${role}`,
  );
  onTestFinished(async () => {
    await read(database, `drop owned by ${role}; drop role ${role}`);
  });
  const url = new URL(database.url);
  url.username = role;
  const asRole = { url: url.toString() };
  await expect(generate(asRole, 'customers=20')).rejects.toMatchObject({
    code: 'generate.notAllowed',
    ending: 'refused',
    message: expect.stringContaining('customers_id_seq. Nothing was written.'),
  });
  await read(database, `grant usage on sequence customers_id_seq to ${role}`);
  await generate(asRole, 'customers=20');
  await generate(asRole, 'customers=5', { append: true });
  const [next] = await read(
    database,
    "insert into customers (email) values ('next@app.test') returning id::int as id",
  );
  expect(next).toEqual({ id: 26 });
  await expect(generate(asRole, 'orders=2', { append: true })).rejects.toMatchObject({
    code: 'generate.notAllowed',
    message: expect.stringContaining('orders'),
  });
});
