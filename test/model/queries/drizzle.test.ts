import { expect, test } from 'vitest';
import { analyze } from '../../../src/model/analyze.ts';
import { programOf } from '../../setup/code.ts';
import { reads, termText, trace } from '../../setup/trace.ts';
import { shop } from '../trace/shop.ts';

const traced = (body: string) =>
  trace(shop(`app.post('/orders/:id', async (c) => {${body}});`), 'POST /orders/:id');

test('reads joins, limits and every operator of a where', () => {
  const found = traced(`
    await db.select({ order: orders, email: users.email }).from(orders)
      .innerJoin(users, eq(users.id, orders.userId)).leftJoin(items, eq(items.orderId, orders.id))
      .where(and(inArray(orders.status, ['paid', 'pending']), isNull(orders.paidAt), or(gt(items.quantity, 2), not(eq(users.role, 'x')))))
      .limit(1);
    await db.select().from(products).where(and(ilike(products.id, '%A%'), sql\`\${products.stock} - 1 >= \${c.req.query('n')}\`, sql\`lower(\${products.id}) = 'b'\`));`);
  expect(reads(found)).toEqual([
    'order join user on user.id = order.user_id left join item on item.order_id = order.id: order.status in ("paid", "pending") & order.paid_at = null & (item.quantity > 2 | user.role != "x")',
    'product*: lower(product.id) like "%a%" & (product.stock - 1) >= query.n & lower(product.id) = "b"',
  ]);
});

test('makes a query of its own of each relation loaded', () => {
  const found = traced(`
    const order = await db.query.orders.findFirst({ where: { id: c.req.param('id'), status: { ne: 'paid' } }, with: { items: { with: { product: true } } } });
    return c.json({ first: order.items[0].product.price });`);
  expect(reads(found)).toEqual([
    'order: order.id = params.id & order.status != "paid"',
    'item: item.order_id = order.id',
    'product: product.id = item.product_id',
  ]);
});

test('leaves conditions added under a branch to that branch', () => {
  const found = traced(`
    const wanted = [eq(products.active, true)];
    if (c.req.query('min')) wanted.push(gte(products.price, Number(c.req.query('min'))));
    await db.select().from(products).where(and(...wanted, c.req.query('x') ? eq(products.stock, 1) : undefined));`);
  expect(reads(found)).toEqual([
    'product*: product.active = true & (product.price >= query.min | missing query.min) & (product.stock = 1 | missing query.x)',
  ]);
});

test('takes the rows an update returns for those its where finds', () => {
  const found = traced(`
    const [row] = await db.update(products).set({ stock: sql\`\${products.stock} - 1\` })
      .where(and(eq(products.id, c.req.param('id')), gt(products.stock, 0))).returning();
    if (!row) return c.json({ error: 'sold_out' }, 409);
    const gone = await db.delete(items).where(eq(items.productId, row.id));
    return gone.rowCount === 0 ? c.json({ error: 'unused' }, 404) : c.body(null, 204);`);
  expect(reads(found)).toEqual([
    'product: product.id = params.id & product.stock > 0',
    'item#2*: item#2.product_id = product.id',
  ]);
  expect(
    found.writes.map(({ id, kind, set }) => [id, kind, ...Object.values(set).map(termText)]),
  ).toEqual([
    ['product#2', 'update', '(product#2.stock - 1)'],
    ['item', 'delete'],
  ]);
  expect(found.outcomes.map(({ id, writes }) => [id, writes])).toEqual([
    ['sold_out', ['product#2']],
    ['unused', ['product#2', 'item']],
    ['204', ['product#2', 'item']],
  ]);
});

