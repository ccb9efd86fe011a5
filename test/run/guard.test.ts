import { expect, test } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import { connect } from '../../src/db/pg.ts';
import { addressOf, assertEnrolled, enroll } from '../../src/run/guard.ts';
import { generateInto } from '../bulk/setup.ts';
import { clinicSchema, freshDatabase } from '../setup/database.ts';
import { fullSlot, planOf } from '../state/plans.ts';
import { compiled, enrolled, up, upOptions } from './setup.ts';

const stamp = { environment: 'test', address: 'localhost:5432', days: null };
const check = (database: Database, address?: string) =>
  database.session((sql) => assertEnrolled(sql, address ?? null));

test('refuses a database that was never enrolled, and writes nothing', async () => {
  const database = await freshDatabase();
  const before = await database.checksums();
  await expect(
    up(await compiled(fullSlot, database), upOptions(database, null)),
  ).rejects.toMatchObject({
    code: 'guard.notEnrolled',
    ending: 'refused',
    message: expect.stringMatching(/Nothing was written\.$/),
  });
  expect(await database.checksums()).toEqual(before);
  const schemas = await database.session((sql) =>
    sql.query("select 1 from pg_namespace where nspname = 'statewright'"),
  );
  expect(schemas).toEqual([]);
});

test('refuses a database whose sessions only read, and says so', async () => {
  const database = await enrolled(await freshDatabase());
  const alter = (set: string) =>
    database.session((sql) => sql.query(`alter database "${database.name}" ${set}`));
  await alter('set default_transaction_read_only = on');
  await using reader = await connect(database.url);
  await expect(check(reader)).rejects.toMatchObject({
    code: 'guard.readOnly',
    ending: 'refused',
    hint: expect.stringContaining('default_transaction_read_only'),
  });
  await alter('reset default_transaction_read_only');
  await using writer = await connect(database.url);
  expect(await check(writer)).toMatchObject({ environment: 'test' });
});

test('knows an enrolled database by system, oid and address', async () => {
  const database = await freshDatabase();
  await database.session((sql) => enroll(sql, stamp));
  expect(await check(database, '127.0.0.1:5432')).toMatchObject({
    environment: 'test',
    database: database.name,
  });
  await expect(check(database, 'db.internal:5432')).rejects.toMatchObject({
    code: 'guard.copiedStamp',
  });
});

test('the address is the one that the driver goes to, whatever stands before the slash', async () => {
  const database = await enrolled(await freshDatabase('create table t ()'));
  const { username, password, hostname, port } = new URL(database.url);
  const there = (authority: string) =>
    `postgres://${username}:${password}@${authority}/${database.name}?host=${hostname}&port=${port}`;
  expect(addressOf(there('staging.example:1'))).toBe(addressOf(database.url));
  await using other = await connect(there('staging.example:5432'));
  const elsewhere = { ...stamp, address: 'staging.example:5432' };
  await database.session((sql) => enroll(sql, elsewhere));
  await expect(check(other, addressOf(other.url))).rejects.toMatchObject({
    code: 'guard.copiedStamp',
  });
});

test.each(['database_oid = 1', 'system_identifier = 1'])(
  'refuses a stamp copied from elsewhere (%s)',
  async (other) => {
    const database = await freshDatabase();
    await database.session((sql) => enroll(sql, stamp));
    await database.session((sql) => sql.query(`update statewright.stamp set ${other}`));
    await expect(check(database)).rejects.toMatchObject({
      code: 'guard.copiedStamp',
      ending: 'refused',
    });
    await database.session((sql) => enroll(sql, stamp));
    expect(await check(database)).toMatchObject({ environment: 'test' });
  },
);

test('refuses an enrolment that has ended', async () => {
  const database = await freshDatabase();
  await database.session((sql) => enroll(sql, { ...stamp, days: -1 }));
  await expect(check(database)).rejects.toMatchObject({ code: 'guard.expired', ending: 'refused' });
});

test('a restore into an enrolled database does not inherit its trust, a migration of it does', async () => {
  const database = await freshDatabase();
  const here = { ...stamp, address: addressOf(database.url) };
  await database.session((sql) => enroll(sql, here));
  await database.session((sql) =>
    sql.query('drop table appointments cascade; create table more ()'),
  );
  expect(await check(database)).toMatchObject({ environment: 'test' });
  await database.session((sql) => sql.query(`drop schema public cascade; create schema public`));
  await database.session((sql) => sql.query(clinicSchema));
  const before = await database.checksums();
  const refused = { code: 'guard.rebuilt', ending: 'refused' };
  await expect(check(database)).rejects.toMatchObject(refused);
  const state = await compiled(fullSlot, database);
  await expect(up(state, upOptions(database, null))).rejects.toMatchObject(refused);
  expect(await database.checksums()).toEqual(before);
  await database.session((sql) => enroll(sql, here));
  expect(await check(database)).toMatchObject({ environment: 'test' });
});

test('a stamp of before tables were noted holds; one in an empty database takes any tables', async () => {
  const database = await freshDatabase();
  await database.session((sql) => enroll(sql, stamp));
  await database.session((sql) => sql.query('alter table statewright.stamp drop column tables'));
  expect(await check(database)).toMatchObject({ environment: 'test' });
  const empty = await freshDatabase('select 1');
  await empty.session((sql) => enroll(sql, stamp));
  await empty.session((sql) => sql.query('create table t ()'));
  expect(await check(empty)).toMatchObject({ environment: 'test' });
});

test('a schema that comes before pg_catalog can not make a stamp its own', async () => {
  const database = await freshDatabase();
  await database.session((sql) => enroll(sql, stamp));
  await database.session(async (sql) => {
    await sql.query(`update statewright.stamp set database_oid = 1;
      create schema nearer;
      create view nearer.pg_database as select 1::oid as oid, current_database() as datname;
      set search_path = nearer, pg_catalog, public`);
    await expect(assertEnrolled(sql)).rejects.toMatchObject({ code: 'guard.copiedStamp' });
  });
});

const foreignPart = `
  create foreign data wrapper elsewhere; create server other foreign data wrapper elsewhere;
  create table logs (id int not null, note text) partition by range (id);
  create table logs_here partition of logs for values from (0) to (100) partition by range (id);
  create foreign table logs_there partition of logs_here for values from (0) to (50) server other;
  create table notes (id int primary key, note text);
  create foreign table notes_there () inherits (notes) server other;
  create table plain (id int primary key, note text)`;

test('rows that a foreign table may send to another server are not made', async () => {
  const database = await enrolled(await freshDatabase(foreignPart));
  const setUp = async (table: string) => {
    const state = await compiled(planOf({ one: { table, set: { id: 7, note: 'x' } } }), database);
    return up(state, upOptions(database, null));
  };
  await expect(setUp('logs')).rejects.toMatchObject({
    code: 'guard.foreign',
    ending: 'refused',
    message: expect.stringContaining('"logs_there"'),
  });
  await expect(setUp('notes')).rejects.toMatchObject({ code: 'guard.foreign' });
  expect(await setUp('plain')).toMatchObject({ plan: expect.any(String) });
  await expect(generateInto(database, 'logs=5')).rejects.toMatchObject({
    code: 'generate.foreign',
    ending: 'refused',
    message: expect.stringContaining('logs_there'),
  });
  await generateInto(database, 'plain=5');
});
