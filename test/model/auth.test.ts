import { expect, test } from 'vitest';
import { analyze } from '../../src/model/analyze.ts';
import { programOf } from '../setup/code.ts';

const SCHEMA = `import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
  export const accounts = pgTable('accounts', { id: uuid('id').primaryKey(), login: text('login').notNull().unique(), name: text('name'), secret: text('secret').notNull() });
  export const tokens = pgTable('tokens', { value: text('value').primaryKey(), accountId: uuid('account_id').notNull().references(() => accounts.id) });`;

function authOf(routes: string) {
  const program = programOf({
    'package.json': '{"name":"app","dependencies":{"hono":"4","drizzle-orm":"1"}}',
    'src/schema.ts': SCHEMA,
    'src/index.ts': `import { Hono } from 'hono'; import { eq } from 'drizzle-orm'; import { hash, verify } from 'argon2'; import { sign, verify as verifyToken } from 'hono/jwt'; import { z } from 'zod'; import { vault } from 'vault';
      import { db } from './db'; import { accounts, tokens } from './schema';
      const app = new Hono(); ${routes} export default app;`,
    'src/db.ts': `import { drizzle } from 'drizzle-orm/node-postgres'; import * as schema from './schema'; export const db = drizzle('', { schema });`,
  });
  return analyze(program, { emit: () => undefined }).apps[0]?.auth;
}

const GUARD = `app.use('/me', async (c, next) => {
  const token = c.req.header('x-token');
  if (!token) return c.json({ error: 'who' }, 401);
  const [found] = await db.select().from(tokens).innerJoin(accounts, eq(accounts.id, tokens.accountId)).where(eq(tokens.value, token));
  if (!found) return c.json({ error: 'who' }, 401);
  await next();
});
app.get('/me', (c) => c.json({}));`;

test('a token in a header leads to the acting row, hashing and comparing to the doors', () => {
  const auth = authOf(`
    app.post('/join', async (c) => {
      const body = await c.req.json();
      await db.insert(accounts).values({ id: '1', login: body.login.toLowerCase(), name: body.profile.name, secret: await hash(body.pass) });
      return c.json({}, 201);
    });
    app.post('/enter', async (c) => {
      const { login, pass } = await c.req.json();
      const account = await db.query.accounts.findFirst({ where: eq(accounts.login, login) });
      if (!account || !(await verify(account.secret, pass))) return c.json({ error: 'no' }, 401);
      return c.json({ ok: true });
    });
    ${GUARD}`);
  expect(auth).toEqual({
    carrier: { from: 'headers', name: 'x-token' },
    session: { table: 'tokens', column: 'value' },
    actor: 'accounts',
    signIn: { route: 'POST /enter', fields: { login: 'login' }, password: 'pass' },
    signUp: {
      route: 'POST /join',
      fields: { login: 'login', 'profile.name': 'name' },
      password: 'pass',
    },
    handed: false,
    passwordColumn: 'secret',
  });
});

test('without doors there are none, and without a look-up there is nobody', () => {
  expect(authOf(GUARD)).toMatchObject({
    actor: 'accounts',
    signIn: null,
    signUp: null,
    passwordColumn: null,
  });
  expect(authOf("app.get('/open', (c) => c.json({}));")).toBeNull();
});

test('a signed token is looked up nowhere: the header stands, the session does not', () => {
  const auth = authOf(`
    app.post('/enter', async (c) => {
      const { login, password } = z.object({ login: z.string(), password: z.string() }).parse(await c.req.json());
      const account = await db.query.accounts.findFirst({ where: eq(accounts.login, login) });
      if (!account || !(await vault.check(account, password))) return c.json({ error: 'no' }, 401);
      return c.json({ token: await sign({ sub: account.id }, 'key') });
    });
    app.use('/me', async (c, next) => {
      const header = c.req.header('authorization');
      if (!header) return c.json({ error: 'who' }, 401);
      const { sub } = await verifyToken(header, 'key');
      const account = await db.query.accounts.findFirst({ where: eq(accounts.id, sub) });
      if (!account) return c.json({ error: 'who' }, 401);
      await next();
    });
    app.get('/me', (c) => c.json({}));`);
  expect(auth).toMatchObject({
    carrier: { from: 'headers', name: 'authorization' },
    session: null,
    actor: 'accounts',
    signIn: { route: 'POST /enter', fields: { login: 'login' }, password: 'password' },
  });
});

test('whoever may come without a token need not be signed in', () => {
  const program = programOf({
    'package.json': '{"name":"app","dependencies":{"express":"5","drizzle-orm":"1"}}',
    'src/schema.ts': SCHEMA,
    'src/index.ts': `import express from 'express'; import { eq } from 'drizzle-orm'; import { expressjwt } from 'express-jwt'; import { sign } from 'jsonwebtoken';
      import { drizzle } from 'drizzle-orm/node-postgres'; import { accounts } from './schema';
      const db = drizzle('');
      const app = express();
      app.use(express.json());
      const optional = expressjwt({ secret: process.env.JWT_SECRET, algorithms: ['HS256'], credentialsRequired: false });
      const required = expressjwt({ secret: process.env.JWT_SECRET, algorithms: ['HS256'] });
      app.post('/enter', async (req, res) => {
        const [account] = await db.select().from(accounts).where(eq(accounts.login, req.body.login));
        if (!account) return res.sendStatus(401);
        res.json({ token: sign({ sub: account.id }, process.env.JWT_SECRET) });
      });
      app.get('/me', required, async (req, res) => {
        const [account] = await db.select().from(accounts).where(eq(accounts.id, req.auth.sub));
        res.json({ name: account?.name });
      });
      app.get('/all', optional, async (req, res) => res.json(await db.select().from(accounts)));
      app.listen(1);`,
  });
  const [app] = analyze(program, { emit: () => undefined }).apps;
  const acting = (path: string) =>
    app?.routes
      .find((route) => route.path === path)
      ?.outcomes.filter(({ status }) => status === 200)
      .flatMap(({ when }) => when.filter(({ kind }) => kind === 'actor'));
  expect(acting('/all')).toEqual([]);
  expect(acting('/me')).toMatchObject([{ is: 'authenticated' }]);
});
