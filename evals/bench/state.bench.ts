import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCatalog } from '../../src/db/catalog.ts';
import { type Database, type Sql, withDatabase } from '../../src/db/db.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { connect, openSession } from '../../src/db/pg.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { assertWritable, enroll } from '../../src/run/guard.ts';
import { type ControlLedger, openLedger } from '../../src/run/ledger.ts';
import { up } from '../../src/run/up.ts';
import { bindRequest } from '../../src/state/bind.ts';
import { compileState } from '../../src/state/compile.ts';
import { type Comparison, spread, timed } from './measure.ts';

const rounds = 2_000;
/** Until both are compiled and their plans settled. */
const warmUp = 500;

/**
 * Setting up a dozen rows in five tables beside one hand-written statement that makes the same rows: both
 * prepared and warmed, from one pool, in turns, the entry in the row ledger included. They share a session, for of
 * two the kernel keeps one on the client's core, and waking the other costs a third of the whole. On a clone that is all, for the clone stands in the control ledger since it was made; in a
 * shared database the run is locked and committed to the control ledger first.
 */
export async function stateBench(): Promise<readonly Comparison[]> {
  const home = await mkdtemp(join(tmpdir(), 'statewright-bench-'));
  const server = await startEmbedded({ home });
  const admin = await openSession(server.url);
  try {
    await admin.query('create database bench');
    await using database = await connect(withDatabase(server.url, 'bench'));
    await database.session((sql) => sql.query(schema));
    await using ledger = await openLedger({ connect, open: openSession }, server.url);
    const byHand = () => database.session(theirs);
    return [
      await inTurns(`${rowsMade}, on a clone`, await ours(database, null), byHand),
      await inTurns(`${rowsMade}, in a shared database`, await ours(database, ledger), byHand),
    ];
  } finally {
    await admin.end();
    await server.stop();
    await rm(home, { recursive: true, force: true });
  }
}

const rowsMade = 'set up a state of 12 rows in 5 tables';

async function inTurns(
  name: string,
  a: () => Promise<unknown>,
  b: () => Promise<unknown>,
): Promise<Comparison> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // Whoever goes second finds a warmer machine: each does so every other time.
    if (round % 2 === 0) ours.push(await timed(a));
    theirs.push(await timed(b));
    if (round % 2 === 1) ours.push(await timed(a));
  }
  return {
    name,
    beside: 'one hand-written prepared statement',
    unit: 'ms',
    ours: spread(ours.slice(warmUp)),
    theirs: spread(theirs.slice(warmUp)),
    aim: 1.25,
  };
}

async function ours(database: Database, ledger: ControlLedger | null) {
  const address = null;
  await database.session((sql) => enroll(sql, { environment: 'bench', address, days: null }));
  const stamp = await database.session((sql) => assertWritable(sql));
  const catalog = await database.session(readCatalog);
  const app = { ...nothing, name: 'bench', root: '.', auth: null, variables: null };
  const { state } = compileState(plan, { app, catalog, seed: '1' });
  return () =>
    up(state, {
      database,
      stamp,
      own: ledger === null,
      app: null,
      ledger,
      term: { hold: 'held' },
      readCatalog,
      bind: (when, known) => bindRequest(when, { ...known, now: new Date() }),
    });
}

const nothing = { frameworks: [], orms: [], routes: [], pages: [], components: [], tables: [] };

const schema = `
  create table users (id bigserial primary key, email text not null, name text not null, verified_at timestamptz, created_at timestamptz not null default now());
  create table carts (id bigserial primary key, user_id bigint not null references users (id), status text not null default 'open');
  create table products (id bigserial primary key, sku text not null, price int not null, stock int not null);
  create table items (id bigserial primary key, cart_id bigint not null references carts (id), product_id bigint not null references products (id), quantity int not null default 1);
  create table coupons (id bigserial primary key, code text not null, percent int not null, expires_at timestamptz, owner_id bigint references users (id))`;

const plan: Plan = {
  version: 1,
  id: 'bench',
  title: 'A dozen rows',
  variantOf: null,
  given: {
    rows: {
      user: {
        table: 'users',
        set: { email: 'a@example.test', name: 'Ann', verified_at: { now: '-P2D' } },
      },
      other: { table: 'users', set: { email: 'b@example.test', name: 'Bob' } },
      cart: { table: 'carts', set: { user_id: { ref: 'user.id' }, status: 'open' } },
      product: { table: 'products', count: 3, set: { sku: 'S-1', price: 1200, stock: 5 } },
      item: {
        table: 'items',
        count: 3,
        set: { cart_id: { ref: 'cart.id' }, product_id: { ref: 'product.id' }, quantity: 2 },
      },
      expired: { table: 'coupons', set: { code: 'OLD', percent: 10, expires_at: { now: '-P1D' } } },
      valid: { table: 'coupons', set: { code: 'NEW', percent: 20, expires_at: { now: 'P1D' } } },
      owned: { table: 'coupons', set: { code: 'OWN', percent: 30, owner_id: { ref: 'other.id' } } },
    },
    absent: [],
    personas: {},
    env: {},
  },
  when: [{ as: null, method: 'GET', path: '/' }],
  // biome-ignore lint/suspicious/noThenProperty: a plan is data, never awaited
  then: { status: 200, text: { present: [], absent: [] } },
  evidence: [],
  planner: { kind: 'hand', version: '1' },
  digests: { code: '', schema: '', prompt: null },
};

/** What somebody who knows the schema would write, and get back: the ids that a test needs. */
const byHand = `
  with u as (insert into users (email, name, verified_at)
      values ($1, $2, now() - interval '2 days'), ($3, $4, null) returning id, email),
    c as (insert into carts (user_id, status)
      values ((select id from u where email = $1), $5) returning id),
    p as (insert into products (sku, price, stock)
      values ($6, $7, $8), ($6, $7, $8), ($6, $7, $8) returning id),
    i as (insert into items (cart_id, product_id, quantity)
      select c.id, p.id, $9 from c, p returning id),
    k as (insert into coupons (code, percent, expires_at, owner_id)
      values ($10, 10, now() - interval '1 day', null), ($11, 20, now() + interval '1 day', null),
        ($12, 30, null, (select id from u where email = $3)) returning id)
  select (select array_agg(id) from u) as users, (select id from c) as cart,
    (select array_agg(id) from p) as products, (select array_agg(id) from i) as items,
    (select array_agg(id) from k) as coupons`;

function theirs(sql: Sql): Promise<unknown> {
  const values = [
    'a@example.test',
    'Ann',
    'b@example.test',
    'Bob',
    'open',
    'S-1',
    1200,
    5,
    2,
    'OLD',
    'NEW',
    'OWN',
  ];
  return sql.query(byHand, values, 'by_hand');
}
