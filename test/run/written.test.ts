import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Database, Session } from '../../src/db/db.ts';
import { openSession } from '../../src/db/pg.ts';
import { undoRows } from '../../src/run/undo.ts';
import { installWritten, removeWritten } from '../../src/run/written.ts';
import { freshDatabase } from '../setup/database.ts';
import { readCatalog } from './setup.ts';

/** `LAWS=200` for the long way. */
const numRuns = Number(process.env['LAWS'] ?? 10);

const SCHEMA = `
  create table shelves (id int primary key, name text not null unique, size numeric,
    shout text generated always as (upper(name)) stored);
  create table books (id int primary key, shelf int references shelves (id) on delete cascade,
    title text, about json);
  create table lent (book int references books (id) on delete set null, to_whom text);
  create table visits (id int, at date, primary key (id, at)) partition by range (at);
  create table boxes (id int primary key, name text);
  create table drawers (depth int) inherits (boxes);
  create table odd (t int primary key, n int, f text, x json, r text, k text, "of" text, keys int, shape text, place text);
  create table odder (n int, place text, t text, image text, x int);
  create table forms (id int primary key, during daterange, gap interval, share float8, at tstzrange);
  create table visits_2020 partition of visits for values from ('2020-01-01') to ('2021-01-01');
  insert into shelves values (1, 'one', 1.50), (2, 'two', null), (3, 'three', 3);
  insert into books values (1, 1, 'a', '{"n": 12345678901234567890.50}'), (2, 1, 'b', null), (3, 2, 'c', null);
  insert into lent values (1, 'ann'), (1, 'ann'), (3, 'bob'), (null, 'cy');
  insert into visits values (1, '2020-02-02');
  insert into boxes values (1, 'one'), (2, 'two'); insert into drawers values (1, 'one', 2), (2, 'two', 3);
  insert into odd values (1, 1, 'f', '{"a": 1.50}', 'r', 'k', 'of', 1, 's', 'p');
  insert into odd values (2);
  insert into odder values (1, 'a', 'same', 'i', 1), (2, 'a', 'same', 'i', 2), (2, 'a', 'same', 'i', 2);
  insert into forms values (1, '[2026-03-04,2026-05-06)', '-1 days -02:03:04', 0.1::float8 + 0.2, '[2026-03-04 10:00+02,)'),
    (2, 'empty', '1 mon -1 day', 1e-17, null)`;

/** What an app may do to those rows; ids above 100 are new ones of a session's own range. */
const STATEMENTS = [
  `update shelves set name = name || '!' where id = $1`,
  `update shelves set id = id + 10 where id = $1 and not exists (select from books where shelf = $1)`,
  `update shelves set size = 7 where true`,
  `delete from shelves where id = $1`,
  `delete from books where id = $1`,
  `insert into shelves values ($1, 'name ' || $1, 5) on conflict do nothing`,
  `insert into shelves values ($1 + $2, 'two', 5) on conflict do nothing`,
  `insert into shelves values ($1 + $2, 'new ' || $1 + $2, 5) on conflict do nothing`,
  `insert into books select $1 + $2, min(id), 'new', '{"n": 1.0}' from shelves on conflict do nothing`,
  `insert into books values ($1, null, 'again', null) on conflict (id) do update set title = 'upserted'`,
  `insert into lent values (null, 'dee'), (null, 'dee')`,
  `delete from lent where to_whom = 'ann'`,
  `update lent set to_whom = 'eve' where book = $1`,
  `insert into visits values ($1 + $2, '2020-03-03') on conflict do nothing`,
  `update visits set id = id + 1000 + $2 where id < 1000`,
  `update odd set n = n + 1, x = '{"a": 2.0}', "of" = f, keys = $1, t = t + 10 * ($1 - 2) where t = $1`,
  `delete from odd where t = $1`,
  `insert into odd (t, f, k) values ($1, 'again', 'k') on conflict (t) do update set f = 'upserted', shape = 'x'`,
  `insert into odder values ($1, 'b', 'same', null, $1), (2, 'a', 'same', 'i', 2)`,
  `update odder set t = 'other', place = n where n = $1`,
  `delete from odder where x = $1`,
  `truncate odder`,
  `delete from forms where id = $1`,
  `update forms set during = '(,)', gap = gap * -1, share = share / 3 where id = $1`,
  `insert into drawers values (30 + $1, 'new', 1)`,
  `delete from drawers where id = $1`,
  `update only boxes set name = 'new' where id = $1`,
  `insert into boxes values (30 + $1, 'new') on conflict do nothing`,
  `delete from only boxes where id = $1`,
  `truncate only boxes`,
  `truncate lent`,
  `truncate shelves, books, lent`,
];
const step = fc.record({
  text: fc.constantFrom(...STATEMENTS),
  id: fc.integer({ min: 1, max: 3 }),
});
const steps = fc.array(step, { minLength: 1, maxLength: 12 });

