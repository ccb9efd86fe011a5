import type { WirePlan } from '../../src/plan/wire.ts';

/** An app with endings behind a checksum that the solver can't make come out. */
export const APP = `
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { Hono } from 'hono';
const vouchers = pgTable('vouchers', {
  code: text('code').primaryKey(),
  cents: integer('cents').notNull(),
});
const db = drizzle(process.env.DATABASE_URL);
const checksum = (code: string) => {
  let sum = 0;
  for (let i = 0; i < code.length; i++) sum = (sum * 31 + code.charCodeAt(i)) % 97;
  return sum;
};
const app = new Hono();
app.get('/vouchers/:code', async (c) => {
  const code = c.req.param('code');
  if (checksum(code) !== 3) return c.json({ error: 'bad_checksum' }, 400);
  const [voucher] = await db.select().from(vouchers).where(eq(vouchers.code, code));
  if (!voucher) return c.json({ error: 'not_found' }, 404);
  return c.json({ cents: voucher.cents });
});
export default app;
`;

export const FOUND = 'GET /vouchers/:code › 200';
export const REFUSED = 'GET /vouchers/:code › bad_checksum (checksum(code) !== 3)';

/** A model's answer to `FOUND`, the voucher in this table: `d` has the right checksum. */
export const answer = (table: string): WirePlan => ({
  title: 'A voucher whose code has the right checksum',
  rows: [
    {
      name: 'voucher',
      table,
      form: 'made',
      count: 1,
      columns: [{ name: 'code', value: { kind: 'literal', value: 'd' } }],
      update: [],
    },
  ],
  absent: [],
  personas: [],
  env: [],
  request: {
    as: null,
    method: 'GET',
    path: '/vouchers/{voucher.code}',
    query: [],
    headers: [],
    cookies: [],
    body: [],
  },
  expect: { status: 200, body: [], textPresent: [], textAbsent: [] },
});

/** A good answer to `REFUSED`. */
export function refusal(): WirePlan {
  const { request, ...found } = answer('vouchers');
  const error = { name: 'error', value: { kind: 'literal', value: 'bad_checksum' } } as const;
  return {
    ...found,
    rows: [],
    request: { ...request, path: '/vouchers/e' },
    expect: { ...found.expect, status: 400, body: [error] },
  };
}
