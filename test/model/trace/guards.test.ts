import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { all, atom, some } from '../../../src/model/trace/formula.ts';
import { plainest } from '../../../src/model/trace/plainest.ts';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const AT = { file: 'app.ts', line: 1, hash: '' } as never;

test('guards that one factory makes are told apart by what they were given', () => {
  const found = trace(
    shop(`const guard = (roles) => async (c, next) => {
      const granted = rolesOf(c).some((role) => roles.includes(role));
      if (!granted) return c.json({ error: 'forbidden' }, 403);
      await next();
    };
    app.get('/orders', guard(['admin', 'clerk']), guard(['admin']), (c) => c.json({ ok: true }));`),
    'GET /orders',
  );
  expect(outcomes(found).map((each) => each.replace(/^.*? /, ''))).toEqual([
    '403: not [granted]',
    '403: [granted] & not [granted]',
    '200: [granted] & [granted]',
  ]);
});

const ACCOUNTS = `
import { boolean, pgTable, text, uuid } from 'drizzle-orm/pg-core';
export const users = pgTable('users', {
  id: uuid('id').primaryKey().defaultRandom(),
  email: text('email').notNull().unique(),
  isAdmin: boolean('is_admin').notNull(),
  isActive: boolean('is_active').notNull(),
});
export const orders = pgTable('orders', {
  id: uuid('id').primaryKey().defaultRandom(),
  userId: uuid('user_id').notNull().references(() => users.id),
});
export const tokens = pgTable('tokens', {
  id: uuid('id').primaryKey().defaultRandom(),
  hash: text('hash').notNull().unique(),
  userId: uuid('user_id').notNull().references(() => users.id),
});
`;

test('the way of tests alone does not stand for that of everybody else', () => {
  const found = outcomes(
    trace(
      {
        'schema.ts': ACCOUNTS,
        'app.ts': `
import { Hono } from 'hono';
import { eq } from 'drizzle-orm';
import { db } from './db';
import { users, orders, tokens } from './schema';
const app = new Hono();
async function load(input) {
  const [one] = await db.select().from(users).where(eq(users.email, input));
  const two = one ?? (await db.select().from(users).where(eq(users.id, input)))[0];
  if (!two) throw new Error('absent');
  if (two.isAdmin) return { ...two, order: null };
  const [order] = await db.select().from(orders).where(eq(orders.userId, two.id));
  if (!order) throw new Error('no order');
  return { ...two, order };
}
app.use(async (c, next) => {
  let user;
  if (process.env.NODE_ENV === 'e2e') {
    const email = c.req.header('x-e2e-user-email');
    if (!email) return c.json({ error: 'no email' }, 403);
    user = await load(email);
  } else {
    const token = c.req.header('x-token');
    if (!token) return c.json({ error: 'no token' }, 403);
    if (!token.startsWith('ks.')) return c.json({ error: 'bad' }, 401);
    const [found] = await db.select().from(tokens).where(eq(tokens.hash, token));
    if (!found) return c.json({ error: 'unknown token' }, 401);
    user = await load(found.userId);
  }
  if (!user.isActive) return c.json({ error: 'inactive' }, 401);
  c.set('user', user);
  await next();
});
app.get('/x', async (c) => c.json({ ok: 1 }));
export default app;
`,
      },
      'GET /x',
    ),
  );
  const passed = found.find((each) => each.startsWith('200')) ?? '';
  expect(passed).toContain('env.NODE_ENV != "e2e" & present headers.x-token');
  expect(passed).toContain('exists user#3 & user#3.is_active = true');
  expect(found.find((each) => each.startsWith('inactive'))).toContain('user#4.is_active = false');
});

test('of ways that are too many to tell those of tests are left out first', () => {
  const of = (value: string) =>
    atom({
      kind: 'environment',
      at: AT,
      left: { kind: 'env', name: 'NODE_ENV' },
      op: value === 'e2e' ? '=' : '!=',
      right: { kind: 'literal', value: 'e2e' },
    });
  const asked = ['a', 'b', 'c'].map((name) =>
    atom({ kind: 'input', is: 'present', at: AT, from: 'query', path: [name] }),
  );
  const tests = all([of('e2e'), ...asked.slice(0, 1)]);
  const normal = all([of('other'), ...asked.slice(1)]);
  expect(plainest(some([tests, normal]), 4).key).toBe(normal.key);
});