async function run(session: Session, text: string, [id = 0, range = 0]: readonly number[]) {
  // Forms of an app's own.
  await session.query(
    `set datestyle = 'SQL, DMY'; set intervalstyle = 'sql_standard'; set extra_float_digits = 0; set timezone = 'Asia/Kolkata'`,
  );
  await session.query(text.replaceAll('$1', `${id}`).replaceAll('$2', `${range}`));
}

async function scene(): Promise<{ database: Database; as: (id: string) => Promise<Session> }> {
  const database = await freshDatabase(SCHEMA);
  const marked = (id: string) =>
    openSession(`${database.url}?options=${encodeURIComponent(`-c statewright.run=${id}`)}`);
  return { database, as: marked };
}

const undo = (database: Database, id: string) =>
  database.session((sql) => undoRows(sql, id, { readCatalog }));

test('whatever sessions of a run write is undone, to the row', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (todo) => {
      const { database, as } = await scene();
      const before = await database.checksums();
      await using keeper = await openSession(database.url);
      expect(await installWritten(keeper, (await readCatalog(keeper)).tables)).toEqual([]);
      await using app = await as('r1');
      for (const { text, id } of todo) await run(app, text, [id, 100]);
      expect(await undo(database, 'r1')).toMatchObject({ changedSince: [] });
      expect(await database.checksums()).toEqual(before);
      await removeWritten(keeper);
      await database.close();
    }),
    { numRuns, seed: 5, endOnFailure: true },
  );
}, 240_000);

test('two runs and somebody else write side by side; each run’s rows go, nobody else’s', async () => {
  const own = STATEMENTS.filter((text) => text.includes('$1 + $2') || text.includes('dee'));
  const mine = fc.array(
    fc.record({ text: fc.constantFrom(...own), id: fc.integer({ min: 1, max: 9 }), by: fc.nat(2) }),
    { minLength: 3, maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(mine, async (todo) => {
      const { database, as } = await scene();
      await using keeper = await openSession(database.url);
      await installWritten(keeper, (await readCatalog(keeper)).tables);
      await using first = await as('r1');
      await using second = await as('r2');
      await using other = await openSession(database.url);
      const [twin, alone] = [await scene(), [other]];
      await using twinSession = await openSession(twin.database.url);
      for (const { text, id, by } of todo) {
        const session = [first, second, ...alone][by];
        if (session) await run(session, text, [id, (by + 1) * 100]);
        // What the third one does alone is what must be left.
        if (by === 2) await run(twinSession, text, [id, 300]);
      }
      await undo(database, 'r2');
      await undo(database, 'r1');
      const { books, ...left } = await database.checksums();
      const { books: _, ...wanted } = await twin.database.checksums();
      expect(books).toBeDefined();
      expect(left).toEqual(wanted);
      await removeWritten(keeper);
      await Promise.all([database.close(), twin.database.close()]);
    }),
    { numRuns, seed: 6, endOnFailure: true },
  );
}, 240_000);

test('a row that somebody else changed since stays as it is, and is told', async () => {
  const { database, as } = await scene();
  await using keeper = await openSession(database.url);
  await installWritten(keeper, (await readCatalog(keeper)).tables);
  await using app = await as('r1');
  await app.query(`delete from shelves where id = 3; insert into shelves values (3, 'taken', 1)`);
  await app.query(`update books set title = 'mine' where id = 3`);
  await using other = await openSession(database.url);
  await other.query(`update shelves set size = 99 where id = 3`);
  await other.query(`update books set title = 'theirs' where id = 3`);
  const { changedSince } = await undo(database, 'r1');
  expect(changedSince).toEqual([
    { table: 'books', key: { id: 3 } },
    { table: 'shelves', key: { id: 3 } },
  ]);
  const rows = await other.query(`select name, size from shelves where id = 3`);
  expect(rows).toEqual([{ name: 'taken', size: '99' }]);
});

test('the journal stays as long as anybody needs it', async () => {
  const { database, as } = await scene();
  await using one = await openSession(database.url);
  await using two = await openSession(database.url);
  for (const session of [one, two]) {
    await installWritten(session, (await readCatalog(session)).tables);
  }
  await removeWritten(one);
  await using app = await as('r1');
  await app.query(`insert into lent values (null, 'app')`);
  expect(await undo(database, 'r1')).toMatchObject({ removed: 1 });
  await removeWritten(two);
  const left = await two.query(`select from pg_trigger where tgname like 'statewright%'`);
  expect(left).toEqual([]);
});

/** Fails where others are kept waiting for long. */
const soon = <T>(work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error('it waited')), 4_000);
    }),
  ]);

