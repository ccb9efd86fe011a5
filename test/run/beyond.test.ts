import { expect, test } from 'vitest';
import { openSession } from '../../src/db/pg.ts';
import { beyondInsert } from '../../src/run/beyond.ts';
import { installWritten } from '../../src/run/written.ts';
import { freshDatabase } from '../setup/database.ts';
import { readCatalog } from './setup.ts';

const SCHEMA = `
  create table products (id int primary key, stock int not null);
  create table orders (id serial primary key, product int not null references products, code text not null,
    placed_at timestamptz not null default now());
  create table counters (name text primary key, n int not null);
  create table mails (to_whom text);
  create function count_order() returns trigger language plpgsql as $$ begin
    update counters set n = n + 1 where name = 'orders'; return new; end $$;
  create trigger count_order after insert on orders for each row execute function count_order();
  insert into products values (1, 10);
  insert into counters values ('orders', 0)`;

/** What an app may do for one order, as a session of run `app`. */
async function asked(statements: string, told: readonly string[], table = 'orders') {
  const database = await freshDatabase(SCHEMA);
  await using keeper = await openSession(database.url);
  await installWritten(keeper, (await readCatalog(keeper)).tables);
  const before = await database.checksums();
  await using app = await openSession(
    `${database.url}?options=${encodeURIComponent('-c statewright.run=app')}`,
  );
  await app.query(statements);
  const about = { run: 'app', after: '0', table, told: new Set(told), readCatalog };
  const beyond = await beyondInsert(keeper, about);
  if (beyond) expect(await database.checksums()).toEqual(before);
  expect(await keeper.query(`select from statewright.made where run <> 'app'`)).toEqual([]);
  return beyond;
}

test('what the app writes beside its row is told apart from what the row brings by itself', async () => {
  const beyond = await asked(
    `update products set stock = 9 where id = 1;
     insert into orders (product, code) values (1, 'X-1');
     insert into mails values ('ann@example.test')`,
    ['1'],
  );
  expect(beyond).toMatchObject({
    row: { table: 'orders', values: { product: 1, code: 'X-1' } },
    untold: ['code', 'placed_at'],
    beyond: [
      { table: 'products', does: 'adjust', columns: ['stock'], row: { id: 1, stock: 9 } },
      { table: 'mails', does: 'insert', row: { to_whom: 'ann@example.test' } },
    ],
    triggers: [{ table: 'counters', does: 'adjust', columns: ['n'] }],
    refused: null,
  });
});

test('a row that needs another of the app’s can’t be put in by itself, and that is said', async () => {
  const beyond = await asked(
    `insert into products values (7, 1); insert into orders (product, code) values (7, 'X-2')`,
    ['7'],
  );
  expect(beyond).toMatchObject({
    refused: expect.stringContaining('foreign key'),
    beyond: [{ table: 'products' }, { table: 'counters' }],
  });
});

test('an answer that made no such row is null', async () => {
  expect(await asked(`insert into mails values ('x')`, [])).toBeNull();
});
