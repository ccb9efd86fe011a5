import { analyze } from '../../src/model/analyze.ts';
import type { Model, Page } from '../../src/model/model.ts';
import { programOf } from './code.ts';
import { conditionText } from './trace.ts';

const SCHEMA = `
import { pgTable, text, integer } from 'drizzle-orm/pg-core';
export const sessions = pgTable('sessions', {
  token: text('token').primaryKey(),
  userId: integer('user_id').notNull(),
});
export const orders = pgTable('orders', {
  id: integer('id').primaryKey(),
  userId: integer('user_id').notNull(),
  status: text('status').notNull(),
});`;

const HEAD = `
import { Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { renderToString } from 'react-dom/server';
import { orders, sessions } from './schema.ts';
const db = drizzle(process.env.DATABASE_URL);
const app = new Hono();`;

/** A little shop's model: `app` is the body of `app.tsx`, other files are given by path. */
export function shopModel(app: string, files: Readonly<Record<string, string>> = {}): Model {
  const dependencies = { hono: '4', 'drizzle-orm': '0.45', react: '19', 'react-dom': '19' };
  const program = programOf({
    'package.json': JSON.stringify({ name: 'shop', dependencies }),
    'schema.ts': SCHEMA,
    'app.tsx': `${HEAD}\n${app}\nexport default app;`,
    ...files,
  });
  return analyze(program, { emit: () => undefined });
}

export function pageOf(model: Model, id: string): Page {
  const pages = model.apps.flatMap((app) => app.pages);
  const page = pages.find((each) => each.id === id);
  if (!page) throw new Error(`no ${id} among ${pages.map((each) => each.id).join(', ')}`);
  return page;
}

/** Each ending as `texts: conditions`. */
export function endings(page: Page): string[] {
  return page.outcomes.map(
    ({ text, when }) => `${text.join(' | ')}: ${when.map(conditionText).join(' & ')}`,
  );
}
