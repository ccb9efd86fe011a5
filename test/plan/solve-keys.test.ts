import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { analyze } from '../../src/model/analyze.ts';
import { programOf } from '../setup/code.ts';
import { planned } from '../setup/planning.ts';

const APP = `
import { Hono } from 'hono';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { pgTable, serial, text } from 'drizzle-orm/pg-core';
const guards = pgTable('guards', { id: serial('id').primaryKey(), apiKey: text('api_key').notNull().unique() });
const gates = pgTable('gates', { id: serial('id').primaryKey(), name: text('name').notNull() });
const db = drizzle(process.env.DATABASE_URL!);
const app = new Hono();
app.get('/gates/:id', async (c) => {
  const key = c.req.header('x-api-key');
  if (!key) return c.json({ error: 'key_missing' }, 401);
  const [guard] = await db.select().from(guards).where(eq(guards.apiKey, key));
  if (!guard) return c.json({ error: 'key_unknown' }, 401);
  const [gate] = await db.select().from(gates).where(eq(gates.id, Number(c.req.param('id'))));
  if (!gate) return c.json({ error: 'not_found' }, 404);
  return c.json({ name: gate.name });
});
export default app;
`;

test('a request that a key authenticates carries the key of a row that is set up', () => {
  const manifest = JSON.stringify({ name: 'app', dependencies: { hono: '4', 'drizzle-orm': '1' } });
  const program = programOf({ 'package.json': manifest, 'app.ts': APP });
  const { plan } = planned(analyze(program, { emit: () => undefined }));
  for (const ending of ['200', 'not_found']) {
    const { given, when } = plan(`GET /gates/:id › ${ending}`);
    const [name] = Object.entries(given.rows).find(([, row]) => row.table === 'guards') ?? [];
    expect(given.personas).toEqual({});
    expect(when[0]).toMatchObject({
      as: null,
      headers: { 'x-api-key': { ref: `${name}.api_key` } },
    });
  }
  const stranger = plan('GET /gates/:id › key_unknown');
  expect(stranger.given.rows).toEqual({});
});

const TOKENS = `
import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { and, eq, gt } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core';
import { compare } from 'bcryptjs';
const people = pgTable('people', { id: serial('id').primaryKey(), email: text('email').notNull().unique(), passwordHash: text('password_hash').notNull() });
const sessions = pgTable('sessions', { id: text('id').primaryKey(), personId: integer('person_id').notNull().references(() => people.id), until: timestamp('until').notNull() });
const db = drizzle(process.env.DATABASE_URL!);
const app = new Hono();
const hash = (token) => createHash('sha256').update(token).digest('hex');
app.post('/sign-in', async (c) => {
  const { email, password } = await c.req.json();
  const [person] = await db.select().from(people).where(eq(people.email, email));
  if (!person || !(await compare(password, person.passwordHash))) return c.json({ error: 'wrong' }, 401);
  return c.json({ token: 'x' });
});
app.get('/me', async (c) => {
  const header = c.req.header('authorization');
  const token = header?.startsWith('Bearer ') ? header.slice('Bearer '.length) : undefined;
  const [session] = token ? await db.select().from(sessions).innerJoin(people, eq(people.id, sessions.personId)).where(and(eq(sessions.id, hash(token)), gt(sessions.until, new Date()))) : [];
  if (!session) return c.json({ error: 'unknown' }, 401);
  return c.json({ email: session.people.email });
});
export default app;
`;

test('where nobody can sign up, the row of a hashed token is set up and the request carries the token', () => {
  const manifest = JSON.stringify({ name: 'app', dependencies: { hono: '4', 'drizzle-orm': '1' } });
  const program = programOf({ 'package.json': manifest, 'app.ts': TOKENS });
  const { plan } = planned(analyze(program, { emit: () => undefined }));
  const { given, when } = plan('GET /me › 200');
  const token = String(when[0]?.headers?.['authorization']).replace(/^Bearer /, '');
  expect(token).toMatch(/^\w+$/);
  const row = Object.values(given.rows).find(({ table }) => table === 'sessions');
  expect(row).toMatchObject({
    set: { id: createHash('sha256').update(token).digest('hex'), until: { now: 'P1D' } },
  });
  expect(given.personas).toEqual({});
});

