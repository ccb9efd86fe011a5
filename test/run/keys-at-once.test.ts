import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { readLayout } from '../../src/db/catalog/layout.ts';
import { openCopier } from '../../src/db/copy.ts';
import type { Copier, Database } from '../../src/db/db.ts';
import { StatewrightError } from '../../src/kernel/errors.ts';
import { withKeysAtOnce, withStagedKeys } from '../../src/run/keys-at-once.ts';
import { freshDatabase } from '../setup/database.ts';

const plain = `create table shelves (id int primary key);
  create table books (id int generated always as identity primary key, shelf int references shelves);
  insert into shelves values (1), (2)`;
const good = 'insert into books (shelf) values (1), (null)';
const bad = 'insert into books (shelf) values (2), (7)';

/** Writes as rows of `books` are written, 20,000 of them for all it knows; gives the role they were written in. */
async function written(
  sql: Copier,
  { insert, count = 20_000 }: { insert: string; count?: number },
): Promise<string> {
  const { tables } = await readLayout(sql);
  const table = tables.find(({ name }) => name === 'books');
  if (!table) throw new RangeError('No books.');
  let role = '';
  await withKeysAtOnce({ table, count, offset: 0 }, sql, async () => {
    const [row] = await sql.query("select current_setting('session_replication_role') as role");
    role = String(row?.['role']);
    await sql.query(insert);
  });
  const [after] = await sql.query("select current_setting('session_replication_role') as role");
  expect(after).toEqual({ role: 'origin' });
  return role;
}

/** Does that in a transaction of its own. */
async function attempt(url: string, work: Parameters<typeof written>[1]): Promise<string> {
  await using sql = await openCopier(url);
  await sql.query('begin');
  const role = await written(sql, work);
  await sql.query('commit');
  return role;
}

const books = 'create table books (a int, b int, ';
const keys = 'create table shelves (a int, b int, primary key (a, b));';
test.each([
  ['a plain key', plain, good, bad],
  [
    'a key of two columns',
    `${keys} ${books} constraint books_shelf_fkey foreign key (a, b) references shelves);
      insert into shelves values (1, 1)`,
    'insert into books values (1, 1), (7, null), (null, null)',
    'insert into books values (1, 2)',
  ],
  [
    'a key that is there in full or not at all',
    `${keys} ${books} constraint books_shelf_fkey foreign key (a, b) references shelves match full);
      insert into shelves values (1, 1)`,
    'insert into books values (1, 1), (null, null)',
    'insert into books values (1, null)',
  ],
  [
    'a partitioned table',
    `create table shelves (id int primary key);
      create table books (id int, shelf int references shelves) partition by range (id);
      create table books_old partition of books for values from (0) to (10);
      create table books_new partition of books default; insert into shelves values (1)`,
    'insert into books values (1, 1), (11, 1)',
    'insert into books values (1, 1), (11, 7)',
  ],
  [
    'a key to a partitioned table',
    `create table shelves (id int primary key) partition by range (id);
      create table shelves_old partition of shelves for values from (0) to (10);
      create table shelves_new partition of shelves default;
      create table books (shelf int references shelves); insert into shelves values (1), (11)`,
    'insert into books values (1), (11)',
    'insert into books values (1), (12)',
  ],
  [
    'a table that refers to itself, by odd names',
    `create table books ("odd ""id" text primary key, "Above" text constraint books_shelf_fkey references books)`,
    `insert into books values ('a', 'b'), ('b', null)`,
    `insert into books values ('c', 'nobody')`,
  ],
])('refuses what PostgreSQL refuses, and nothing else: %s', async (_, ddl, fine, stray) => {
  const { url } = await freshDatabase(ddl);
  expect(await attempt(url, { insert: fine })).toBe('replica');
  await expect(attempt(url, { insert: stray })).rejects.toMatchObject({
    code: 'generate.refused',
    facts: { table: 'public.books', constraints: ['books_shelf_fkey'], left: 1 },
  });
  await expect(attempt(url, { insert: stray, count: 1 })).rejects.toMatchObject({
    code: '23503',
    constraint: 'books_shelf_fkey',
  });
});

test.each([
  ['few rows', '', 9_999],
  [
    'a trigger',
    `create function seen() returns trigger language plpgsql as 'begin return new; end';
      create trigger statewright_seen after insert on books for each row execute function seen()`,
  ],
  [
    'a trigger of replicas',
    `create function seen() returns trigger language plpgsql as 'begin return new; end';
      create trigger seen after insert on books for each row execute function seen();
      alter table books enable replica trigger seen`,
  ],
  ['a unique key that is checked later', 'alter table books add unique (shelf) deferrable'],
  [
    'a key that older rows may break',
    `alter table books add constraint later foreign key (id) references shelves not valid`,
  ],
])('row by row stays what something else sees: %s', async (_, ddl, count = 20_000) => {
  const { url } = await freshDatabase(`${plain}; ${ddl}`);
  const work = { insert: 'insert into books overriding system value values (1, 1)', count };
  expect(await attempt(url, work)).toBe('origin');
});