test('of ways that are too many to tell those that end on a written day are left out first', () => {
  const until = atom({
    kind: 'compare',
    at: AT,
    left: { kind: 'now' },
    op: '<',
    right: { kind: 'literal', value: 1776643200000 },
  });
  const asked = ['a', 'b', 'c'].map((name) =>
    atom({ kind: 'input', is: 'present', at: AT, from: 'query', path: [name] }),
  );
  const legacy = all([until, ...asked.slice(0, 1)]);
  const normal = all(asked.slice(1));
  expect(plainest(some([legacy, normal]), 3).key).toBe(normal.key);
});

test('what a guard puts on the request before it returns early is there for the next', () => {
  const app = {
    'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
    'app.ts': `
    import express from 'express';
    const app = express();
    function byKey(req, key) {
      if (key !== process.env.KEY) return false;
      req.isKey = true;
      return true;
    }
    function who(req) {
      const key = req.headers['x-key'];
      if (key) return byKey(req, key);
      if (req.headers['x-name']) { req.isKey = false; req.name = req.headers['x-name']; return true; }
      return false;
    }
    app.use((req, res, next) => { if (!who(req)) return res.status(401).end(); next(); });
    app.use((req, res, next) => {
      if (req.isKey) return next();
      if (req.name !== 'admin') return res.status(403).end();
      next();
    });
    app.get('/orders', (req, res) => res.json({ isKey: req.isKey }));
    app.listen(3000);`,
  };
  const key = 'present headers.x-key & headers.x-key = env.KEY';
  const name = 'missing headers.x-key & present headers.x-name';
  expect(outcomes(trace(app, 'GET /orders', express))).toEqual([
    '401 401: (present headers.x-key & headers.x-key != env.KEY | missing headers.x-key & missing headers.x-name)',
    `403 403: ${name} & headers.x-name != "admin"`,
    `200 200: (${key} | ${name}) & (${key} | missing headers.x-key & headers.x-name = "admin" & present headers.x-name)`,
  ]);
});

test('of two ways through a guard the heavier goes on too', () => {
  const found = trace(
    {
      'migrations/1.sql':
        'CREATE TABLE keys (id serial PRIMARY KEY, hashed text NOT NULL UNIQUE, deleted_at timestamptz);',
      'app.ts': `
        import { Hono } from 'hono';
        import knex from 'knex';
        import { isSealed, isSigned, isTrusted, open } from 'keyring';
        const db = knex({ client: 'pg' });
        const app = new Hono();
        function serverKey(key) {
          const names = Object.keys(process.env).filter((name) => name.startsWith('KEY_'));
          for (const name of names) if (process.env[name] === key) return { name };
          return null;
        }
        async function ofCustomer(key) {
          const row = await db('keys').where({ hashed: key }).first();
          if (!row || !isSigned(row) || !isSealed(row) || !isTrusted(row)) return null;
          const opened = open(row);
          if (!opened.owner || !opened.plan || !opened.seat || !opened.region || !opened.device || !opened.origin || !opened.purpose) return null;
          return { scopes: ['read', 'write'] };
        }
        async function find(key) {
          const ofServer = serverKey(key);
          if (ofServer) return isTrusted(ofServer) ? { scopes: ['read'] } : null;
          return ofCustomer(key);
        }
        app.use(async (c, next) => {
          const key = c.req.query('key');
          if (!isSigned(key) && !isSealed(key)) return c.json({ error: 'malformed_key' }, 401);
          const found = await find(key);
          if (!found) return c.json({ error: 'unknown_key' }, 401);
          c.set('scopes', found.scopes);
          await next();
        });
        app.post('/notes', (c) =>
          c.get('scopes').includes('write') ? c.json({}) : c.json({ error: 'forbidden' }, 403));
        export default app;`,
    },
    'POST /notes',
  );
  expect(outcomes(found).find((each) => each.startsWith('200'))).toBe(
    '200 200: ([isSigned(key)] | [isSealed(key)]) & [opened.owner] & [opened.plan] & [opened.seat] & [opened.region] & [opened.device] & [opened.origin] & [opened.purpose] & (not [each of names] | not [process.env[name] === key]) & exists key & [isSigned(row)] & [isSealed(row)] & [isTrusted(row)]',
  );
});
