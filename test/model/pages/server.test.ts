import { expect, test } from 'vitest';
import { endings, pageOf, shopModel } from '../../setup/pages.ts';

const PAGES = `
function Badge({ status }) {
  if (status === 'paid') return <b>Paid</b>;
  if (status === 'sent') return <b>On its way</b>;
  return null;
}
const NOTES = { gone: 'That is gone.', late: 'Too late.' };
function Orders({ rows, note, busy }) {
  return (
    <html>
      <head><title>My shop</title></head>
      <body>
        <h1>Orders</h1>
        {busy && <p>We are busy</p>}
        {note && <p>{NOTES[note] ?? 'Try again.'}</p>}
        {rows.length === 0 ? <p>No orders yet</p> : (
          <ul>{rows.map((row) => <li key={row.id}>{row.id} <Badge status={row.status} /></li>)}</ul>
        )}
      </body>
    </html>
  );
}
app.get('/orders', async (c) => {
  const token = getCookie(c, 'sid');
  if (!token) return c.redirect('/sign-in');
  const rows = await db.select().from(orders);
  const page = renderToString(<Orders rows={rows} note={c.req.query('note')} busy={process.env.BUSY === '1'} />);
  return c.html('<!doctype html>' + page);
});
app.get('/api/orders', async (c) => c.json(await db.select().from(orders)));`;

test('a route that renders is a page and no route', () => {
  const model = shopModel(PAGES);
  const [app] = model.apps;
  expect(app?.routes.map(({ id }) => id)).toEqual(['GET /api/orders']);
  const page = pageOf(model, 'PAGE /orders');
  expect(page).toMatchObject({ method: 'GET', path: '/orders', kind: 'page', rendered: 'server' });
  expect(page.components).toEqual(['Badge', 'Orders']);
});

test('a page has its plain view and one ending for each alternative of each part', () => {
  const page = pageOf(shopModel(PAGES), 'PAGE /orders');
  const signedIn = 'present cookies.sid';
  expect(endings(page)).toEqual([
    ': missing cookies.sid',
    `Orders: ${signedIn} & exists order`,
    `We are busy | Orders: ${signedIn} & env.BUSY = "1"`,
    `That is gone. | Orders: ${signedIn} & present query.note & query.note = "gone"`,
    `Too late. | Orders: ${signedIn} & present query.note & query.note = "late"`,
    `Try again. | Orders: ${signedIn} & present query.note & query.note != "gone" & query.note != "late"`,
    `No orders yet | Orders: ${signedIn} & absent order`,
    `Paid | Orders: ${signedIn} & exists order & exists order#3`,
    `On its way | Orders: ${signedIn} & exists order & exists order#4`,
  ]);
});

test('a badge in a list stands for a row that is like that', () => {
  const { reads } = pageOf(shopModel(PAGES), 'PAGE /orders');
  const paid = reads.find(({ id }) => id === 'order#3');
  expect(paid).toMatchObject({ table: 'orders', of: 'order', many: false });
  expect(paid?.where).toMatchObject([
    {
      kind: 'compare',
      left: { column: 'status', row: 'order#3' },
      op: '=',
      right: { value: 'paid' },
    },
  ]);
});

test('alternatives that leave nothing else stand for the whole page', () => {
  const page = pageOf(
    shopModel(`
      const Page = ({ open }) => <main>{open ? <p>Come in</p> : <p>We are closed</p>}</main>;
      app.get('/', (c) => c.html(<Page open={process.env.OPEN === '1'} />));`),
    'PAGE /',
  );
  expect(endings(page)).toEqual(['Come in: env.OPEN = "1"', 'We are closed: env.OPEN != "1"']);
});

test('a part that shows nothing on purpose is an ending', () => {
  const page = pageOf(
    shopModel(`
      function Nav({ rows }) {
        if (rows.length === 0) return null;
        return <nav>Your orders</nav>;
      }
      app.get('/', async (c) => c.html(<main><h1>Shop</h1><Nav rows={await db.select().from(orders)} /></main>));`),
    'PAGE /',
  );
  expect(endings(page)).toEqual(['Shop | Your orders: exists order', 'Shop: absent order']);
});

test('what stands in two places under one decision is an ending at each of them', () => {
  const page = pageOf(
    shopModel(`
      app.get('/', async (c) => {
        const [product] = await db.select().from(products).where(eq(products.id, 'a'));
        const [order] = await db.select().from(orders).where(eq(orders.id, 'b'));
        const paid = order !== undefined && order.status === 'paid';
        return c.html(<main>
          <nav>{order ? <i>Signed in</i> : <i>Signed out</i>}</nav>
          {paid ? <p>Paid</p> : product ? (order ? <p>Take it</p> : <p>Sign in first</p>) : <p>Nothing</p>}
        </main>);
      });`),
    'PAGE /',
  );
  const texts = page.outcomes.map(({ text }) => text.join(' | '));
  expect(texts).toContain('Signed out');
  expect(texts.some((text) => /Signed out \| Sign in first/.test(text))).toBe(true);
});
