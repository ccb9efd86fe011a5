import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { ControlLedger } from '../../src/run/ledger.ts';
import { freshDatabase } from '../setup/database.ts';
import { planOf } from '../state/plans.ts';
import { compiled, enrolled, ledgerAt, takeDown, up, upOptions } from './setup.ts';

let ledger: ControlLedger;
beforeAll(async () => {
  ledger = await ledgerAt();
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

test('a table without a key whose rows a trigger changes is never called empty', async () => {
  const database = await enrolled(
    await freshDatabase(`create table t (a text, b text);
      create function f() returns trigger language plpgsql as
        $$ begin update t set b = 'late' where a = new.a; return null; end $$;
      create trigger c after insert on t for each row execute function f()`),
  );
  const state = await compiled(planOf({ o: { table: 't', set: { a: 'x' } } }), database);
  const error = await up(state, upOptions(database, ledger)).catch((cause: Error) => cause);
  const left = await rows(database, 'select from t');
  const noted = await rows(database, 'select from statewright.made');
  expect(noted).toHaveLength(left.length);
  expect(String(error)).toMatch(left.length > 0 ? /could not be taken away/ : /./);
});