test('row by row stays a partition with a key of its own', async () => {
  const { url } = await freshDatabase(`create table shelves (id int primary key);
    create table books (id int, shelf int references shelves) partition by range (id);
    create table books_old partition of books for values from (0) to (10);
    alter table books_old add foreign key (id) references shelves; insert into shelves values (1)`);
  expect(await attempt(url, { insert: 'insert into books values (1, 1)' })).toBe('origin');
});

async function asTester(database: Database): Promise<string> {
  const role = `tester_${randomBytes(4).toString('hex')}`;
  const grants = `create role ${role} login; grant select, insert, update on all tables in schema public to ${role}`;
  await database.session((sql) => sql.query(grants));
  onTestFinished(async () => {
    await database.session((sql) => sql.query(`drop owned by ${role}; drop role ${role}`));
  });
  const url = new URL(database.url);
  url.username = role;
  return url.toString();
}

test('row by row stays what a role without that right writes', async () => {
  const database = await freshDatabase(plain);
  expect(await attempt(await asTester(database), { insert: good })).toBe('origin');
});

test('a row that is pointed at stays until the end, and one gone before is missed', async () => {
  const { url } = await freshDatabase(plain);
  await using sql = await openCopier(url);
  await using other = await openCopier(url);
  await sql.query('begin');
  await written(sql, { insert: good });
  await other.query("set lock_timeout = '100ms'");
  await expect(other.query('delete from shelves where id = 1')).rejects.toThrow(/lock timeout/);
  await other.query('delete from shelves where id = 2');
  await expect(written(sql, { insert: bad })).rejects.toThrow(StatewrightError);
});

test('rows that statistics made meanwhile know nothing of are joined, not looped over', async () => {
  const { url } = await freshDatabase(plain);
  await using sql = await openCopier(url);
  await using other = await openCopier(url);
  await other.query('insert into shelves select generate_series(3, 2000); analyze');
  await sql.query('begin');
  await sql.query('insert into books (shelf) select 1 + n % 2000 from generate_series(1, 20000) n');
  await other.query('analyze books');
  const plans: string[] = [];
  const told = async (text: string, params?: readonly unknown[]) => {
    if (/^with keys/.test(text)) plans.push(JSON.stringify(await sql.query(`explain ${text}`)));
    return sql.query(text, params);
  };
  expect(await written({ ...sql, query: told }, { insert: good })).toBe('replica');
  expect(plans).toEqual([expect.not.stringContaining('Nested Loop')]);
  const [found] = await sql.query("select current_setting('enable_nestloop') as loops");
  expect(found).toEqual({ loops: 'on' });
});

/** Writes those shelves as one step of rows of `books` that have these columns; gives what was asked for. */
async function stepped(sql: Copier, shelves: string, has = ['shelf']): Promise<string[]> {
  const table = (await readLayout(sql)).tables.find(({ name }) => name === 'books');
  if (!table) throw new RangeError('No books.');
  const columns = table.columns.filter(({ name }) => has.includes(name));
  const asked: string[] = [];
  const write = (into: string) => async () => {
    asked.push(into);
    await sql.query(`insert into ${into} (shelf) values ${shelves}`);
  };
  await withStagedKeys({ job: { table, count: 20_000, offset: 0 }, columns }, sql, {
    stage: (name) => write(name)(),
    write: write('books'),
  });
  return asked;
}

test('a step is judged alone, and goes on into the table', async () => {
  const { url } = await freshDatabase(plain);
  await using sql = await openCopier(url);
  for (const shelves of ['(1), (null)', '(2)']) {
    await sql.query('begin');
    expect(await stepped(sql, shelves)).toEqual(['pg_temp."statewright step"']);
    await sql.query('commit');
  }
  await sql.query('begin');
  await expect(stepped(sql, '(1), (7)')).rejects.toMatchObject({
    message: expect.stringMatching(/What was committed before stands\.$/),
    facts: { constraints: ['books_shelf_fkey'], left: 1 },
  });
  await sql.query('rollback; begin');
  expect(await stepped(sql, '(1)', ['id'])).toEqual(['books']);
  await sql.query('commit');
  const found = await sql.query('select id, shelf from books order by id');
  expect(found.map(({ shelf }) => shelf)).toEqual([1, null, 2, 1]);
});
