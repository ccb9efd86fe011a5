import { expect, test } from 'vitest';
import { outcomes, traceAll } from '../../setup/trace.ts';
import { SCHEMA, shop } from '../trace/shop.ts';

const traced = (body: string) =>
  outcomes(traceAll(shop(`app.post('/orders/:id', async (c) => {${body}});`), 'POST /orders/:id'));

const NUL = 'matches "\\u0000"';
const UUID = 'params.id not matches "^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$"';

const ORDER = `const [order] = await db.select().from(orders).where(eq(orders.id, c.req.param('id')));`;

test('the database refuses text that is no UUID, once, and what is out of range', () => {
  const found = traced(`${ORDER}
    if (!order) return c.json({ error: 'missing' }, 404);
    await db.update(orders).set({ status: 'paid' }).where(eq(orders.id, c.req.param('id')));
    const { price } = z.object({ price: z.number().int() }).parse(await c.req.json());
    await db.update(products).set({ price });
    return c.json({ ok: true });`);
  expect(found.filter((each) => each.startsWith('DatabaseError'))).toEqual([
    `DatabaseError~idnot-matches-0-9a-fA-F-8---0-9a-f 500: ${UUID}`,
    'DatabaseError~price>2147483647 500: exists order & valid body & body.price > 2147483647',
  ]);
});

test.each([
  ['a schema', `const { id } = z.object({ id: z.uuid() }).parse(c.req.param());`],
  [
    'the form',
    `const id = c.req.param('id'); if (!/^[0-9a-f-]{36}$/.test(id)) return c.body(null, 400);`,
  ],
  ['a function', `const id = c.req.param('id'); if (!isId(id)) return c.body(null, 400);`],
])('no value that %s lets through is refused', (_, before) => {
  const found = traced(
    `${before} await db.delete(sessions).where(eq(sessions.id, id)); return c.body(null);`,
  );
  expect(found.filter((each) => each.startsWith('DatabaseError'))).toEqual([]);
});

test('a number that has to be at most what a row holds is in range', () => {
  const found =
    traced(`const { quantity } = z.object({ quantity: z.number().int() }).parse(await c.req.json());
    const [product] = await db.select().from(products);
    if (!product || quantity > product.stock) return c.body(null, 409);
    await db.update(items).set({ quantity });
    return c.body(null);`);
  expect(found.filter((each) => each.startsWith('DatabaseError'))).toEqual([]);
});

test('what nobody catches of a key violated is a 500, unless only a race violates it', () => {
  const insert = `await db.insert(users).values({ email, role: 'x', passwordHash: 'x' }); return c.body(null);`;
  const email = `const { email } = z.object({ email: z.string() }).parse(await c.req.json());`;
  const conflicts = (found: readonly string[]) =>
    found.filter((each) => each.includes(' conflict') && each.includes(' 500'));
  expect(conflicts(traced(`${email} ${insert}`))).toEqual([
    'DrizzleQueryError 500: valid body & conflict user(email)',
  ]);
  const checked = `const [taken] = await db.select().from(users).where(eq(users.email, email));
    if (taken) return c.body(null, 409);`;
  expect(conflicts(traced(`${email} ${checked} ${insert}`))).toEqual([]);
  const caught = `try { ${insert} } catch (error) { if (error.code === '23505') return c.body(null, 410); throw error; }`;
  const gone = (found: readonly string[]) => found.filter((each) => each.includes(' 410'));
  expect(gone(traced(`${email} ${caught}`))).toHaveLength(1);
  expect(gone(traced(`${email} ${checked} ${caught}`))).toEqual([]);
});

