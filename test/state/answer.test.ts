import { expect, test } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { parseExact } from '../../src/run/made.ts';
import { enrolled, up, upOptions } from '../run/setup.ts';
import { databaseOf } from './on-database.ts';
import { planOf } from './plans.ts';

/** Sets rows up, and expects that what the run says of each is what stands in the table of that name. */
async function standAsTold(schema: string, rows: Plan['given']['rows']) {
  const { database, compile } = await databaseOf(schema);
  await enrolled(database);
  const { state, findings } = await compile(planOf(rows));
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { refs } = await up(state, upOptions(database, null, { own: true }));
  for (const [name, { table }] of Object.entries(rows)) {
    const stand = await database.session((sql) =>
      sql.query(`select row_to_json(t)::text as row from ${table} t`),
    );
    const images = stand.map(({ row }) => parseExact(String(row)));
    expect(images).toContainEqual(refs[name]);
    expect(Object.keys(refs[name] ?? {})).toEqual(Object.keys(images[0] as object));
  }
  const lists = state.steps.flatMap((step) => (step.kind === 'statement' ? step.answer : []));
  return { refs, listed: lists.map((answer) => answer.lists) };
}

test('what PostgreSQL writes in its own way is what the row has', async () => {
  const { listed } = await standAsTold(
    `create extension citext;
     create domain short as varchar(3);
     create domain dozen as int default 12;
     create type pair as (a int, b text);
     create type mood as enum ('good', 'bad');
     create table odd (
       id bigserial primary key, padded char(6), cut varchar(3), domained short, given dozen, price numeric(8, 2),
       whole int, big bigint, yes boolean, doc jsonb, old json, at timestamptz, day date, code uuid, tags text[],
       moods mood[], mood mood, couple pair, span int4range, email citext, gap interval, bytes bytea,
       twice int generated always as (whole * 2) stored, nothing text, plain text, noted text default 'x');`,
    {
      one: {
        table: 'odd',
        set: {
          padded: 'ab',
          cut: 'abc   ',
          domained: 'xyz ',
          price: 5,
          whole: '7',
          big: '9007199254740993',
          yes: 'on',
          doc: { json: { b: 1, a: [1, 2] } },
          old: { json: { b: 1 } },
          at: '2026-01-01T00:00:00+02',
          day: '2026-1-5',
          code: 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11',
          tags: { json: ['a', 'b'] },
          moods: { json: ['good'] },
          mood: 'bad',
          couple: '(1,x)',
          span: '[1,5]',
          email: 'Ann@Example.test',
          gap: '36 hours',
          bytes: '\\x00ff',
          plain: 'a "quoted" \\ text\nof two lines 🙂',
        },
      },
      two: { table: 'odd', set: { tags: { json: ['c'] }, whole: -1, yes: false, mood: null } },
    },
  );
  expect(listed.flat()).not.toContain('plain');
  expect(listed.flat()).not.toContain('nothing');
});

test('moments are told once, as each column keeps them', async () => {
  const { refs, listed } = await standAsTold(
    `set timezone to 'America/St_Johns';
     create table moments (
       id serial primary key, at timestamptz default now(), cut timestamptz(0) default current_timestamp,
       local timestamp(3) not null default current_timestamp, day date default now(), clock time default localtime,
       ends timestamp(1), starts timestamptz(2), on_day date, text_at text, ms bigint, own timestamptz default clock_timestamp(),
       soon timestamptz default now() + interval '1 day');`,
    {
      one: {
        table: 'moments',
        set: {
          ends: { now: 'P1D' },
          starts: { now: '-PT1S' },
          on_day: { now: 'P2D' },
          text_at: { now: 'P2D' },
          ms: { now: '-P1D' },
        },
      },
      two: { table: 'moments', set: { at: null, starts: { now: 'PT0S' } } },
      three: { table: 'moments', set: { at: '2026-01-01', starts: null } },
    },
  );
  // A column that one row gives a text of its own is listed.
  expect(listed).toEqual([['id', 'at', 'clock', 'text_at', 'ms', 'own', 'soon']]);
  expect(refs['one']?.['local']).toBe(refs['two']?.['local']);
});

test('a row that has no key, or that a trigger may change, is told whole', async () => {
  const { refs, listed } = await standAsTold(
    `create table notes (body text, pinned boolean);
     create table logs (id int primary key, body text, loud text);
     create function shout() returns trigger language plpgsql as
       $$ begin new.loud := upper(new.body); return new; end $$;
     create trigger shouts before insert on logs for each row execute function shout();
     create table parts (id int not null, body text, loud text, primary key (id)) partition by range (id);
     create table low partition of parts for values from (0) to (100);
     create trigger whispers before insert on low for each row execute function shout();`,
    {
      note: { table: 'notes', set: { body: 'a', pinned: true } },
      log: { table: 'logs', set: { id: 1, body: 'a' } },
      part: { table: 'parts', set: { id: 7, body: 'a' } },
    },
  );
  expect([refs['log']?.['loud'], refs['part']?.['loud']]).toEqual(['A', 'A']);
  expect(listed).toEqual(
    expect.arrayContaining([
      ['body', 'pinned'],
      ['id', 'body', 'loud'],
      ['id', 'body', 'loud'],
    ]),
  );
});

test('a table of more columns than a function takes arguments', async () => {
  const wide = Array.from({ length: 130 }, (_, at) => `c${at} int default ${at}`).join(', ');
  const { refs } = await standAsTold(
    `create table wide (id serial primary key, ${wide}); 
     create table pupils (id serial primary key, wide_id int references wide (id), c129 bigint);`,
    {
      first: { table: 'wide', set: { c3: 30 } },
      pupil: {
        table: 'pupils',
        set: { wide_id: { ref: 'first.id' }, c129: { ref: 'first.c129' } },
      },
    },
  );
  expect(refs['pupil']).toMatchObject({ wide_id: refs['first']?.['id'], c129: 129 });
});

test('a row whose key another may have had is told whole, one whose key is new is not', async () => {
  const { listed } = await standAsTold(
    `create table towns (code text primary key, name text not null);
     create table halls (id serial primary key, name text not null);
     create table seats (hall_id int references halls, n int, name text not null, primary key (hall_id, n));
     create table mayors (town text primary key references towns, name text not null);`,
    {
      town: { table: 'towns', set: { code: 'X', name: 'a' } },
      hall: { table: 'halls', set: { name: 'a' } },
      seat: { table: 'seats', set: { hall_id: { ref: 'hall.id' }, n: 1, name: 'a' } },
      mayor: { table: 'mayors', set: { town: { ref: 'town.code' }, name: 'a' } },
    },
  );
  expect(listed).toEqual([['code', 'name'], ['id'], ['hall_id', 'n'], ['town', 'name']]);
});
