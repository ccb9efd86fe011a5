import { expect, test } from 'vitest';
import { outcomes, reads, trace } from '../../setup/trace.ts';

test('a client that the app puts members upon is a client all the same, whichever is taken', () => {
  const found = trace(
    {
      'schema.ts': `
        import { pgTable, text } from 'drizzle-orm/pg-core';
        export const boats = pgTable('boats', { id: text('id').primaryKey() });`,
      'clients.ts': `
        import { drizzle } from 'drizzle-orm/node-postgres';
        import * as schema from './schema';
        const rowsOf = (db) => {
          const execute = db.execute.bind(db);
          return Object.assign(db, { execute: async (query) => (await execute(query)).rows, berths: () => 'none' });
        };
        export const main = rowsOf(drizzle(process.env.MAIN, { schema }));
        export const replica = rowsOf(drizzle(process.env.REPLICA, { schema }));`,
      'app.ts': `
        import { Hono } from 'hono';
        import { main, replica } from './clients';
        const app = new Hono();
        app.get('/boats', async (c) => {
          const db = c.req.query('slow') ? replica : main;
          if (db.berths() === c.req.query('berth')) return c.json({ error: 'none' }, 409);
          const boat = await db.query.boats.findFirst();
          return boat ? c.json(boat, 200) : c.json({ error: 'no_boat' }, 404);
        });
        export default app;`,
    },
    'GET /boats',
  );
  expect(reads(found)).toEqual(['boat: ']);
  expect(outcomes(found)).toEqual([
    'none 409: query.berth = "none"',
    '200 200: query.berth != "none" & exists boat',
    'no_boat 404: query.berth != "none" & absent boat',
  ]);
});
