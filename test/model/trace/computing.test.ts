import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { SCHEMA } from './shop.ts';

const ended = (made: string) =>
  outcomes(
    trace(
      {
        'schema.ts': SCHEMA,
        'app.ts': `
          import { Hono } from 'hono';
          import { drizzle } from 'drizzle-orm/node-postgres';
          import { eq } from 'drizzle-orm';
          import moment from 'moment';
          import { format } from 'date-fns';
          import { DateTime } from 'luxon';
          import * as schema from './schema';
          const db = drizzle(process.env.DATABASE_URL!, { schema });
          const app = new Hono();
          app.get('/orders/:id', async (c) => {
            const order = await db.query.orders.findFirst({ where: eq(schema.orders.id, c.req.param('id')) });
            if (!order) return c.json({ error: 'no_order' }, 404);
            try { ${made} } catch { return c.json({ error: 'no_date' }, 422); }
            return c.json({});
          });
          export default app;`,
      },
      'GET /orders/:id',
    ),
  ).map((each) => each.split(':')[0]);

test('a column of times is a date to whoever writes it out, and nothing is an error to moment', () => {
  const fine = ['no_order 404', '200 200'];
  expect(ended(`const at = format(order.createdAt, 'yyyy');`)).toEqual(fine);
  expect(ended(`const at = moment(c.req.query('at'));`)).toEqual(fine);
  expect(ended(`const at = format(new Date(c.req.query('at')), 'yyyy');`)).toContain('no_date 422');
  expect(ended(`const at = DateTime.fromISO(c.req.query('at'));`)).toEqual(fine);
  expect(ended(`const at = DateTime.fromFormat(c.req.query('at'), 'yyyy');`)).toContain(
    'no_date 422',
  );
});
