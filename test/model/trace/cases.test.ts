import { expect, test } from 'vitest';
import { cases, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const list = (body: string) =>
  cases(trace(shop(`app.get('/orders', async (c) => {${body}});`), 'GET /orders'));
const made = (body: string) =>
  cases(trace(shop(`app.post('/orders', async (c) => {${body}});`), 'POST /orders'));

test('a list is asked for with a filter or without', () => {
  const body = `
    const wanted = [];
    if (c.req.query('status')) wanted.push(eq(orders.status, c.req.query('status')));
    return c.json(await db.select().from(orders).where(and(...wanted)));`;
  expect(list(body)).toEqual(['200: missing query.status', '200: present query.status']);
});

test('a builder goes on one way or the other', () => {
  const body = `
    let found = db.select().from(orders);
    if (c.req.query('mine')) found = found.where(eq(orders.userId, c.req.query('mine')));
    return c.json(await found);`;
  expect(list(body)).toEqual([
    '200: present query.mine (no order#2)',
    '200: missing query.mine (no order)',
  ]);
});

test('each clause writes something else, and none of them nothing', () => {
  const body = `
    const { kind } = await c.req.json();
    if (kind === 'a') await db.insert(products).values({ active: true, price: 1, stock: 1 });
    else if (kind === 'b') await db.insert(items).values({ orderId: 'o', productId: 'p', quantity: 1 });
    return c.json({ ok: true });`;
  expect(made(body)).toEqual([
    '200: body.kind = "a" (no item)',
    '200: body.kind = "b" (no product)',
    '200: body.kind != "a" & body.kind != "b" (no item, no product)',
  ]);
});

test('a branch inside another is told within it', () => {
  const body = `
    const { kind, note } = await c.req.json();
    if (kind === 'a') {
      await db.insert(products).values({ active: true, price: 1, stock: 1 });
      if (note === 'x') await db.insert(items).values({ orderId: 'o', productId: 'p', quantity: 1 });
    }
    return c.json({ ok: true });`;
  expect(made(body)).toEqual([
    '200: body.kind = "a"',
    '200: body.kind = "a" & body.note = "x"',
    '200: body.kind != "a" (no product, no item)',
    '200: body.kind = "a" & body.note != "x" (no item)',
  ]);
});

test('a value that is stored and answered depends on the request', () => {
  const body = `
    const { urgent } = await c.req.json();
    const quantity = urgent === 'yes' ? 1 : 2;
    await db.insert(items).values({ orderId: 'o', productId: 'p', quantity });
    return c.json({ speed: urgent === 'yes' ? 'fast' : 'slow' });`;
  expect(made(body)).toEqual([
    '200: body.urgent = "yes" (speed "fast")',
    '200: body.urgent != "yes" (speed "slow")',
  ]);
});

test('an update finds its row or none, unless it was looked for before', () => {
  const update = `await db.update(orders).set({ status: 'paid' }).where(eq(orders.id, id));`;
  expect(made(`const { id } = await c.req.json(); ${update} return c.json({ ok: true });`)).toEqual(
    ['200: absent order#found', '200: exists order#found'],
  );
  const found = `const order = await db.query.orders.findFirst({ where: eq(orders.id, id) });
    if (!order) return c.json({ error: 'gone' }, 404);`;
  const body = `const { id } = await c.req.json(); ${found} ${update} return c.json({ ok: true });`;
  expect(made(body)).toEqual([]);
});

const VALID = (shape: string) => `
  const read = z.object(${shape}).safeParse(await c.req.json());
  if (!read.success) return c.json({ error: 'invalid' }, 400);
  const { data } = read;`;

test('a list of the request is empty or has several elements, where its schema lets it', () => {
  const write = `for (const id of data.ids) await db.insert(items).values({ orderId: id, productId: id, quantity: 1 });
    return c.json({ ok: true });`;
  expect(made(`${VALID('{ ids: z.array(z.string()) }')} ${write}`)).toEqual([
    '200: length(body.ids) = 0',
    '200: length(body.ids) > 1',
  ]);
  expect(made(`${VALID('{ ids: z.array(z.string()).min(1) }')} ${write}`)).toEqual([
    '200: length(body.ids) > 1',
  ]);
});

test('a field that is stored need not be sent', () => {
  const write = `await db.insert(orders).values({ userId: data.user, status: 'paid', paidAt: data.paid });
    return c.json({ ok: true });`;
  expect(made(`${VALID('{ user: z.string(), paid: z.string().optional() }')} ${write}`)).toEqual([
    '200: missing body.paid',
    '200: present body.paid',
  ]);
});

test('how a guard knows who asks, and sides that do the same, are no cases', () => {
  const app = shop(`
    app.use(async (c, next) => {
      if (c.req.header('x-key') || c.req.query('key')) return next();
      return c.json({ error: 'key' }, 401);
    });
    app.post('/orders', async (c) => {
      if (c.req.query('loud')) console.log('made');
      const quantity = c.req.header('x-key') ? 1 : 2;
      await db.insert(items).values({ orderId: 'o', productId: 'p', quantity });
      return c.json({ ok: true });
    });`);
  expect(cases(trace(app, 'POST /orders'))).toEqual([]);
});

test('what another server is asked depends on the request', () => {
  const app = shop(`
    import { createClient } from '@clickhouse/client';
    const client = createClient();
    app.get('/orders', async (c) => {
      let filter = '';
      if (c.req.query('channel')) filter = 'AND channel = 1';
      const result = await client.query({ query: \`SELECT * FROM events WHERE true \${filter}\` });
      return c.json({ rows: await result.json() });
    });`);
  expect(cases(trace(app, 'GET /orders'))).toEqual([
    '200: present query.channel',
    '200: missing query.channel',
  ]);
});

test('what the code has stored itself is no case', () => {
  const body = `
    const [order] = await db.insert(orders).values({ userId: 'u', status: 'paid' }).returning();
    return c.json({ id: order.id, on: order.paidAt ? 'a' : 'b' });`;
  expect(made(body)).toEqual([]);
});

test('branches that ask the same in other words are one case', () => {
  const body = `
    const product = await db.query.products.findFirst({ where: eq(products.id, c.req.query('id')) });
    if (!product) return c.json({ error: 'gone' }, 404);
    if (product.active === true) await db.insert(items).values({ orderId: 'o', productId: 'p', quantity: 1 });
    if (product.active !== false) await db.insert(orders).values({ userId: 'u', status: 'paid' });
    return c.json({ ok: true });`;
  expect(made(body)).toEqual([
    '200: product.active = true',
    '200: product.active = false (no item, no order)',
  ]);
});
