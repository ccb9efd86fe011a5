import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jsonOf } from '../../src/bulk/notation.ts';
import { openCopier } from '../../src/db/copy.ts';
import type { SqlType } from '../../src/db/db.ts';
import { enrolled, generate, read } from './generating.ts';

const library = `
  create table authors (id serial primary key, name text not null, born date, notes jsonb, active boolean not null);
  create table books (id bigint generated always as identity primary key, author int not null references authors,
    title text not null unique, price numeric(8,2), tags text[], at timestamptz not null default now());
  create table "odd ""name" (id serial primary key, "a,b" text not null check ("a,b" in ('', 'x"y', E'tab\\t', 'back\\slash')));
  create table left_hand (id int primary key, other int not null);
  create table right_hand (id int primary key, other int not null references left_hand);
  alter table left_hand add foreign key (other) references right_hand;`;
const rows = 'authors=40,books=1200,"odd ""name"=30,left_hand=6,right_hand=6';

async function filesOf(format: string) {
  const database = await enrolled(library);
  const folder = await mkdtemp(join(tmpdir(), 'statewright-files-'));
  await generate(database, rows, { to: folder, format });
  const untouched = await read(database, 'select count(*)::int as n from books');
  expect(untouched).toEqual([{ n: 0 }]);
  return { database, folder, names: (await readdir(folder)).sort() };
}

async function written() {
  const database = await enrolled(library);
  await generate(database, rows);
  return await database.checksums();
}

test('an SQL file makes the very rows that the database gets, and the next insert works', async () => {
  const { database, folder, names } = await filesOf('sql');
  expect(names).toEqual(['rows.sql']);
  await read(database, await readFile(join(folder, 'rows.sql'), 'utf8'));
  expect(await database.checksums()).toEqual(await written());
  await read(database, "insert into books (author, title) values (1, 'The next')");
});

test('CSV files make the very rows that the database gets', async () => {
  const { database, folder, names } = await filesOf('csv');
  expect(names).toEqual([
    'authors.csv',
    'books.csv',
    'left_hand.csv',
    'load.sql',
    'odd%20%22name.csv',
    'right_hand.csv',
  ]);
  await using sql = await openCopier(database.url);
  await sql.query("set session_replication_role = 'replica'");
  for (const name of ['authors', 'books', '"odd ""name"', 'left_hand', 'right_hand']) {
    const file = name.startsWith('"') ? 'odd%20%22name' : name;
    const text = await readFile(join(folder, `${file}.csv`), 'utf8');
    await sql.copyIn(`copy ${name} from stdin with (format csv, header match)`, [text]);
  }
  expect(await database.checksums()).toEqual(await written());
});

test('JSON Lines make the very rows that the database gets', async () => {
  const { database, folder } = await filesOf('jsonl');
  await using sql = await openCopier(database.url);
  await sql.query("set session_replication_role = 'replica'");
  for (const name of ['authors', 'books', '"odd ""name"', 'left_hand', 'right_hand']) {
    const file = name.startsWith('"') ? 'odd%20%22name' : name;
    const text = await readFile(join(folder, `${file}.jsonl`), 'utf8');
    const list = `[${text.trim().split('\n').join(',')}]`;
    await sql.query(
      `insert into ${name} overriding system value
      select (jsonb_populate_record(null::${name}, o)).* from jsonb_array_elements($1::jsonb) o`,
      [list],
    );
  }
  expect(await database.checksums()).toEqual(await written());
});

/** What psql does with a script: files come through COPY, all else is sent as it is. */
async function load(database: { readonly url: string }, folder: string) {
  await using sql = await openCopier(database.url);
  let text = '';
  for (const line of (await readFile(join(folder, 'load.sql'), 'utf8')).split('\n')) {
    const [, target, file, options] = /^\\copy (.*) from '(.*)' with (\(.*\))$/.exec(line) ?? [];
    text += target === undefined ? `${line}\n` : '';
    if (target === undefined && !line.endsWith(';')) continue;
    if (text.trim() !== '') await sql.query(text);
    text = '';
    if (target === undefined || file === undefined) continue;
    await sql.copyIn(`copy ${target} from stdin with ${options}`, [
      await readFile(join(folder, file), 'utf8'),
    ]);
  }
}

const odd = `${library}
  create schema a;
  create table a.b (id serial primary key, doc json);
  create table "a.b" (id serial primary key);
  create table "Authors" (id serial primary key);
  create table "éa" (id serial primary key);
  create table "ບ" (id serial primary key);
  create table keys (id int primary key);
  create table numbered (id serial primary key references keys);
  create table seen (id serial primary key, tenant text, loud text);
  create function see() returns trigger language plpgsql as $$ begin
    new.tenant := current_setting('app.tenant'); new.loud := 'by the trigger'; return new; end $$;
  create trigger see before insert on seen for each row execute function see();`;
const oddRows = `${rows},a.b=3,"public"."a.b"=5,"Authors"=4,"éa"=3,"ບ"=6,keys=40,numbered=30,seen=7`;

test.each(['csv', 'jsonl', 'sql'])(
  '%s files of odd names, keys and triggers load, and every next insert works',
  async (format) => {
    const database = await enrolled(odd);
    const folder = await mkdtemp(join(tmpdir(), 'statewright-files-'));
    await generate(database, oddRows, { to: folder, format });
    if (format === 'sql') await read(database, await readFile(join(folder, 'rows.sql'), 'utf8'));
    else await load(database, folder);
    const there = await enrolled(odd);
    await generate(there, oddRows);
    expect(await database.checksums()).toEqual(await there.checksums());
    for (const table of ['authors', 'a.b', '"a.b"', '"Authors"', '"éa"', '"ບ"'])
      await read(
        database,
        table === 'authors'
          ? "insert into authors (name, active) values ('x', true)"
          : `insert into ${table} default values`,
      );
    await read(database, 'insert into keys select generate_series(1, 90) on conflict do nothing');
    await read(database, 'insert into numbered default values');
  },
);

test('a document with line breaks is one line', async () => {
  expect(jsonOf({ name: 'json', array: false } as SqlType).told('{\n"a":\t"b\\n"}')).toBe(
    '{ "a": "b\\n"}',
  );
});
