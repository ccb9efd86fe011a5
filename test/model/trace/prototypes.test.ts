import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const traced = (text: string) =>
  outcomes(trace(shop(text), 'GET /orders/:id'))
    .map((each) => each.replace(/:.*/, ''))
    .sort();

const SHOWN = `
  function ShownAs(view) { return (type) => { type.prototype.view = view; }; }
  class Shown {
    show() {
      const view = ASKED;
      if (!view) throw new HTTPException(500, { message: 'shown as nothing' });
      return new view(this);
    }
  }
  class OrderView { code = 'as_order'; constructor(order) { this.id = order.id; } }
  @ShownAs(OrderView)
  class Order extends Shown { id = 7; }
  class Draft extends Shown {}`;
const asking = (asked: string, made: string) => `
  ${SHOWN.replace('ASKED', asked)}
  app.get('/orders/:id', (c) => { const { code } = ${made}.show(); return c.json({ error: code }, 404); });`;

test.each(['Object.getPrototypeOf(this).view', 'this.view'])(
  'what a decorator lays on the prototype of a class is there for its instances: %s',
  (asked) => {
    expect(traced(asking(asked, 'new Order()'))).toEqual(['as_order 404']);
    expect(traced(asking(asked, 'new Draft()'))).toEqual(['shown-as-nothing 500']);
  },
);

test('of its class an object has methods by its prototype, and who made it', () => {
  const found = traced(`
    class Order { total() { return 'total'; } }
    class Paid extends Order {}
    app.get('/orders/:id', (c) => {
      const above = Object.getPrototypeOf(new Paid());
      if (above.constructor.name !== 'Paid' || Object.getPrototypeOf(Paid).name !== 'Order') return c.json({ error: 'other' }, 500);
      return c.json({ error: above.total() }, 404);
    });`);
  expect(found).toEqual(['total 404']);
});

test('rows of one query or of another are a list either way', () => {
  const found = traced(`
    app.get('/orders/:id', async (c) => {
      const rows = process.env.ALL === 'yes'
        ? await db.select().from(orders)
        : await db.select().from(orders).where(eq(orders.id, c.req.param('id')));
      return Array.isArray(rows) ? c.json({}) : c.json({ error: 'no_list' }, 500);
    });`);
  expect(found).toEqual(['200 200']);
});
