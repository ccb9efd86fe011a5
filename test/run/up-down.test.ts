import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import { openSession } from '../../src/db/pg.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { ControlLedger } from '../../src/run/ledger.ts';
import { clinicSchema, freshDatabase } from '../setup/database.ts';
import { fullSlot, planOf } from '../state/plans.ts';
import {
  compiled,
  down,
  driver,
  enrolled,
  ledgerAt,
  readCatalog,
  takeDown,
  up,
  upOptions,
} from './setup.ts';

let ledger: ControlLedger;
beforeAll(async () => {
  ledger = await ledgerAt();
});
afterAll(() => ledger.close());

const rows = (database: Database, text: string) => database.session((sql) => sql.query(text));

test('sets the rows up, gives all their columns, and takes exactly them away', async () => {
  const database = await enrolled(await freshDatabase());
  const before = await database.checksums();
  const run = await up(await compiled(fullSlot, database), upOptions(database, ledger));

  expect(run).toMatchObject({
    plan: fullSlot.id,
    environment: 'test',
    hold: 'held',
    expiresAt: null,
  });
  const [slot] = await rows(database, 'select id, capacity, status from slots');
  expect(run.refs['slot']).toMatchObject({ id: slot?.['id'], capacity: 1, status: 'open' });
  expect(run.refs['taken']).toMatchObject({ slot_id: slot?.['id'], cancelled_at: null });
  expect(await rows(database, 'select count(*)::int as n from departments')).toEqual([{ n: 3 }]);
  expect(run.refs['slot/department_code']?.['code']).toMatch(new RegExp(`-${run.id}$`));

  const undone = await takeDown(run.handle, ledger);
  expect(undone).toMatchObject({ removed: 5, appRows: [], changedSince: [], leftSince: [] });
  expect(await database.checksums()).toEqual(before);
  expect(await rows(database, 'select * from statewright.made')).toEqual([]);
  expect(await takeDown(run.handle, ledger)).toMatchObject({ already: true, removed: 0 });
});

test('tables without columns, and columns with the names of JavaScript’s own, come and go like any', async () => {
  const schema = `
    create table marks ();
    create table odd (
      "__proto__" serial primary key, "constructor" text, "getSQL" text not null, "_" int, "toString" int default 3);
    create table "__proto__" (id serial primary key, odd int references odd);
    insert into marks select; insert into odd ("getSQL") values ('there');`;
  const database = await enrolled(await freshDatabase(schema));
  const before = await database.checksums();
  const odd: Plan['given']['rows'][string] = {
    table: 'odd',
    set: JSON.parse('{"constructor": "c", "getSQL": "g", "_": 1}'),
  };
  const plan = planOf({
    mark: { table: 'marks', count: 2, set: {} },
    odd,
    child: { table: '__proto__', set: { odd: { ref: 'odd.__proto__' } } },
  });
  const run = await up(await compiled(plan, database), upOptions(database, ledger));
  expect(await rows(database, 'select count(*)::int as n from marks')).toEqual([{ n: 3 }]);
  expect(Object.entries(run.refs['odd'] ?? {})).toEqual([
    ['__proto__', 2],
    ['constructor', 'c'],
    ['getSQL', 'g'],
    ['_', 1],
    ['toString', 3],
  ]);
  expect(run.refs['child']).toEqual({ id: 1, odd: 2 });
  expect(await takeDown(run.handle, ledger)).toMatchObject({ removed: 4, appRows: [] });
  expect(await database.checksums()).toEqual(before);
});

test('rows of tables that inherit from a table are not its own', async () => {
  const database = await enrolled(
    await freshDatabase(`
      create table base (code text primary key, v int);
      create table derived (extra int) inherits (base);
      create table logs (code text references base, said text);
      create table logs_old () inherits (logs);
      insert into derived values ('X', 1, 2); insert into logs_old values ('X', 'before');`),
  );
  const before = await database.checksums();
  const plan = planOf({ base: { table: 'base', set: { code: 'X', v: 5 } } });
  const run = await up(await compiled(plan, database), upOptions(database, ledger, { own: true }));
  await rows(database, "insert into logs values ('X', 'of ours')");
  expect(await takeDown(run.handle, ledger)).toMatchObject({
    removed: 2,
    appRows: [{ table: 'logs', rows: 1 }],
  });
  expect(await database.checksums()).toEqual(before);
});

test('two runs of one plan stand side by side in one database and go one by one', async () => {
  const database = await enrolled(await freshDatabase());
  const before = await database.checksums();
  const state = await compiled(fullSlot, database);
  const [first, second] = await Promise.all([
    up(state, upOptions(database, ledger)),
    up(state, upOptions(database, ledger)),
  ]);
  expect(first.id).not.toBe(second.id);
  expect(await rows(database, 'select count(*)::int as n from slots')).toEqual([{ n: 2 }]);
  await takeDown(first.handle, ledger);
  expect(await rows(database, 'select id from slots')).toEqual([
    { id: second.refs['slot']?.['id'] },
  ]);
  await takeDown(second.handle, ledger);
  expect(await database.checksums()).toEqual(before);
});

