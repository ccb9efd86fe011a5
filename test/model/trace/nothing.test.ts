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
  expect(found).toContain('JsonWebTokenError 500: invalid headers.x-token');
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
