import { expect, test } from 'vitest';
import { analyze } from '../../src/model/analyze.ts';
import type { Model } from '../../src/model/model.ts';
import { signInByMint } from '../../src/run/mint.ts';
import { programOf } from '../setup/code.ts';
import { planned } from '../setup/planning.ts';

const APP = `
import express from 'express'; import jwt from 'jsonwebtoken';
import { and, eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { boolean, pgTable, text, uuid } from 'drizzle-orm/pg-core';
const sailors = pgTable('sailors', { id: uuid('id').primaryKey().defaultRandom(), email: text('email').notNull().unique(), captain: boolean('captain').notNull().default(false) });
const boats = pgTable('boats', { id: uuid('id').primaryKey().defaultRandom(), sailorId: uuid('sailor_id').notNull().references(() => sailors.id) });
const db = drizzle(process.env.DATABASE_URL!);
const app = express();
app.use(express.json());
const key = process.env.TOKEN_KEY ?? 'a key for now';
app.post('/login', async (req, res) => {
  const [sailor] = await db.select().from(sailors).where(eq(sailors.email, req.body.email));
  if (!sailor) return res.status(404).json({ error: 'nobody' });
  res.json({ token: jwt.sign({ data: sailor }, key) });
});
const guard = (req, res, next) => {
  const token = req.headers.authorization?.split(' ')[1];
  if (!token) return res.status(401).json({ error: 'none' });
  try {
    req.sailor = jwt.verify(token, key).data;
    next();
  } catch (error) {
    res.status(401).json({ error: error.name === 'TokenExpiredError' ? 'expired' : 'invalid' });
  }
};
app.get('/me', guard, async (req, res) => {
  const [sailor] = await db.select().from(sailors).where(eq(sailors.id, req.sailor.id));
  if (!sailor) return res.status(404).json({ error: 'gone' });
  res.json(sailor);
});
app.get('/boats/:id', guard, async (req, res) => {
  const [boat] = await db.select().from(boats).where(and(eq(boats.id, req.params.id), eq(boats.sailorId, req.sailor.id)));
  if (!boat) return res.status(404).json({ error: 'no_boat' });
  res.json(boat);
});
app.get('/helm', guard, (req, res) => {
  if (!req.sailor.captain) return res.status(403).json({ error: 'captains_only' });
  res.json({ ok: true });
});
app.listen(3000);`;

function plans(code = APP) {
  const dependencies = { express: '5', jsonwebtoken: '9', 'drizzle-orm': '1', pg: '8' };
  const manifest = JSON.stringify({ name: 'app', dependencies });
  const model = analyze(programOf({ 'package.json': manifest, 'app.ts': code }), {
    emit: () => undefined,
  });
  const apps = model.apps.map((app) => ({
    ...app,
    auth: app.auth && { ...app.auth, handed: true },
  }));
  return planned({ ...model, apps } satisfies Model);
}

test('a row that a claim names is the acting user’s', () => {
  const { plan } = plans();
  const { given, when } = plan('GET /boats/:id › 200');
  const [as = ''] = Object.keys(given.personas);
  expect(when[0]).toMatchObject({ as, path: '/boats/{boat.id}' });
  expect(given.rows['boat']).toMatchObject({ set: { sailor_id: { ref: `${as}.id` } } });
  expect(given.personas[as]).toEqual({ row: as });
});

test('a claim says whose a row is in an app that looks nobody up by it', () => {
  const [before = '', after = ''] = APP.split("app.get('/me'");
  const { plan } = plans(before + after.slice(after.indexOf("app.get('/boats")));
  const { given, when } = plan('GET /boats/:id › 200');
  const [as = ''] = Object.keys(given.personas);
  expect(when[0]).toMatchObject({ as, path: '/boats/{boat.id}' });
  expect(given.rows['boat']).toMatchObject({ set: { sailor_id: { ref: `${as}.id` } } });
});

test('what a token says of its owner is a column of the row it was made of', () => {
  const { plan } = plans();
  const captain = (ending: string) => {
    const { rows, personas } = plan(`GET /helm › ${ending}`).given;
    const [persona] = Object.values(personas);
    const row = persona && 'row' in persona ? rows[persona.row] : undefined;
    return row && 'set' in row ? (row.set['captain'] ?? false) : undefined;
  };
  expect([captain('200'), captain('captains_only')]).toEqual([true, false]);
});

test('somebody who is gone has a good token, and a refused token is nobody’s', () => {
  const { plan } = plans();
  const id = '00000000-0000-4000-8000-000000000001';
  expect(plan('GET /me › gone').given).toMatchObject({
    rows: {},
    personas: { stranger: { gone: { id } } },
  });
  expect(plan('GET /me › expired').given.personas).toMatchObject({
    stranger: { gone: { id }, refused: 'expired' },
  });
});

test('a token is made to be refused for one thing alone', async () => {
  const mint = {
    kind: 'jwt',
    secret: 'KEY',
    algorithm: 'HS256',
    claims: { sub: { column: 'id' } },
  } as const;
  const signIn = signInByMint({ carrier: { from: 'headers', name: 'authorization' }, mint }, 'key');
  const who = { persona: 'stranger', row: { id: 7 }, rows: {}, url: null };
  const tokenOf = async (refused?: 'expired' | 'signature') => {
    const pass = await signIn({ ...who, ...(refused && { refused }) });
    const [head, body, signature] = (pass.headers?.['authorization'] ?? '').slice(7).split('.');
    return { head, body: JSON.parse(Buffer.from(body ?? '', 'base64url').toString()), signature };
  };
  const [good, expired, forged] = [
    await tokenOf(),
    await tokenOf('expired'),
    await tokenOf('signature'),
  ];
  expect(good.body).toMatchObject({ sub: '7', exp: expect.any(Number) });
  expect(expired.body).toEqual({ ...good.body, exp: 1 });
  expect(forged.body).toEqual(good.body);
  expect(forged.signature).not.toBe(good.signature);
});
