import { expect, inject, test } from 'vitest';
import { databaseName, withDatabase } from '../../src/db/db.ts';
import { connect, openSession } from '../../src/db/pg.ts';
import { freshDatabase } from '../setup/database.ts';

test('an unreachable server is named without its password', async () => {
  const url = 'postgres://clerk:s3cret@127.0.0.1:9/clinic';
  const failure = await connect(url).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'db.unreachable',
    facts: { host: '127.0.0.1', port: '9', database: 'clinic' },
    message: expect.stringContaining('127.0.0.1:9'),
  });
  expect(JSON.stringify(failure) + String(failure)).not.toContain('s3cret');
});

test('a database that does not exist is unreachable, and the server says why', async () => {
  const url = withDatabase(inject('serverUrl'), 'nowhere');
  await expect(connect(url)).rejects.toMatchObject({
    code: 'db.unreachable',
    message: expect.stringContaining('database "nowhere" does not exist'),
  });
});

test('what is not a URL is refused', async () => {
  await expect(openSession('clinic')).rejects.toMatchObject({ code: 'db.badUrl' });
  await expect(openSession('postgres://u:100%@127.0.0.1/clinic')).rejects.toMatchObject({
    code: 'db.badUrl',
    hint: expect.stringContaining('%25'),
  });
});

test('a URL names a database, and may name another', () => {
  expect(databaseName('postgres://anna@h')).toBe('anna');
  expect(databaseName(withDatabase('postgres://a@h/x?y=1', 'a b'))).toBe('a b');
});

test('sessions the server ends are replaced, and nothing is thrown past their users', async () => {
  const database = await freshDatabase();
  const other = await openSession(database.url);
  const pid = 'select pg_backend_pid() as pid';
  const [before] = await database.session((sql) => sql.query(pid));
  await other.query('select pg_terminate_backend($1)', [before?.['pid']]);
  await expect
    .poll(() => database.session((sql) => sql.query('select 1 as one')).catch(() => null))
    .toEqual([{ one: 1 }]);
  await other.end();
});

test('a session is its holder’s alone, under the name it asked for', async () => {
  const database = await freshDatabase();
  const named =
    'select application_name as name from pg_stat_activity where pid = pg_backend_pid()';
  const rows = await database.session((sql) => sql.query(named), { applicationName: 'app' });
  expect(rows).toEqual([{ name: 'app' }]);
  expect(await database.session((sql) => sql.query(named))).toEqual([
    { name: `statewright/${process.pid}` },
  ]);
});

test('a failed transaction does not leak into the next session', async () => {
  const database = await freshDatabase();
  const failing = database.session(async (sql) => {
    await sql.query('begin');
    await sql.query('select 1/0');
  });
  await expect(failing).rejects.toMatchObject({ code: '22012' });
  expect(await database.session((sql) => sql.query('select 1 as one'))).toEqual([{ one: 1 }]);
});

test('a statement over its time is cancelled', async () => {
  await using sql = await openSession(inject('serverUrl'), { statementTimeoutMs: 50 });
  await expect(sql.query('select pg_sleep(5)')).rejects.toMatchObject({ code: '57014' });
});

test('queries asked for at once answer in order, each with its own error', async () => {
  await using sql = await openSession(inject('serverUrl'));
  const results = await Promise.allSettled([
    sql.query('select $1::int as n', [1], 'number'),
    sql.query('select 1/0'),
    sql.query('select $1::int as n', [3], 'number'),
  ]);
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(results[2]).toMatchObject({ value: [{ n: 3 }] });
});

test('closing while a query hangs drops a fresh database all the same', async () => {
  const database = await freshDatabase();
  const hanging = database.session((sql) => sql.query('select pg_sleep(60)'));
  const settled = expect(hanging).rejects.toThrow();
  await new Promise((done) => setTimeout(done, 50));
  await database.close();
  await settled;
});

test.each(['a&b=c', 'plus+x', '$user', 'semi;colon', 'at@x', 'sla/sh', "it's", '100%', 'ü ☃'])(
  'a database may be called %s',
  async (name) => {
    await using admin = await openSession(inject('serverUrl'));
    const quoted = `"${name}"`;
    await admin.query(`create database ${quoted}`);
    await using database = await connect(withDatabase(inject('serverUrl'), name));
    const [row] = await database.session((sql) => sql.query('select current_database() as name'));
    await database.close();
    await admin.query(`drop database ${quoted} with (force)`);
    expect(row).toEqual({ name });
  },
);
