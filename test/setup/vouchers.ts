import type { WireLevel, WireSubject } from '../../src/plan/wire.ts';

/** An app whose only read shows a customer with the vouchers held: where states of theirs are seen. */
export const APP = `
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { Hono } from 'hono';
const customers = pgTable('customers', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  tier: text('tier', { enum: ['basic', 'gold'] }).notNull(),
});
const vouchers = pgTable('vouchers', {
  code: text('code').primaryKey(),
  customerId: integer('customer_id').notNull().references(() => customers.id),
  cents: integer('cents').notNull(),
  expiresAt: timestamp('expires_at').notNull(),
});
const db = drizzle(process.env.DATABASE_URL);
const app = new Hono();
app.get('/customers/:id', async (c) => {
  const [customer] = await db.select().from(customers).where(eq(customers.id, Number(c.req.param('id'))));
  if (!customer) return c.json({ error: 'not_found' }, 404);
  const held = await db.select().from(vouchers).where(eq(vouchers.customerId, customer.id));
  return c.json({ tier: customer.tier, vouchers: held });
});
export default app;
`;
export const VIEW = 'GET /customers/:id › 200';

type Pair = WireSubject['rows'][number]['columns'][number];
export const literal = (name: string, value: string | number): Pair => ({
  name,
  value: { kind: 'literal', value },
});

export const made = (
  name: string,
  table: string,
  columns: Pair[],
): WireSubject['rows'][number] => ({
  ...{ name, table, columns, form: 'made', count: 1, update: [] },
});

/** What a model may say of a customer of a tier with a voucher: one state, unless levels are added. */
export function loyal(tier: string, change: Partial<WireSubject> = {}): WireSubject {
  const owner: Pair = {
    name: 'customer_id',
    value: { kind: 'ref', row: 'customer', column: 'id' },
  };
  const expires: Pair = { name: 'expires_at', value: { kind: 'now', offset: 'P2D' } };
  return {
    title: `A ${tier} customer holds a voucher that runs out in two days`,
    ending: VIEW,
    rows: [
      made('customer', 'customers', [literal('tier', tier)]),
      made('voucher', 'vouchers', [owner, expires, literal('cents', 40)]),
    ],
    absent: [],
    personas: [],
    request: { as: null, method: 'GET', path: '/customers/{customer.id}', query: [] },
    levels: [],
    ...change,
  };
}

/** A level that sets columns of the rows that `loyal` names. */
export function level(
  dimension: string,
  title: string,
  cells: Record<string, string | number> = {},
  rows: WireLevel['rows'] = [],
): WireLevel {
  return {
    ...{ dimension, title, rows },
    cells: Object.entries(cells).map(([cell, value]) => {
      const [row = '', column = ''] = cell.split('.');
      return { row, column, value: { kind: 'literal', value } };
    }),
  };
}
