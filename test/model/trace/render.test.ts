import { expect, test } from 'vitest';
import { trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

test('shows the texts of a rendered page under the conditions they stand under', () => {
  const found = trace(
    shop(`
      const Page = ({ title, children }) => <html><h1>{title}</h1>{children}</html>;
      app.get('/orders', async (c) => {
        const rows = await db.select().from(orders);
        return c.html(
          <Page title="Orders">
            {rows.length === 0 ? <p>No orders yet</p> : <ul>{rows.map((row) => <li>Order &middot; {row.id}</li>)}</ul>}
          </Page>,
        );
      });`),
    'GET /orders',
  );
  expect(
    found.outcomes.map(({ id, kind, text, when }) => [
      id,
      kind,
      text,
      when.map((each) => each.kind),
    ]),
  ).toEqual([
    ['orders', 'render', ['Orders', 'Order &middot;'], ['exists']],
    ['no-orders-yet', 'render', ['No orders yet', 'Orders'], ['absent']],
  ]);
});