test('a key that points nowhere is a 500, unless the row was found', () => {
  const insert = `await db.insert(items).values({ orderId: c.req.param('id'), productId: c.req.query('p') ?? '', quantity: 1 });
    return c.body(null);`;
  const foreign = (found: readonly string[]) =>
    found
      .filter((each) => each.includes(' 500'))
      .flatMap((each) => [...each.matchAll(/conflict \w+\(\w+\)/g)].map(([said]) => said));
  expect(foreign(traced(insert))).toEqual(['conflict item(order_id)', 'conflict item(product_id)']);
  expect(foreign(traced(`${ORDER} if (!order) return c.body(null, 404); ${insert}`))).toEqual([
    'conflict item(product_id)',
  ]);
});

test('an error that is caught and returned as an answer is one, with its message', () => {
  const set = `async function pay(id: string) {
    try {
      await db.update(orders).set({ status: 'paid' }).where(eq(orders.id, id));
      return { status: 200, message: 'paid' };
    } catch (error) {
      return { status: 500, message: error?.message || 'Unknown' };
    }
  }`;
  const app = `${set} app.post('/orders/:id', async (c) => {
    const { status, message } = await pay(c.req.param('id'));
    return c.json({ message }, status);
  });`;
  expect(outcomes(traceAll(shop(app), 'POST /orders/:id'))).toEqual([
    `200 200: ${UUID.replace('not matches', 'matches')}`,
    `500 500: ${UUID}`,
  ]);
});

test('no key is violated by what its row holds already, or by what a row that was read points at', () => {
  const again = `${ORDER} if (!order) return c.body(null, 404);
    const [user] = await db.select().from(users).where(eq(users.id, order.userId));
    if (!user) return c.body(null, 404);`;
  const conflicts = (body: string) =>
    traced(`${again} ${body} return c.body(null);`).flatMap((each) => [
      ...each.matchAll(/conflict \S+\(\w+\)/g),
    ]);
  const users = (set: string) => `await db.update(users).set(${set}).where(eq(users.id, user.id));`;
  expect(conflicts(users('{ email: user.email, role: "admin" }'))).toEqual([]);
  expect(conflicts(users('{ email: c.req.query("email") }'))).not.toEqual([]);
  const ordered = (userId: string) =>
    `await db.insert(orders).values({ userId: ${userId}, status: 'paid' });`;
  expect(conflicts(ordered('order.userId'))).toEqual([]);
  expect(conflicts(ordered('user.id'))).toEqual([]);
  expect(conflicts(ordered('c.req.query("user")'))).not.toEqual([]);
});

const SHELVES = `${SCHEMA}
export const shelves = pgTable('shelves', {
  id: serial('id').primaryKey(),
  name: varchar('name', { length: 20 }).notNull(),
  note: varchar('note', { length: 200 }),
  price: numeric('price', { precision: 10, scale: 2, mode: 'number' }),
  kind: status('kind').notNull().default('pending'),
});`.replace('pgTable, text', 'pgTable, numeric, serial, text, varchar');

/** What PostgreSQL refuses on the way, without what leads there. */
const refused = (body: string) => {
  const app = shop(`import { shelves } from './schema';
    import { ilike } from 'drizzle-orm';
    app.post('/shelves', async (c) => { ${body} return c.body(null); });`);
  const found = outcomes(traceAll({ ...app, 'schema.ts': SHELVES }, 'POST /shelves'));
  return found
    .filter((each) => each.startsWith('DatabaseError'))
    .map((each) => each.replace(/^.*? 500: /, ''))
    .sort();
};