test('takes rows away in a session of the database that is open, and opens none beside it', async () => {
  const database = await enrolled(await freshDatabase());
  const before = await database.checksums();
  const run = await up(await compiled(fullSlot, database), upOptions(database, ledger));
  const open = () => Promise.reject(new Error('a session was opened'));
  const closed = { ledger, readCatalog, driver: { ...driver, open } };
  await expect(down(run.handle, closed)).rejects.toThrow('a session was opened');
  expect(await down(run.handle, { ...closed, database })).toMatchObject({ removed: 5 });
  expect(await database.checksums()).toEqual(before);
});

test('in an own database values stay as planned', async () => {
  const database = await enrolled(await freshDatabase());
  const plan = planOf({
    gp: { table: 'departments', set: { code: { unique: 'ENT' }, name: 'Ears' } },
  });
  const state = await compiled(plan, database);
  const run = await up(state, upOptions(database, null, { own: true }));
  expect(run.refs['gp']).toEqual({ code: 'ENT', name: 'Ears' });
  expect(run.handle).toBe('');
});

test('gives an updated row its old values back, but not over those that somebody else set since', async () => {
  const database = await enrolled(await freshDatabase());
  const plan = planOf({
    gp: { table: 'departments', match: { code: 'gp' }, update: { name: 'Closed' } },
    derm: { table: 'departments', match: { code: 'derm' }, update: { name: 'Closed' } },
  });
  const before = await rows(database, 'select * from departments order by code');
  const run = await up(await compiled(plan, database), upOptions(database, ledger));
  expect(run.refs['gp']).toEqual({ code: 'gp', name: 'Closed' });
  await rows(database, "update departments set name = 'Skin' where code = 'derm'");
  const undone = await takeDown(run.handle, ledger);
  expect(undone).toMatchObject({
    restored: 1,
    changedSince: [{ table: 'departments', key: { code: 'derm' } }],
  });
  expect(await rows(database, 'select * from departments order by code')).toEqual([
    { code: 'derm', name: 'Skin' },
    before[1],
  ]);
});

test('rows of the app that refer to ours go with them, all the way down, others are reported', async () => {
  const database = await enrolled(await freshDatabase());
  const before = await database.checksums();
  const plan = planOf({ slot: { table: 'slots', set: { starts_at: { now: 'P1D' } } } });
  const run = await up(await compiled(plan, database), upOptions(database, ledger));
  await rows(
    database,
    `with s as (insert into staff (email, password_hash) values ('app@example.test', 'x') returning id),
     p as (insert into patients (name, born_on) values ('Ann', '2000-01-01') returning id)
     insert into appointments (slot_id, patient_id, booked_by)
     select slots.id, p.id, s.id from slots, p, s`,
  );
  const undone = await takeDown(run.handle, ledger);
  expect(undone).toMatchObject({ removed: 3, appRows: [{ table: 'appointments', rows: 1 }] });
  expect(undone.leftSince.toSorted((a, b) => (a.table < b.table ? -1 : 1))).toEqual([
    { table: 'patients', rows: 1 },
    { table: 'staff', rows: 1 },
  ]);
  await rows(database, 'delete from staff; delete from patients');
  expect(await database.checksums()).toEqual(before);
});

test('large objects that rows of the app refer to go with them, others are reported', async () => {
  const database = await enrolled(
    await freshDatabase(`${clinicSchema};
      create domain lo as oid;
      create table scans (slot_id uuid not null references slots (id), image lo, thumb oid);
      select lo_from_bytea(70001, 'standing')`),
  );
  const before = await database.checksums();
  const plan = planOf({ slot: { table: 'slots', set: { starts_at: { now: 'P1D' } } } });
  const run = await up(await compiled(plan, database), upOptions(database, ledger));
  await rows(
    database,
    `insert into scans select id, lo_from_bytea(0, 'image'), lo_from_bytea(0, 'thumb') from slots`,
  );
  await rows(database, `insert into scans select id, 70001, null from slots limit 1`);
  await rows(database, `select lo_from_bytea(70002, 'nobody''s')`);
  const undone = await takeDown(run.handle, ledger);
  expect(undone.appRows).toEqual([
    { table: 'scans', rows: 2 },
    { table: 'large objects', rows: 2 },
  ]);
  expect(undone.leftSince).toEqual([{ table: 'large objects', rows: 1 }]);
  await rows(database, 'select lo_unlink(70002)');
  expect(await database.checksums()).toEqual(before);
});

