import { expect, test } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import { assertEnrolled, enroll } from '../../src/run/guard.ts';
import { freshDatabase } from '../setup/database.ts';
import { fullSlot } from '../state/plans.ts';
import { compiled, up, upOptions } from './setup.ts';

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
