import { expect, test } from 'vitest';
import { readCatalog } from '../../src/db/catalog.ts';
import type { Column, Table } from '../../src/db/db.ts';
import { freshDatabase } from '../setup/database.ts';

const hospital = `
  create schema billing;
  create type urgency as enum ('low', 'high');
  create domain amount as numeric(10, 2) default 0 check (value >= 0);
  create domain price as amount not null check (value < 1000);
  create table wards (
    id int generated always as identity primary key,
    "Name" varchar(40) not null default 'it''s new',
    level urgency not null default 'low',
    tags text[] not null default '{}',
    seen urgency[],
    open boolean default true,
    beds int default -1 check (beds > 0 or beds = -1),
    big bigint default 9007199254740993,
    ratio numeric default 1.5,
    nothing text default null,
    settings jsonb default '{"a": [1]}',
    since timestamptz(3) default now(),
    day date default '2020-01-31',
    shout text generated always as (upper("Name")) stored,
    fee price,
    check (length("Name") > 1)
  );
  create unique index wards_lower on wards (lower("Name")) where open;
  create unique index wards_mixed on wards (level, (beds + 1)) include (big);
  alter table wards add constraint wards_day unique nulls not distinct (day);
  create table billing.invoices (
    ward_id int, number int,
    paid_by int references wards (id) on delete set null deferrable,
    primary key (number, ward_id),
    constraint of_ward foreign key (ward_id) references wards (id) on delete cascade
  );
  create table billing.lines (number int, ward int,
    foreign key (ward, number) references billing.invoices (ward_id, number));
  create table visits (id serial, at date not null) partition by range (at);
  create table visits_2020 partition of visits for values from ('2020-01-01') to ('2021-01-01');
  create function touch() returns trigger language plpgsql as 'begin return new; end';
  create trigger touch before update on wards for each row execute function touch();
  create view open_wards as select * from wards where open;
  create schema statewright; create table statewright.own (id int);
  create temp table scratch (id int);`;

async function catalogOf(schema: string) {
  const database = await freshDatabase(schema);
  return database.session(readCatalog);
}

const table = (tables: readonly Table[], id: string) => tables.find((found) => found.id === id);
const column = (from: Table | undefined, name: string) =>
  from?.columns.find((found) => found.name === name) as Column;

test('reads the application’s tables only, in a fixed order', async () => {
  const { tables } = await catalogOf(hospital);
  expect(tables.map(({ id }) => id)).toEqual([
    'billing.invoices',
    'billing.lines',
    'visits',
    'wards',
  ]);
});

test('types, enums, arrays, lengths and domains', async () => {
  const wards = table((await catalogOf(hospital)).tables, 'wards');
  expect(column(wards, 'Name')).toMatchObject({ type: 'character varying(40)', maxLength: 40 });
  expect(column(wards, 'level')).toMatchObject({ type: 'urgency', values: ['low', 'high'] });
  expect(column(wards, 'tags')).toMatchObject({ type: 'text', array: true, values: null });
  expect(column(wards, 'seen')).toMatchObject({ array: true, values: ['low', 'high'] });
  expect(column(wards, 'since').type).toBe('timestamp(3) with time zone');
  expect(column(wards, 'fee')).toMatchObject({
    type: 'numeric(10,2)',
    nullable: false,
    default: { kind: 'literal', value: 0 },
  });
});

test('defaults are told apart', async () => {
  const wards = table((await catalogOf(hospital)).tables, 'wards');
  const defaults = Object.fromEntries((wards?.columns ?? []).map((c) => [c.name, c.default]));
  expect(defaults).toMatchObject({
    id: { kind: 'identity', always: true },
    Name: { kind: 'literal', value: "it's new" },
    level: { kind: 'literal', value: 'low' },
    tags: { kind: 'expression' },
    seen: { kind: 'none' },
    open: { kind: 'literal', value: true },
    beds: { kind: 'literal', value: -1 },
    big: { kind: 'literal', value: '9007199254740993' },
    ratio: { kind: 'literal', value: 1.5 },
    nothing: { kind: 'none' },
    settings: { kind: 'literal', value: { a: [1] } },
    since: { kind: 'expression', text: 'now()' },
    day: { kind: 'literal', value: '2020-01-31' },
    shout: { kind: 'generated' },
  });
});