test('the database refuses nothing, too much text and unknown labels', () => {
  const stored = `await db.insert(shelves).values({ name: body.name, note: body.note, kind: body.kind });`;
  expect(refused(`const body = await c.req.json(); ${stored}`)).toEqual([
    '(missing body.name | length(body.name) > 20 | length(body.note) > 200 | not body.kind in ("pending", "paid", "cancelled") | body.name matches "\\u0000")',
  ]);
  const schema = (name: string, kind: string) =>
    `const body = z.object({ name: ${name}, note: z.string().max(200).regex(/^.$/).optional(), kind: ${kind} }).parse(await c.req.json()); ${stored}`;
  const kinds = `z.enum(['pending', 'paid'])`;
  expect(refused(schema('z.string().max(20).regex(/^[a-z]+$/)', kinds))).toEqual([]);
  expect(refused(schema('z.string().max(21).optional()', kinds))).toEqual([
    `valid body & (missing body.name | length(body.name) > 20 | body.name ${NUL})`,
  ]);
  expect(
    refused(`const body = await c.req.json();
      if (!body.name || body.name.length > 20) return c.body(null, 400);
      if (!['pending', 'paid'].includes(body.kind)) return c.body(null, 400);
      await db.insert(shelves).values({ name: body.name, kind: body.kind });`),
  ).toEqual([]);
});

test('no text in the database holds NUL, wherever it first comes to it', () => {
  const search = `await db.select().from(shelves).where(ilike(shelves.name, \`%\${c.req.query('q')}%\`));`;
  expect(refused(`${search} ${search}`)).toEqual([`query.q ${NUL}`]);
  const body = (name: string, note: string) =>
    `const body = z.object({ name: ${name}, note: ${note} }).parse(await c.req.json());`;
  const stored = `await db.insert(shelves).values({ name: body.name, note: body.note.toLowerCase() });
    await db.update(shelves).set({ note: body.note });`;
  const short = 'z.string().max(9)';
  expect(refused(`${body(short, `${short}.trim()`)} ${stored}`)).toEqual([
    `valid body & body.name ${NUL}`,
  ]);
  expect(refused(`${body('z.email().max(9)', short)} ${stored}`)).toEqual([
    `valid body & body.note ${NUL}`,
  ]);
  const cleaned = `${short}.transform((text) => text.replaceAll('\\0', ''))`;
  expect(refused(`${body("z.enum(['a'])", cleaned)} ${stored}`)).toEqual([]);
});

test('a price beyond what its column holds is refused', () => {
  const app = (price: string) => `
    const { price } = z.object({ price: ${price} }).parse(await c.req.json());
    await db.update(shelves).set({ price });`;
  expect(refused(app('z.number()'))).toEqual(['valid body & body.price > 99999999']);
  expect(refused(app('z.number().max(1000)'))).toEqual([]);
});

test('what stands behind a part that may be missing is refused where it is there', () => {
  expect(
    refused(`const body = await c.req.json();
      await db.update(shelves).set({ note: body.shelf?.note }).where(eq(shelves.id, 1));`),
  ).toEqual([
    'present body.shelf & (length(body.shelf.note) > 200 | body.shelf.note matches "\\u0000")',
  ]);
});

test('the database passes over no fewer rows than none, and Drizzle leaves out a limit that is none', () => {
  const rows = (page: string) =>
    refused(`${page} await db.select().from(shelves).limit(size).offset((page - 1) * size);`);
  expect(
    rows(
      `const { page, size } = z.object({ page: z.coerce.number().int(), size: z.coerce.number().int() }).parse(c.req.query());`,
    ),
  ).toEqual(['valid query & query.page < 1']);
  expect(
    rows(
      `const { page, size } = z.object({ page: z.coerce.number().int().min(1), size: z.coerce.number().int().positive() }).parse(c.req.query());`,
    ),
  ).toEqual([]);
  expect(rows(`const page = 1; const size = Number(c.req.query('size') ?? 10);`)).toEqual([]);
});

test('a statement that is refused has written nothing', () => {
  const app = shop(`app.delete('/orders/:id', async (c) => {
    await db.delete(sessions).where(eq(sessions.id, c.req.param('id')));
    return c.body(null);
  });`);
  const { outcomes: found } = traceAll(app, 'DELETE /orders/:id');
  expect(found.map(({ status, writes }) => [status, writes.length])).toEqual([
    [500, 0],
    [200, 1],
  ]);
});

const refusals = (found: readonly string[]) =>
  found.filter((each) => each.startsWith('DatabaseError'));
const BODY = 'await c.req.json()';