test('a sum of groups that are rows of the first table is taken over what is joined to each', () => {
  const program = programOf({
    'package.json': JSON.stringify({
      name: 'app',
      dependencies: { hono: '4', 'drizzle-orm': '1' },
    }),
    'app.tsx': `
      import { Hono } from 'hono';
      import { count, eq } from 'drizzle-orm';
      import { drizzle } from 'drizzle-orm/node-postgres';
      import { integer, pgTable } from 'drizzle-orm/pg-core';
      const boats = pgTable('boats', { id: integer().primaryKey(), seats: integer().notNull() });
      const crew = pgTable('crew', { id: integer().primaryKey(), boatId: integer('boat_id').notNull().references(() => boats.id) });
      const db = drizzle(process.env.DATABASE_URL!);
      const app = new Hono();
      app.get('/', async (c) => {
        const rows = await db.select({ boat: boats, taken: count(crew.id) }).from(boats)
          .leftJoin(crew, eq(crew.boatId, boats.id)).groupBy(boats.id);
        return c.html(<ul>{rows.map(({ boat, taken }) => <li>{taken < boat.seats ? 'Room' : 'Full'}</li>)}</ul>);
      });
      export default app;`,
  });
  const [page] = analyze(program, { emit: () => undefined }).apps[0]?.pages ?? [];
  expect(page && reads(page)).toEqual([
    'boat* left join crew on crew.boat_id = boat.id: ',
    'boat#3 < boat: count(crew#3) < boat#3.seats',
    'crew#3*: crew#3.boat_id = boat#3.id',
    'boat#4 < boat: count(crew#4) >= boat#4.seats',
    'crew#4*: crew#4.boat_id = boat#4.id',
  ]);
});

test('a sum that a subquery takes of its groups is a column of each row that it is joined to', () => {
  const program = programOf({
    'package.json': JSON.stringify({
      name: 'app',
      dependencies: { hono: '4', 'drizzle-orm': '1' },
    }),
    'app.ts': `
      import { Hono } from 'hono';
      import { count, eq, sql } from 'drizzle-orm';
      import { drizzle } from 'drizzle-orm/node-postgres';
      import { integer, pgTable } from 'drizzle-orm/pg-core';
      const boats = pgTable('boats', { id: integer().primaryKey() });
      const crew = pgTable('crew', { id: integer().primaryKey(), boatId: integer('boat_id').notNull().references(() => boats.id) });
      const db = drizzle(process.env.DATABASE_URL!);
      const app = new Hono();
      app.get('/boats/:id', async (c) => {
        const taken = db.select({ boatId: crew.boatId, seats: count(crew.id).as('seats') })
          .from(crew).groupBy(crew.boatId).as('taken');
        const rows = await db.select({ id: boats.id, taken: sql<number>\`coalesce(\${taken.seats}, 0)\` }).from(boats)
          .leftJoin(taken, eq(boats.id, taken.boatId)).where(eq(boats.id, Number(c.req.param('id'))));
        if (!rows[0]) return c.json({ error: 'no_boat' }, 404);
        return c.json(rows[0]);
      });
      export default app;`,
  });
  const [route] = analyze(program, { emit: () => undefined }).apps[0]?.routes ?? [];
  expect(route?.outcomes.map(({ status, code }) => [status, code])).toContainEqual([
    404,
    'no_boat',
  ]);
});

test('a subquery over the table it is joined to has a name of its own', () => {
  const program = programOf({
    'package.json': JSON.stringify({
      name: 'app',
      dependencies: { hono: '4', 'drizzle-orm': '1' },
    }),
    'app.ts': `
      import { Hono } from 'hono';
      import { count, eq } from 'drizzle-orm';
      import { drizzle } from 'drizzle-orm/node-postgres';
      import { integer, pgTable } from 'drizzle-orm/pg-core';
      const crew = pgTable('crew', { id: integer().primaryKey(), boatId: integer('boat_id').notNull() });
      const db = drizzle(process.env.DATABASE_URL!);
      const app = new Hono();
      app.get('/crew/:id', async (c) => {
        const mates = db.select({ boatId: crew.boatId, n: count(crew.id).as('n') }).from(crew).groupBy(crew.boatId).as('mates');
        const [one] = await db.select({ id: crew.id, mates: mates.n }).from(crew)
          .leftJoin(mates, eq(crew.boatId, mates.boatId)).where(eq(crew.id, Number(c.req.param('id'))));
        return one ? c.json(one) : c.json({}, 404);
      });
      export default app;`,
  });
  const [route] = analyze(program, { emit: () => undefined }).apps[0]?.routes ?? [];
  expect(route && reads(route)).toEqual([
    'crew left join crew#2 on crew.boat_id = crew#2.boat_id: crew.id = params.id',
  ]);
});