test('keys, uniques, checks and triggers', async () => {
  const { tables } = await catalogOf(hospital);
  const wards = table(tables, 'wards');
  expect(table(tables, 'billing.invoices')?.primaryKey).toEqual(['number', 'ward_id']);
  expect(wards?.uniques).toEqual([
    { name: 'wards_day', columns: ['day'], expressions: [], where: null, nullsNotDistinct: true },
    {
      name: 'wards_lower',
      columns: [],
      expressions: ['lower("Name"::text)'],
      where: 'open',
      nullsNotDistinct: false,
    },
    {
      name: 'wards_mixed',
      columns: ['level'],
      expressions: ['(beds + 1)'],
      where: null,
      nullsNotDistinct: false,
    },
  ]);
  expect(wards?.checks.map((check) => check.expression)).toEqual([
    '(length(("Name")::text) > 1)',
    "((beds > 0) OR (beds = '-1'::integer))",
    '((fee)::numeric < (1000)::numeric)',
    '(fee >= (0)::numeric)',
  ]);
  expect(wards?.triggers).toEqual(['touch']);
});

test('foreign keys across schemas, over several columns, with their actions', async () => {
  const { tables } = await catalogOf(hospital);
  expect(table(tables, 'billing.invoices')?.foreignKeys).toEqual([
    {
      name: 'invoices_paid_by_fkey',
      columns: ['paid_by'],
      table: 'wards',
      references: ['id'],
      onDelete: 'set null',
      deferrable: true,
    },
    {
      name: 'of_ward',
      columns: ['ward_id'],
      table: 'wards',
      references: ['id'],
      onDelete: 'cascade',
      deferrable: false,
    },
  ]);
  expect(table(tables, 'billing.lines')?.foreignKeys[0]).toMatchObject({
    columns: ['ward', 'number'],
    table: 'billing.invoices',
    references: ['ward_id', 'number'],
  });
});

test('a key of every partition is the table’s, one of some is nobody’s; one to a partition is to the table', async () => {
  const database = await freshDatabase(`
    create table users (id serial primary key);
    create table visits (id int primary key, user_id int, host_id int) partition by range (id);
    create table visits_low partition of visits for values from (0) to (100);
    create table visits_high (host_id int, user_id int, id int not null);
    alter table visits_low add constraint of_low foreign key (user_id) references users;
    alter table visits_low add constraint host foreign key (host_id) references users;
    alter table visits_high add constraint of_high foreign key (user_id) references users;
    alter table visits attach partition visits_high for values from (100) to (200);
    create table rooms (id int, floor int, primary key (id, floor)) partition by list (floor);
    create table rooms_one partition of rooms (unique (id)) for values in (1);
    create table notes (id serial primary key, visit int references visits_low, room int references rooms_one (id));
  `);
  const { tables } = await database.session(readCatalog);
  const keysOf = (id: string) => table(tables, id)?.foreignKeys;
  expect(keysOf('visits')).toMatchObject([
    { name: 'of_high', columns: ['user_id'], table: 'users', references: ['id'] },
  ]);
  expect(keysOf('notes')).toMatchObject([
    { columns: ['room'], table: 'rooms_one' },
    { columns: ['visit'], table: 'visits', references: ['id'] },
  ]);
});

test('the digest is of the shape: the same for a twin, for content, for any search path', async () => {
  const database = await freshDatabase(hospital);
  const { digest } = await database.session(readCatalog);
  expect((await catalogOf(hospital)).digest).toBe(digest);
  await database.baseline();
  const other = await database.session(async (sql) => {
    await sql.query("insert into visits (at) values ('2020-05-05'); set search_path to billing");
    const catalog = await readCatalog(sql);
    expect(await sql.query('show search_path')).toEqual([{ search_path: 'billing' }]);
    return catalog;
  });
  expect(other.digest).toBe(digest);
  await database.session((sql) => sql.query('alter table public.wards alter beds set not null'));
  expect((await database.session(readCatalog)).digest).not.toBe(digest);
});

test('a check that is not enforced is none', async () => {
  await using database = await freshDatabase(`create table t (id int primary key,
    n int, constraint kept check (n > 0), constraint loose check (n < 0) not enforced)`);
  const [table] = (await database.session(readCatalog)).tables;
  expect(table?.checks.map(({ name }) => name)).toEqual(['kept']);
});
