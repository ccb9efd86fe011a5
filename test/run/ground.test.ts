import { expect, inject, onTestFinished, test } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import { withDatabase } from '../../src/db/db.ts';
import { openSession } from '../../src/db/pg.ts';
import { enroll } from '../../src/run/guard.ts';
import { openLedger } from '../../src/run/ledger.ts';
import { sweep } from '../../src/run/sweep.ts';
import { freshDatabase } from '../setup/database.ts';
import { fullSlot } from '../state/plans.ts';
import { compiled, driver, enrolled, readCatalog, takeDown, up, upOptions } from './setup.ts';

const at = (name: string) => withDatabase(inject('serverUrl'), name);
const staffIn = async (name: string) => {
  await using sql = await openSession(at(name));
  return (await sql.query('select from staff')).length;
};

/** A leased state in a database that holds the ledger too. */
async function leased(database: Database, ttlMs: number): Promise<string> {
  await enrolled(database);
  await using ledger = await openLedger(driver, database.url);
  const term = { hold: 'leased', ttlMs } as const;
  const options = upOptions(database, ledger, { term });
  return (await up(await compiled(fullSlot, database), options)).handle;
}

/** Statements about databases that nobody may be in meanwhile; what they name is dropped in the end. */
async function administer(names: readonly string[], ...statements: string[]): Promise<void> {
  await using server = await openSession(inject('serverUrl'));
  onTestFinished(async () => {
    await using last = await openSession(inject('serverUrl'));
    for (const name of names) await last.query(`drop database if exists ${name} with (force)`);
  });
  for (const statement of statements) {
    for (let attempt = 1; ; attempt++) {
      await server.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = any($1)',
        [names],
      );
      const done = await server.query(statement).then(
        () => true,
        (error: unknown) => {
          if (attempt === 50) throw error;
          return false;
        },
      );
      if (done) break;
    }
  }
}

const swept = async (name: string) => {
  await using ledger = await openLedger(driver, at(name));
  return await sweep({ ledger, driver, readCatalog, dropJournal: async () => undefined });
};

const downAt = async (name: string, handle: string) => {
  await using ledger = await openLedger(driver, at(name));
  return await takeDown(handle, ledger);
};

test('a database that took the name is left alone, the rows go where they are', async () => {
  const database = await freshDatabase();
  const handle = await leased(database, 60_000);
  const { name } = database;
  const [copy, old] = [`${name}_c`, `${name}_o`];
  const standing = await staffIn(name);
  await administer(
    [name, copy, old],
    `create database ${copy} template ${name}`,
    `alter database ${name} rename to ${old}`,
    `alter database ${copy} rename to ${name}`,
  );
  expect(await downAt(old, handle)).toMatchObject({ already: false, removed: 5 });
  expect(await staffIn(name)).toBe(standing);
  expect(await staffIn(old)).toBeLessThan(standing);
});

test('down and gc ask the guard of the database they are about to write to', async () => {
  const database = await enrolled(await freshDatabase());
  await using ledger = await openLedger(driver, inject('serverUrl'));
  const term = { hold: 'leased', ttlMs: 1 } as const;
  const options = upOptions(database, ledger, { term });
  const { id, handle } = await up(await compiled(fullSlot, database), options);
  const standing = await database.checksums();
  await database.session((sql) => sql.query('update statewright.stamp set database_oid = 1'));
  await expect(takeDown(handle, ledger)).rejects.toMatchObject({
    code: 'guard.copiedStamp',
    ending: 'refused',
    message: expect.stringContaining(`Run ${id} stays in the ledger.`),
  });
  const sweeping = { ledger, driver, readCatalog, dropJournal: async () => undefined };
  const outcome = (await sweep(sweeping)).find(({ run }) => run === id);
  expect(outcome).toMatchObject({ kind: 'rows', outcome: 'failed' });
  expect(await database.checksums()).toEqual(standing);
  await database.session((sql) => enroll(sql, { environment: 'test', address: null, days: null }));
  expect(await takeDown(handle, ledger)).toMatchObject({ removed: 5 });
});

test('a database that was renamed is swept under its new name', async () => {
  const database = await freshDatabase();
  const before = await staffIn(database.name);
  await leased(database, 1);
  const renamed = `${database.name}_r`;
  await administer(
    [database.name, renamed],
    `alter database ${database.name} rename to ${renamed}`,
  );
  expect(await swept(renamed)).toMatchObject([{ kind: 'rows', outcome: 'gone' }]);
  expect(await staffIn(renamed)).toBe(before);
  await using sql = await openSession(at(renamed));
  expect(await sql.query('select from statewright.made')).toEqual([]);
});