test('a step that fails takes back what the steps before it made, and says so', async () => {
  const database = await enrolled(await freshDatabase());
  const before = await database.checksums();
  const plan = planOf({
    gp: { table: 'departments', match: { code: 'gp' }, update: { name: 'Closed' } },
    nobody: { table: 'staff', match: { email: 'nobody@example.test' } },
    slot: {
      table: 'slots',
      set: { department_code: { ref: 'gp.code' }, starts_at: { now: 'P1D' } },
    },
  });
  await expect(
    up(await compiled(plan, database), upOptions(database, ledger)),
  ).rejects.toMatchObject({
    code: 'run.notOneRow',
    message: expect.stringContaining('Nothing of it was left behind.'),
  });
  expect(await database.checksums()).toEqual(before);
});

test('an absence that does not hold stops the run and takes it back', async () => {
  const database = await enrolled(await freshDatabase());
  const before = await database.checksums();
  const plan = planOf(
    { slot: { table: 'slots', set: { starts_at: { now: 'P1D' } } } },
    { absent: [{ table: 'departments', where: { code: 'gp' } }] },
  );
  await expect(
    up(await compiled(plan, database), upOptions(database, ledger)),
  ).rejects.toMatchObject({
    code: 'run.notAsPlanned',
    message: expect.stringContaining('no departments where code'),
  });
  expect(await database.checksums()).toEqual(before);
});

test('refuses a handle that it did not give out', async () => {
  const database = await enrolled(await freshDatabase());
  const run = await up(await compiled(fullSlot, database), upOptions(database, ledger));
  const forged = `${run.handle.slice(0, -1)}${run.handle.endsWith('0') ? '1' : '0'}`;
  for (const handle of [forged, `${run.id}.`, '', 'x']) {
    await expect(takeDown(handle, ledger)).rejects.toMatchObject({
      code: 'run.foreignHandle',
      ending: 'refused',
    });
  }
  await takeDown(run.handle, ledger);
});

test('refuses to take down what a living process holds', async () => {
  const database = await enrolled(await freshDatabase());
  const run = await up(await compiled(fullSlot, database), upOptions(database, ledger));
  await using other = await ledgerAt();
  await expect(takeDown(run.handle, other)).rejects.toMatchObject({ code: 'run.held' });
  await takeDown(run.handle, ledger);
});

test('a leased run can be taken down by another process', async () => {
  const database = await enrolled(await freshDatabase());
  const before = await database.checksums();
  const term = { hold: 'leased', ttlMs: 60_000 } as const;
  const run = await up(await compiled(fullSlot, database), upOptions(database, ledger, { term }));
  expect(Date.parse(run.expiresAt ?? '')).toBeGreaterThan(Date.now());
  await using other = await ledgerAt();
  expect(await takeDown(run.handle, other)).toMatchObject({ removed: 5 });
  expect(await database.checksums()).toEqual(before);
});

test('an own database with a baseline is reset to it, enrolled after or not', async () => {
  const database = await freshDatabase();
  await database.baseline();
  await enrolled(database);
  const before = await database.checksums();
  const state = await compiled(fullSlot, database);
  for (let round = 0; round < 2; round++) {
    await up(state, upOptions(database, null, { own: true }));
    expect(await database.checksums()).not.toEqual(before);
    expect(await database.reset()).toEqual([]);
    expect(await database.checksums()).toEqual(before);
  }
});

test('a row that was there before is never taken, though it refers to ours and somebody changed it', async () => {
  const database = await enrolled(
    await freshDatabase(`
      create table users (id serial primary key);
      create table shops (id int primary key, owner_id int references users (id), name text, doc json);
      insert into shops values (1, null, 'before', '{"a": 12345678901234567890,  "b":1.10}')`),
  );
  const plan = planOf({
    user: { table: 'users', set: {} },
    shop: {
      table: 'shops',
      match: { id: 1 },
      update: { owner_id: { ref: 'user.id' }, name: 'planned', doc: { json: {} } },
    },
  });
  const run = await up(await compiled(plan, database), upOptions(database, ledger));
  await rows(database, "update shops set name = 'by somebody'");
  expect(await takeDown(run.handle, ledger)).toMatchObject({
    removed: 1,
    changedSince: [{ table: 'shops', key: { id: 1 } }],
  });
  expect(await rows(database, 'select id, owner_id, name, doc::text from shops')).toEqual([
    { id: 1, owner_id: null, name: 'by somebody', doc: '{"a": 12345678901234567890,  "b":1.10}' },
  ]);
});

test('a teardown waits for what its own statements may still commit, and keeps no other run waiting', async () => {
  const database = await enrolled(await freshDatabase());
  const before = await database.checksums();
  const state = await compiled(fullSlot, database);
  const [first, writer] = [
    await up(state, upOptions(database, ledger)),
    await openSession(database.url),
  ];
  await writer.query(`begin;
    insert into departments values ('late', 'Late');
    insert into statewright.made (run, kind, shape, rows)
    values ('${first.id}', 'insert', '[{"table":"departments","count":1}]', '[{"code":"late","name":"Late"}]')`);
  const going = takeDown(first.handle, ledger);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const second = await up(state, upOptions(database, ledger));
  await writer.query('commit');
  await writer.end();
  await going;
  await takeDown(second.handle, ledger);
  expect(await database.checksums()).toEqual(before);
});
