/** A schema with the shapes the tests need: owners, flags, enums, nullable instants, unique keys. */
export const SCHEMA = `
import { relations } from 'drizzle-orm';
import { boolean, integer, pgEnum, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
export const status = pgEnum('status', ['pending', 'paid', 'cancelled']);
export const users = pgTable('users', {
  id: uuid('id').primaryKey().defaultRandom(),
  email: text('email').notNull().unique(),
  role: text('role').notNull(),
  passwordHash: text('password_hash').notNull(),
});
export const sessions = pgTable('sessions', {
  id: uuid('id').primaryKey().defaultRandom(),
  token: text('token').notNull().unique(),
  userId: uuid('user_id').notNull().references(() => users.id),
});
export const products = pgTable('products', {
  id: uuid('id').primaryKey().defaultRandom(),
  active: boolean('active').notNull(),
  price: integer('price').notNull(),
  stock: integer('stock').notNull(),
});
export const orders = pgTable('orders', {
  id: uuid('id').primaryKey().defaultRandom(),
  userId: uuid('user_id').notNull().references(() => users.id),
  status: status('status').notNull(),
  paidAt: timestamp('paid_at'),
  createdAt: timestamp('created_at').notNull().defaultNow(),
});
export const items = pgTable('items', {
  id: uuid('id').primaryKey().defaultRandom(),
  orderId: uuid('order_id').notNull().references(() => orders.id),
  productId: uuid('product_id').notNull().references(() => products.id),
  quantity: integer('quantity').notNull(),
});
export const orderRelations = relations(orders, ({ many }) => ({ items: many(items) }));
export const itemRelations = relations(items, ({ one }) => ({
  order: one(orders, { fields: [items.orderId], references: [orders.id] }),
  product: one(products, { fields: [items.productId], references: [products.id] }),
}));
`;

const HEAD = `
import { and, count, eq, gt, gte, ilike, inArray, isNull, lt, not, or, sql, sum } from 'drizzle-orm';
import { Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';
import { db } from './db';
import { items, orders, products, sessions, users } from './schema';
const app = new Hono();
`;

/** An app of one file: its routes between the imports and the export. */
export function shop(routes: string): Record<string, string> {
  return { 'schema.ts': SCHEMA, 'app.tsx': `${HEAD}${routes}\nexport default app;` };
}
