import { expect, test } from 'vitest';
import { outcomes, reads, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const ITEMS = `const rows = await db.select().from(items).where(eq(items.orderId, c.req.param('id')));`;
const traced = (body: string) =>
  trace(shop(`app.get('/orders/:id', async (c) => {${ITEMS}${body}});`), 'GET /orders/:id');

test('takes an empty list for no row and a length for a count', () => {
  const found = traced(`
    if (rows.length === 0) return c.json({ error: 'empty' }, 404);
    if (rows.length > 5) return c.json({ error: 'too_many' }, 422);
    return c.json({ n: rows.length });`);
  expect(outcomes(found)).toEqual([
    'empty 404: absent item',
    'too_many 422: exists item & count(item) > 5',
    '200 200: exists item & count(item) <= 5',
  ]);
});

test('makes some, every, find and filter reads of their own', () => {
  const found = traced(`
    if (rows.some((row) => row.quantity > 9)) return c.json({ error: 'big' }, 422);
    if (!rows.every((row) => row.quantity > 0)) return c.json({ error: 'zero' }, 422);
    const wanted = rows.find((row) => row.productId === c.req.query('product'));
    if (!wanted) return c.json({ error: 'not_in_order' }, 404);
    return c.json({ twos: rows.filter((row) => row.quantity === 2).length });`);
  expect(reads(found).slice(1)).toEqual([
    'item#2 < item: item#2.quantity > 9',
    'item#3* < item: item#3.quantity <= 0',
    'item#4 < item: item#4.product_id = query.product',
    'item#5* < item: item#5.quantity = 2',
  ]);
  expect(outcomes(found)).toEqual([
    'big 422: exists item#2',
    'zero 422: absent item#2 & exists item#3',
    'not_in_order 404: absent item#2 & absent item#3 & absent item#4',
    '200 200: absent item#2 & absent item#3 & exists item#4',
  ]);
});

test('leaves a loop by some row and goes on where no row does', () => {
  const found = traced(`
    let total = 0;
    for (const row of rows) {
      const product = await db.query.products.findFirst({
        where: and(eq(products.id, row.productId), eq(products.active, true)),
      });
      if (!product) return c.json({ error: 'gone' }, 410);
      if (product.stock < row.quantity) throw new HTTPException(409, { message: 'Sold out' });
      total += product.price * row.quantity;
    }
    if (total > 1000) return c.json({ error: 'limit' }, 422);
    return c.json({ total });`);
  expect(outcomes(found)).toEqual([
    'gone 410: exists item#2 & absent product',
    'sold-out 409: exists item#2 & exists product & product.stock < item#2.quantity',
    'limit 422: absent item#3 & absent item#4 & sum(item, (product#2.price * item.quantity)) > 1000',
    '200 200: absent item#3 & absent item#4 & sum(item, (product#2.price * item.quantity)) <= 1000',
  ]);
  expect(reads(found)).toContain('item#3* < item: absent product#3');
  expect(reads(found)).toContain(
    'product#3: product#3.id = item#3.product_id & product#3.active = true',
  );
});

test('looks values up in sets and maps made of rows', () => {
  const found = traced(`
    const known = new Set(rows.map((row) => row.productId));
    if (!known.has(c.req.query('a'))) return c.json({ error: 'a' }, 404);
    const byProduct = new Map(rows.map((row) => [row.productId, row]));
    const row = byProduct.get(c.req.query('b'));
    if (!row) return c.json({ error: 'b' }, 404);
    return c.json({ sum: rows.reduce((sum, each) => sum + each.quantity, 0) });`);
  expect(outcomes(found).map((each) => each.split(':')[1])).toEqual([
    ' absent item#2',
    ' exists item#2 & absent item#3',
    ' exists item#2 & exists item#3',
  ]);
  expect(reads(found)[1]).toBe('item#2 < item: item#2.product_id = query.a');
});

test('an upsert gives back what the row it came upon keeps', () => {
  const found = trace(
    shop(`app.post('/users', async (c) => {
      const { email, role } = await c.req.json();
      const [user] = await db.insert(users).values({ email, role, passwordHash: '' })
        .onConflictDoUpdate({ target: users.email, set: { passwordHash: 'new' } }).returning();
      if (user.role !== role) return c.json({ error: 'other_role' }, 409);
      if (user.email !== email) return c.json({ error: 'other_email' }, 409);
      return c.json({}, 201);
    });`),
    'POST /users',
  );
  expect(outcomes(found)).toEqual([
    'other_role 409: exists user & user.role != body.role',
    '201 201: (absent user | user.role = body.role)',
  ]);
  expect(found.writes[0]?.comesUpon).toBe('user');
});

test('a key and a UUID are never empty texts', () => {
  const found = outcomes(
    trace(
      shop(`app.get("/", async (c) => {
        const [session] = await db.select().from(sessions).limit(1);
        if (!session?.userId || !session.id) return c.body(null, 401);
        return session.token ? c.body(null, 204) : c.body(null, 403);
      });`),
      'GET /',
    ),
  );
  expect(found).toEqual([
    '401 401: absent session',
    '204 204: exists session & session.token != ""',
    '403 403: exists session & session.token = ""',
  ]);
});

test('what a flattened list of lists is searched for is a row of the inner one', () => {
  const found = trace(
    shop(`app.get('/:id', async (c) => {
      const mine = await db.query.orders.findMany({ with: { items: true } });
      const item = mine
        .flatMap((order) => order.items.map((each) => ({ ...each, status: order.status })))
        .find((each) => each.id === c.req.param('id'));
      if (!item) return c.json({ error: 'missing' }, 404);
      if (item.status !== 'paid') return c.json({ error: 'unpaid' }, 409);
      return c.body(null, 204);
    });`),
    'GET /:id',
  );
  expect(outcomes(found)).toEqual([
    'missing 404: absent item#2',
    'unpaid 409: exists item#2 & order#2.status != "paid"',
    '204 204: exists item#2 & order#2.status = "paid"',
  ]);
});

test('what is deleted off a row is gone, and what is set on it is copied along', () => {
  const found = traced(`
    const [row] = rows;
    delete row.productId;
    row.seen = 'yes';
    const copy = { ...row };
    if (copy.productId) return c.json({ error: 'kept' }, 500);
    if (copy.seen !== 'yes') return c.json({ error: 'lost' }, 500);
    return c.json({});`);
  expect(outcomes(found)).toEqual(['200 200: ']);
});
