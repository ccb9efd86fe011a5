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