test('a page that counts back from the first is refused, and no number only where it comes so far', () => {
  const pages = (limit: string, page: string) =>
    refusals(
      traced(`const limit = ${limit};
        const page = ${page};
        return c.json(await db.select().from(orders).limit(limit).offset((page - 1) * limit));`),
    );
  const asked = (name: string) => `c.req.query('${name}')`;
  expect(pages(`Number(${asked('limit')}) || 10`, `parseInt(${asked('page')}) || 1`)).toEqual([
    'DatabaseError 500: query.page != 0 & query.page < 1',
  ]);
  expect(pages('10', `Math.max(1, Number(${asked('page')}))`)).toEqual([]);
});

test('what an insert was refused for, a later one of the same request is not', () => {
  const found = traced(`const { userId } = ${BODY};
    const [order] = await db.insert(orders).values({ userId, status: 'paid' }).returning();
    await db.insert(sessions).values({ token: order.id, userId });
    return c.body(null);`);
  expect(refusals(found)).toEqual([
    `DatabaseError 500: (missing body.userId | ${UUID.replace('params.id', 'body.userId')})`,
  ]);
  expect(found.filter((each) => each.includes('conflict'))).toEqual([
    'DrizzleQueryError 500: conflict order(user_id)',
  ]);
});

test('an insert that updates a row it comes upon still points nowhere by its foreign keys', () => {
  const found = traced(`const { id, productId, quantity } = ${BODY};
    const [order] = await db.select().from(orders);
    if (!order) return c.body(null, 404);
    await db.insert(items).values({ id, orderId: order.id, productId, quantity })
      .onConflictDoUpdate({ target: items.id, set: { quantity } });
    return c.body(null);`);
  expect(found.filter((each) => each.includes('conflict'))).toEqual([
    'DrizzleQueryError 500: exists order & conflict item(product_id)',
  ]);
});

test('what one way alone has been refused for is refused on the other', () => {
  const found =
    traced(`if (c.req.query('first')) await db.select().from(orders).where(eq(orders.id, c.req.param('id')));
    await db.update(orders).set({ status: 'paid' }).where(eq(orders.id, c.req.param('id')));
    return c.body(null);`);
  expect(refusals(found).map((each) => each.replace(/^.*?: /, ''))).toEqual([
    `present query.first & ${UUID}`,
    `missing query.first & ${UUID}`,
  ]);
});

test('an update that a request leaves without a value is an error', () => {
  const found = (body: string, before = '') =>
    traced(`const body = z.object({ status: z.enum(['pending', 'paid']).optional(), userId: ${body} }).parse(await c.req.json());
      ${before}
      await db.update(orders).set(body).where(eq(orders.id, 'x'));
      return c.body(null);`).filter((each) => /missing body/.test(each) && / 500/.test(each));
  expect(found('z.uuid().optional()')).toEqual([
    '500 500: valid body & missing body.status & missing body.userId',
  ]);
  expect(found('z.uuid()')).toEqual([]);
  const checked = `if (!body.status && !body.userId) return c.body(null, 400);`;
  expect(found('z.uuid().optional()', checked)).toEqual([]);
  const counted = `if (Object.keys(body).length === 0) return c.body(null, 400);`;
  expect(found('z.uuid().optional()', counted)).toEqual([]);
});

test('what is no day is refused wherever it is compared with one', () => {
  const found = (since: string) =>
    refusals(
      traced(`${since}
        return c.json(await db.select().from(orders).where(gte(orders.createdAt, new Date(since))));`),
    );
  expect(found(`const since = c.req.query('since') ?? '2020-01-01';`)).toEqual([
    'DatabaseError 500: present query.since & query.since not matches "^[0-9]{4}-[0-9]{2}-[0-9]{2}"',
  ]);
  expect(
    found(`const { since } = z.object({ since: z.iso.datetime() }).parse(c.req.query());`),
  ).toEqual([]);
});