const PATTERNS = `
import { Hono } from 'hono';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { pgTable, serial, text, uuid } from 'drizzle-orm/pg-core';
const gates = pgTable('gates', { id: serial('id').primaryKey(), name: text('name').notNull() });
const keys = pgTable('keys', { id: uuid('id').primaryKey().defaultRandom() });
const db = drizzle(process.env.DATABASE_URL!);
const app = new Hono();
app.get('/gates/:id', async (c) => {
  const id = c.req.param('id');
  if (!/^\\d{1,9}$/.test(id)) return c.json({ error: 'no_number' }, 400);
  const [gate] = await db.select().from(gates).where(eq(gates.id, Number(id)));
  return gate ? c.json({ name: gate.name }) : c.json({ error: 'not_found' }, 404);
});
app.get('/keys/:id', async (c) => {
  const id = c.req.param('id');
  if (!/^[0-9a-f-]{36}$/.test(id)) return c.json({ error: 'no_uuid' }, 400);
  const [key] = await db.select().from(keys).where(eq(keys.id, id));
  return key ? c.json({ found: true }) : c.json({ error: 'not_found' }, 404);
});
app.get('/odd/:id', async (c) => {
  const id = c.req.param('id');
  if (/^\\d+$/.test(id)) return c.json({ error: 'number' }, 400);
  const [gate] = await db.select().from(gates).where(eq(gates.id, Number(id)));
  return gate ? c.json({ name: gate.name }) : c.json({ error: 'not_found' }, 404);
});
export default app;
`;

test('a key the database draws is one that a pattern for keys of its type takes', () => {
  const manifest = JSON.stringify({ name: 'app', dependencies: { hono: '4', 'drizzle-orm': '1' } });
  const program = programOf({ 'package.json': manifest, 'app.ts': PATTERNS });
  const { plan, plans } = planned(analyze(program, { emit: () => undefined }));
  for (const route of ['GET /gates/:id', 'GET /keys/:id']) {
    const { given, when } = plan(`${route} › 200`);
    const [name] = Object.keys(given.rows);
    expect(JSON.stringify(when[0]?.path)).toContain(`{${name}.id}`);
  }
  expect(plans.map(({ id }) => id)).not.toContain('GET /odd/:id › 200');
});

const TAKEN = `
import { Hono } from 'hono';
import { eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { check, integer, pgTable, serial, text } from 'drizzle-orm/pg-core';
const people = pgTable('people', { id: serial('id').primaryKey(), name: text('name').notNull() });
const plots = pgTable('plots', {
  id: serial('id').primaryKey(),
  status: text('status', { enum: ['free', 'taken', 'resting'] }).notNull(),
  personId: integer('person_id').references(() => people.id),
}, (table) => [check('taken', sql\`(\${table.status} = 'taken') = (\${table.personId} IS NOT NULL)\`)]);
const db = drizzle(process.env.DATABASE_URL!);
const app = new Hono();
app.get('/plots/:id', async (c) => {
  const [plot] = await db.select().from(plots).where(eq(plots.id, Number(c.req.param('id'))));
  if (!plot) return c.json({ error: 'not_found' }, 404);
  if (plot.status === 'taken') return c.json({ error: 'taken' }, 409);
  return c.json({ status: plot.status });
});
export default app;
`;

test('a reference that a CHECK asks for has its row; one that nothing asks for is left out', () => {
  const manifest = JSON.stringify({ name: 'app', dependencies: { hono: '4', 'drizzle-orm': '1' } });
  const program = programOf({ 'package.json': manifest, 'app.ts': TAKEN });
  const { plan } = planned(analyze(program, { emit: () => undefined }));
  const rowsOf = (id: string) => Object.values(plan(`GET /plots/:id › ${id}`).given.rows);
  const taken = rowsOf('taken').find(({ table }) => table === 'plots');
  expect(rowsOf('taken').map(({ table }) => table)).toContain('people');
  expect(taken).toMatchObject({ set: { status: 'taken', person_id: { ref: expect.any(String) } } });
  expect(rowsOf('200').map(({ table }) => table)).toEqual(['plots']);
});
