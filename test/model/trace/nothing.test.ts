import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const traced = (body: string) =>
  outcomes(
    trace(
      shop(`import { verify } from 'hono/jwt'; app.post("/orders/:id", async (c) => {${body}});`),
      'POST /orders/:id',
    ),
  ).sort();

const ORDER = `const [order] = await db.select().from(orders).where(eq(orders.id, c.req.param('id')));`;

test('a property of a row that is not there throws', () => {
  const thrown = ['200 200: exists order', 'TypeError 500: absent order'];
  expect(traced(`${ORDER} return c.json({ status: order.status });`)).toEqual(thrown);
  expect(
    traced(`const find = async () => { ${ORDER} return order ?? null; };
      const order = await find();
      return c.json({ status: order.status });`),
  ).toEqual(thrown);
  expect(traced(`${ORDER} return c.json({ status: order?.status });`)).toHaveLength(1);
  expect(
    traced(`${ORDER} if (!order) return c.body(null, 404); return c.json({ s: order.status });`),
  ).toEqual(['200 200: exists order', '404 404: absent order']);
});

test('what is not there can not be taken apart', () => {
  expect(traced(`${ORDER} const { status } = order; return c.json({ status });`)).toEqual([
    '200 200: exists order',
    'TypeError 500: absent order',
  ]);
  const body = 'const body = await c.req.json();';
  expect(traced(`${body} const { street } = body.address; return c.json({ street });`)).toContain(
    'TypeError~missing-body.address 500: missing body.address',
  );
  expect(
    traced(`${body} const { street } = body.address ?? {}; return c.json({ street });`).join(),
  ).not.toMatch(/missing body.address/);
});

test('what a request leaves out throws where it is used, and is caught like any error', () => {
  const bearer = `const bearer = c.req.header('authorization').split(' ')[1];`;
  expect(traced(`${bearer} return c.json({ bearer });`)).toEqual([
    '200 200: present headers.authorization',
    'TypeError 500: missing headers.authorization',
  ]);
  expect(
    traced(`try { ${bearer} } catch { return c.json({ error: 'sign_in' }, 401); }
      return c.body(null, 204);`),
  ).toEqual([
    '204 204: present headers.authorization',
    'sign_in 401: missing headers.authorization',
  ]);
});

test('a token that the app did not sign is an error nobody need catch', () => {
  const found = traced(`const claims = await verify(c.req.header('x-token'), process.env.SECRET);
    return c.json({ id: claims.id });`);
  expect(found).toContain(
    'JwtTokenInvalid 500: (invalid headers.x-token | missing headers.x-token)',
  );
});

test('nothing in one of several cases throws in those', () => {
  const found = traced(`const find = async () => {
      ${ORDER}
      if (!order) return null;
      if (order.status === 'cancelled') return null;
      return order;
    };
    const order = await find();
    return c.json({ status: order.status });`);
  expect(found[1]).toBe('TypeError 500: (absent order | order.status = "cancelled")');
});

test('a list that is not sent can not be gone through', () => {
  const found = traced(`const { ids } = await c.req.json();
    for (const id of ids) await db.delete(products).where(eq(products.id, id));
    return c.body(null, 204);`);
  expect(found).toEqual([
    '204 204: present body.ids',
    'TypeError~any-missing-body.ids-or-invalid-body.ids 500: (missing body.ids | invalid body.ids)',
  ]);
});

test('no password is an error where it is hashed or compared, and none where it has to be sent', () => {
  const asked = (body: string) =>
    outcomes(
      trace(
        shop(`import bcrypt from 'bcryptjs';
          app.post('/sign-up', async (c) => {
            const { password } = ${body};
            const passwordHash = await bcrypt.hash(password, 10);
            await db.insert(users).values({ email: 'a@b.c', role: 'user', passwordHash });
            return c.body(null, 201);
          });`),
        'POST /sign-up',
      ),
    );
  expect(asked('await c.req.json()')).toEqual(['500 500: missing body.password', '201 201: ']);
  expect(asked('z.object({ password: z.string() }).parse(await c.req.json())')).toEqual([
    'ZodError 500: invalid body',
    '201 201: valid body',
  ]);
});

test('a segment of the path is always there', () => {
  expect(
    traced(`if (!c.req.param('id')) return c.body(null, 400);
      if (typeof c.req.param('id') !== 'string') return c.body(null, 406);
      if (!c.req.query('day')) return c.body(null, 422);
      return c.body(null, 204);`),
  ).toEqual(['204 204: present query.day', '422 422: missing query.day']);
});

test('each of the ways that a value came about says what it is', () => {
  const found = traced(`${ORDER}
    const view = order ? { id: order.id } : { id: null };
    return typeof view === 'object' ? c.body(null, 204) : c.body(null, 500);`);
  expect(found).toEqual(['204 204: ']);
});

test('whoever goes through a list of the request meets what is there, as its schema says', () => {
  const found = outcomes(
    trace(
      shop(`import { z } from 'zod';
      const part = z.object({ name: z.string(), note: z.object({ text: z.string() }).optional() });
      const schema = z.object({ parts: z.array(part) });
      app.post('/orders/:id', async (c) => {
        const { parts } = schema.parse(await c.req.json());
        if (parts.some((each) => each.name.length > 40)) return c.json({ error: 'long' }, 400);
        for (const each of parts) if (each.note.text.length > 5) return c.json({ error: 'note' }, 409);
        return c.json({ first: parts[0].name });
      });`),
      'POST /orders/:id',
    ),
  );
  const thrown = found.filter((each) => each.startsWith('TypeError'));
  expect(thrown.map((each) => each.split(' & ').at(-1))).toEqual([
    'missing body.parts.0.note',
    'missing body.parts.0',
  ]);
});
