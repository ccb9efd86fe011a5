import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const traced = (body: string, setUp = '') =>
  trace(shop(`${setUp}\napp.post('/orders/:id', async (c) => {${body}});`), 'POST /orders/:id');

const ORDER = `const [order] = await db.select().from(orders).where(eq(orders.id, c.req.param('id')));
  if (!order) return c.json({ error: 'missing' }, 404);`;

test('tells an answer whose flag says what was written from the one without', () => {
  const found = traced(`${ORDER}
    const free = order.status === 'pending';
    if (free) await db.update(orders).set({ status: 'paid' }).where(eq(orders.id, order.id));
    return c.json({ order, free, late: order.paidAt !== null });`);
  expect(outcomes(found).slice(1)).toEqual([
    '200~order.status=pending 200: exists order & order.status = "pending"',
    '200~order.status!=pending 200: exists order & order.status != "pending"',
  ]);
  expect(found.outcomes.map(({ writes }) => writes)).toEqual([[], ['order#2'], []]);
});

test('keeps one answer where a flag is only computed', () => {
  const found = traced(`${ORDER}
    return c.json({ order, late: order.paidAt !== null });`);
  expect(outcomes(found)).toHaveLength(2);
});

test('tells apart what a service gives back outright', () => {
  const setUp = `async function pay(id: string) {
    const [order] = await db.select().from(orders).where(eq(orders.id, id));
    if (order?.status === 'paid') return { changed: false };
    await db.update(orders).set({ status: 'paid' }).where(eq(orders.id, id));
    return { changed: true };
  }`;
  const found = traced(`return c.json(await pay(c.req.param('id')));`, setUp);
  expect(found.outcomes.map(({ writes }) => writes)).toEqual([[], ['order#2']]);
});

test('knows what an early return of a service has read and written', () => {
  const setUp = `async function cancel(id: string) {
    const [cancelled] = await db.update(orders).set({ status: 'cancelled' }).where(eq(orders.id, id)).returning();
    if (cancelled) {
      await db.delete(items).where(eq(items.orderId, id));
      return cancelled;
    }
    const [user] = await db.select().from(users);
    if (!user) throw new HTTPException(404, { message: 'Nobody' });
    throw new HTTPException(409, { message: 'Too late' });
  }`;
  const found = traced(`return c.json(await cancel(c.req.param('id')));`, setUp);
  expect(found.outcomes.map(({ status, reads, writes }) => [status, reads, writes])).toEqual([
    [404, ['order', 'user'], ['order#2']],
    [200, ['order'], ['order#2', 'item']],
    [409, ['order', 'user'], ['order#2']],
  ]);
});

test('reads what rows in an answer bring along', () => {
  const found = traced(`const list = await db.query.orders.findMany({ with: { items: true } });
    return c.json({ list });`);
  expect(found.outcomes.map(({ reads }) => reads)).toEqual([['order', 'item']]);
});

test('says of a function that returned what led to its return', () => {
  const setUp = `async function step(order: { status: string; paidAt: Date | null }) {
    if (order.status === 'paid') return 'paid';
    if (order.status === 'cancelled') throw new HTTPException(409, { message: 'Gone' });
    return 'open';
  }`;
  const found = traced(
    `${ORDER}
    const state = await step(order);
    return c.json({ error: state }, 422);`,
    setUp,
  );
  expect(outcomes(found).slice(1)).toEqual([
    'gone 409: exists order & order.status = "cancelled"',
    'paid 422: exists order & order.status = "paid"',
    'open 422: exists order & order.status != "cancelled" & order.status != "paid"',
  ]);
});

test('asks rows of a mapped list about themselves', () => {
  const found = traced(`${ORDER}
    const list = await db.query.items.findMany({ with: { product: true } });
    const lines = list.map(({ product, quantity }) => ({ product, quantity }));
    if (lines.some(({ product, quantity }) => quantity > product.stock)) return c.json({ error: 'short' }, 409);
    return c.body(null, 204);`);
  const bad = found.reads.find(({ of }) => of === 'item');
  const product = found.reads.find(({ table }) => table === 'products');
  expect(JSON.stringify(product?.where)).toContain(`"row":"${bad?.id}"`);
});

test('tells the answer with a row from the one where it is absent', () => {
  const found =
    traced(`const order = await db.query.orders.findFirst({ where: eq(orders.id, c.req.param('id')) });
    return c.json({ order });`);
  expect(outcomes(found)).toEqual([
    '200~order 200: exists order',
    '200~no-order 200: absent order',
  ]);
});

test('does not doubt a row read again', () => {
  const found = traced(`${ORDER}
    const [paid] = await db.update(orders).set({ status: 'paid' }).where(eq(orders.id, order.id)).returning();
    return c.json({ order: paid });`);
  expect(outcomes(found)).toHaveLength(2);
});

test('has a refusal for each reason a shared response is given for', () => {
  const setUp = `const refused = (c: any) => c.json({ error: 'refused' }, 401);`;
  const found = traced(
    `if (!c.req.header('x-key')) return refused(c);
    ${ORDER}
    if (order.status === 'paid') return refused(c);
    return c.json({ ok: true });`,
    setUp,
  );
  expect(outcomes(found).filter((each) => each.includes(' 401'))).toEqual([
    'refused~missing-headers.x-key 401: missing headers.x-key',
    'refused~order.status=paid 401: present headers.x-key & exists order & order.status = "paid"',
  ]);
});
