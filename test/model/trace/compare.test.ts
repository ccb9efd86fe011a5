import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const traced = (body: string, setUp = '') =>
  trace(shop(`${setUp}\napp.post('/orders/:id', async (c) => {${body}});`), 'POST /orders/:id');

const PRODUCT = `const [product] = await db.select().from(products).where(eq(products.id, c.req.param('id')));
  if (!product) return c.json({ error: 'missing' }, 404);
  const left = product.stock - product.price;`;

const said = (text: string) => outcomes(traced(`${PRODUCT}${text}`)).slice(1);

test('a value is never more or less than itself', () => {
  expect(said("return left > left ? c.text('more') : c.text('as much', 201);")).toEqual([
    '201 201: exists product',
  ]);
});

test('an amount that defaults to what is left never exceeds it', () => {
  const found = said(`const { amount } = await c.req.json();
    const wanted = amount ?? left;
    if (wanted > left) return c.json({ error: 'too_much' }, 422);
    if (left - wanted < 0) return c.json({ error: 'negative' }, 400);
    return c.json({}, 201);`);
  const exceeds = found.find((each) => each.startsWith('too_much'));
  expect(exceeds).toContain('present body.amount');
  expect(exceeds).not.toContain('missing body.amount');
  expect(found.find((each) => each.startsWith('negative'))).not.toContain('missing body.amount');
});

const ATTEMPT = `function attempt(token: string, price: number) {
  return token === 'declined' ? { declined: 'card_declined' } : { charged: price };
}`;

test('knows which of several objects has a field', () => {
  const found = traced(
    `${PRODUCT}
    const { token } = await c.req.json();
    const outcome = attempt(token, product.price);
    if ('declined' in outcome) return c.json({ error: outcome.declined }, 402);
    return c.json(outcome, 201);`,
    ATTEMPT,
  );
  expect(outcomes(found).slice(1)).toEqual([
    'card_declined 402: exists product & body.token = "declined"',
    '201 201: exists product & body.token != "declined"',
  ]);
});

test('what is written after many conditions is not written where they kept a request out', () => {
  const checks = Array.from({ length: 30 }, (_, index) => `body.f${index} === 'a${index}'`);
  const setUp = `async function book(id: string, body: any) {
    if (${checks.join(' || ')}) {
      await db.update(orders).set({ status: 'cancelled' }).where(eq(orders.id, id));
      return { refused: true };
    }
    await db.update(orders).set({ status: 'paid' }).where(eq(orders.id, id));
    return { id };
  }`;
  const found = traced(
    `const booked = await book(c.req.param('id'), await c.req.json());
    if ('refused' in booked) return c.json({ error: 'refused' }, 409);
    return c.json({}, 201);`,
    setUp,
  );
  const refused = found.outcomes.find(({ status }) => status === 409);
  expect(refused?.writes).toHaveLength(1);
});

test('what nothing is known of is said to be there or not as it is asked about', () => {
  const body = (asked: string) =>
    `const state = look(c); if (${asked}) return c.text('open'); return c.text('shut', 201);`;
  const told = (asked: string) => outcomes(traced(body(asked), "import { look } from 'odd';"));
  for (const asked of ['state.at === null', '!state.at', 'null == state.at']) {
    expect(told(asked)).toEqual(['200 200: not [state.at]', '201 201: [state.at]']);
  }
  expect(told('state.at !== null')).toEqual(['200 200: [state.at]', '201 201: not [state.at]']);
});

test('an object is no text, number or flag, whatever it holds', () => {
  const found = said(`
    class Crate { constructor(readonly left: number) {} }
    const isEmpty = (value: unknown) => value === '' || value === 0 || value === null;
    if (isEmpty({ left }) || isEmpty(new Crate(left))) return c.json({ error: 'empty' }, 422);
    if ({ left } != 'full') return c.json({}, 201);
    return c.json({ error: 'never' }, 409);`);
  expect(found).toEqual(['201 201: exists product']);
});
