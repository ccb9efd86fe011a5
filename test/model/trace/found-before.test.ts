import { expect, test } from 'vitest';
import { trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

/** The statuses of a handler behind a look for the order that it is about. */
function statuses(handler: string): (number | null)[] {
  const found = trace(
    shop(`app.post('/orders/:id', async (c) => {
      const [order] = await db.select().from(orders)
        .where(and(eq(orders.id, c.req.param('id')), eq(orders.status, 'paid')));
      if (!order) return c.json({ error: 'none' }, 404);
      ${handler}
      return c.json({ ok: true });
    });`),
    'POST /orders/:id',
  );
  return found.outcomes.map(({ status }) => status).filter((status) => status !== 500);
}

test.each([
  {
    what: 'a row that was found by more than is asked now',
    handler: `const [again] = await db.select().from(orders).where(eq(orders.id, c.req.param('id')));
      if (!again) return c.json({ error: 'gone' }, 410);`,
  },
  {
    what: 'a row that is asked for by its own key',
    handler: `const again = await db.query.orders.findFirst({ where: eq(orders.id, order.id) });
      if (!again) return c.json({ error: 'gone' }, 410);`,
  },
  {
    what: 'a row whose other columns were changed in between',
    handler: `await db.update(orders).set({ paidAt: new Date() }).where(eq(orders.id, order.id));
      const [again] = await db.select().from(orders).where(eq(orders.id, order.id));
      if (!again) return c.json({ error: 'gone' }, 410);`,
  },
  {
    what: 'a row that is asked for by what was found by its key',
    handler: `const [again] = await db.select().from(orders).where(eq(orders.id, order.id));
      const [more] = await db.select().from(orders).where(eq(orders.id, again.id));
      if (!more) return c.json({ error: 'gone' }, 410);`,
  },
  {
    what: 'the row that an update is about',
    handler: `const [changed] = await db.update(orders).set({ status: 'cancelled' })
        .where(eq(orders.id, order.id)).returning();
      if (!changed) return c.json({ error: 'gone' }, 410);`,
  },
  {
    what: 'the row that a foreign key of a row leads to',
    handler: `const [user] = await db.select().from(users).where(eq(users.id, order.userId));
      if (!user) return c.json({ error: 'gone' }, 410);`,
  },
  {
    what: 'the row that a foreign key leads to, by a value that it was compared with',
    handler: `const [own] = await db.select().from(sessions).where(eq(sessions.userId, c.req.query('user')));
      if (!own) return c.json({ error: 'none' }, 404);
      const [user] = await db.select().from(users).where(eq(users.id, c.req.query('user')));
      if (!user) return c.json({ error: 'gone' }, 410);`,
  },
])('$what is found', ({ handler }) => {
  expect(statuses(handler)).not.toContain(410);
  expect(statuses(handler)).toContain(200);
});

test.each([
  {
    what: 'a row of which more is asked',
    handler: `const [again] = await db.select().from(orders)
        .where(and(eq(orders.id, order.id), eq(orders.userId, c.req.query('user'))));
      if (!again) return c.json({ error: 'gone' }, 410);`,
  },
  {
    what: 'a row that was deleted in between, or went along with another',
    handler: `await db.delete(orders).where(eq(orders.userId, order.userId));
      const [again] = await db.select().from(orders).where(eq(orders.id, order.id));
      if (!again) return c.json({ error: 'gone' }, 410);`,
  },
  {
    what: 'a row of which what is asked was changed',
    handler: `await db.update(orders).set({ status: 'cancelled' }).where(eq(orders.id, order.id));
      const [again] = await db.select().from(orders)
        .where(and(eq(orders.id, order.id), eq(orders.status, 'paid')));
      if (!again) return c.json({ error: 'gone' }, 410);`,
  },
  {
    what: 'another row of the same table',
    handler: `const [other] = await db.select().from(orders).where(eq(orders.id, c.req.query('other')));
      if (!other) return c.json({ error: 'gone' }, 410);`,
  },
  {
    what: 'what a foreign key leads to, where more is asked',
    handler: `const [user] = await db.select().from(users)
        .where(and(eq(users.id, order.userId), eq(users.role, 'admin')));
      if (!user) return c.json({ error: 'gone' }, 410);`,
  },
  {
    what: 'a row that is asked for after a loop that found others of the same table',
    handler: `const lines = await db.select().from(items).where(eq(items.orderId, order.id));
      for (const line of lines) {
        const [product] = await db.select().from(products).where(eq(products.id, line.productId));
        if (!product) throw new HTTPException(409);
      }
      const [wanted] = await db.select().from(products).where(eq(products.id, c.req.query('product')));
      if (!wanted) return c.json({ error: 'none' }, 410);`,
  },
  {
    what: 'a row that only another way leads to',
    handler: `if (order.paidAt) {
        const [own] = await db.select().from(items)
          .where(and(eq(items.orderId, order.id), eq(items.productId, c.req.query('product'))));
        if (!own) return c.json({ error: 'not_own' }, 403);
        const [led] = await db.select().from(products).where(eq(products.id, c.req.query('product')));
        return c.json(led, 201);
      }
      const [product] = await db.select().from(products).where(eq(products.id, c.req.query('product')));
      if (!product) return c.json({ error: 'none' }, 410);`,
  },
])('$what may be missing', ({ handler }) => {
  expect(statuses(handler)).toContain(410);
});

test('what is known of a row is known when it is read again, but for what was changed', () => {
  const again = `const [again] = await db.select().from(orders).where(eq(orders.id, order.id));
    if (again.userId !== c.req.query('user')) return c.json({ error: 'other' }, 410);
    if (again.paidAt) return c.json({ error: 'paid' }, 409);`;
  const handler = `if (order.userId !== c.req.query('user')) return c.json({ error: 'other' }, 403);
    if (order.paidAt) return c.json({ error: 'paid' }, 422);
    await db.update(orders).set({ paidAt: new Date() }).where(eq(orders.id, order.id));
    ${again}`;
  const found = statuses(handler);
  expect(found).toEqual(expect.arrayContaining([403, 422, 409]));
  expect(found).not.toContain(410);
});
