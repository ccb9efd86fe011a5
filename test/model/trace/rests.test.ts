import { expect, test } from 'vitest';
import { outcomes, traceAll } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const traced = (body: string) =>
  outcomes(
    traceAll(
      shop(`app.post("/orders", async (c) => { const body = await c.req.json(); ${body} });`),
      'POST /orders',
    ),
  ).filter((each) => !/malformed body|^TypeError/.test(each));

test('an object has beside its own fields those of what was sent and spread into it', () => {
  expect(
    traced(`const order = { ...body, total: 3 };
      if (order.total > 3) return c.json({ error: 'much' }, 400);
      const copy = { ...order, note: 'x' };
      return copy.name === 'x' && copy.note === 'x' ? c.body(null, 204) : c.json({});`),
  ).toEqual(['204 204: body.name = "x"', '200 200: body.name != "x"']);
});

test('what is sent goes over what was there before', () => {
  expect(
    traced(`const order = { role: 'guest', ...body };
      return order.role === 'guest' ? c.body(null, 204) : c.json({});`),
  ).toEqual([
    '204 204: (body.role = "guest" | missing body.role)',
    '200 200: body.role != "guest" & present body.role',
  ]);
});

test('whose rest it is can’t be told of two, nor once a key that is not known was put', () => {
  const asked = "return order.name === 'x' ? c.body(null, 204) : c.json({});";
  const unknown = ["204 204: [order.name === 'x']", "200 200: not [order.name === 'x']"];
  expect(traced(`const order = { ...body, ...JSON.parse(process.env.MORE) }; ${asked}`)).toEqual(
    unknown,
  );
  expect(traced(`const order = { ...body }; order[body.key] = 3; ${asked}`)).toEqual(unknown);
});
