import { expect, test } from 'vitest';
import { analyze } from '../../src/model/analyze.ts';
import { programOf } from '../setup/code.ts';
import { planned } from '../setup/planning.ts';

const APP = `
import { Hono } from 'hono';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { pgTable, serial, text } from 'drizzle-orm/pg-core';
const carriers = pgTable('carriers', { id: serial('id').primaryKey(), countries: text('countries').array().notNull() });
const addresses = pgTable('addresses', { id: serial('id').primaryKey(), country: text('country').notNull() });
const db = drizzle(process.env.DATABASE_URL!);
const app = new Hono();
app.get('/carriers/:id/to/:address', async (c) => {
  const [carrier] = await db.select().from(carriers).where(eq(carriers.id, Number(c.req.param('id'))));
  const [address] = await db.select().from(addresses).where(eq(addresses.id, Number(c.req.param('address'))));
  if (!carrier || !address) return c.json({ error: 'not_found' }, 404);
  if (!carrier.countries.includes(address.country)) return c.json({ error: 'not_served' }, 422);
  return c.json({ ok: true });
});
export default app;
`;

test('what an array column contains is set up, and what it lacks', () => {
  const manifest = JSON.stringify({ name: 'app', dependencies: { hono: '4', 'drizzle-orm': '1' } });
  const program = programOf({ 'package.json': manifest, 'app.ts': APP });
  const { plan } = planned(analyze(program, { emit: () => undefined }));
  const chosen = (id: string) => {
    const { address, carrier } = plan(id).given.rows as Record<string, { set: object }>;
    return { ...address?.set, ...carrier?.set } as { country: string; countries: unknown };
  };
  const served = chosen('GET /carriers/:id/to/:address › 200');
  expect(served.countries).toEqual({ json: [served.country] });
  const other = chosen('GET /carriers/:id/to/:address › not_served');
  expect(other.countries).toEqual({ json: [expect.any(String)] });
  expect(other.countries).not.toEqual({ json: [other.country] });
});