test('a transaction left open keeps the journal out, and writers wait but briefly', async () => {
  const { database } = await scene();
  await using keeper = await openSession(database.url);
  await using one = await openSession(database.url, { applicationName: 'forgotten' });
  await using other = await openSession(database.url);
  await one.query(`begin; update boxes set name = 'held' where id = 1`);
  const { tables } = await readCatalog(keeper);
  const installing = installWritten(keeper, tables).catch((error: unknown) => error);
  const waiting = `select from pg_locks where relation = 'boxes'::regclass and not granted`;
  await expect.poll(() => other.query(waiting), { timeout: 10_000 }).toHaveLength(1);
  await soon(other.query(`update boxes set name = 'written' where id = 2`));
  expect(await installing).toMatchObject({
    code: 'run.tableHeld',
    message: expect.stringMatching(
      /holds "public"."boxes": process \d+ \(forgotten\), idle in transaction for \d+ s\. .*nothing was begun/,
    ),
  });
  await one.query('commit');
  expect(await installWritten(keeper, tables)).toEqual([]);
  await removeWritten(keeper);
}, 30_000);

test('the journal gives way to a reader that stays, and goes once that is gone', async () => {
  const { database } = await scene();
  await using keeper = await openSession(database.url);
  await using reader = await openSession(database.url, { applicationName: 'forgotten' });
  await using other = await openSession(database.url);
  await installWritten(keeper, (await readCatalog(keeper)).tables);
  await reader.query('begin; select from odd');
  const removing = removeWritten(keeper).catch((error: unknown) => error);
  const waiting = `select from pg_locks where relation = 'odd'::regclass and not granted`;
  await expect.poll(() => other.query(waiting), { timeout: 10_000 }).toHaveLength(1);
  await soon(other.query('select from odd'));
  expect(await removing).toMatchObject({
    code: 'run.tableHeld',
    message: expect.stringMatching(/holds public.odd: process \d+ \(forgotten\), idle.*gc/),
  });
  await reader.query('commit');
  await removeWritten(keeper);
  expect(await keeper.query(`select from pg_trigger where tgname like 'statewright%'`)).toEqual([]);
}, 30_000);

test('triggers on tables of another role go with their function', async () => {
  const { database } = await scene();
  await using keeper = await openSession(database.url);
  await installWritten(keeper, (await readCatalog(keeper)).tables);
  await keeper.query(`
    create role journalist; grant usage, create on schema statewright to journalist;
    alter function statewright.note_written owner to journalist;
    alter table odd owner to journalist; set role journalist`);
  await removeWritten(keeper);
  await keeper.query('reset role');
  expect(await keeper.query(`select from pg_trigger where tgname like 'statewright%'`)).toEqual([]);
  await keeper.query('drop owned by journalist cascade; drop role journalist');
});
