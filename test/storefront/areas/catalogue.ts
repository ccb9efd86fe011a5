// Categories, products, reviews, and the catalogue page.
import { crash, on, visit } from '../key.ts';
import { ago, next, type World } from '../world.ts';

on('GET /api/categories')(200, null, (w) => w.call());

const UNKNOWN = 'no-such-thing';
const hidden = async (w: World) => (await w.category({ is_visible: false })).slug;

const category = on('GET /api/categories/:slug');
category(404, 'category_not_found', (w) => w.call({ params: { slug: UNKNOWN } }), 'this slug');
category(
  404,
  'category_not_found',
  async (w) => w.call({ params: { slug: await hidden(w) } }),
  'not visible',
);
category(200, null, async (w) => w.call({ params: { slug: (await w.category()).slug } }));

const list = on('GET /api/products');
list(422, 'price_range_invalid', (w) => w.call({ query: 'minPrice=2&maxPrice=1' }));
list(404, 'category_not_found', (w) => w.call({ query: `category=${UNKNOWN}` }), 'this slug');
list(
  404,
  'category_not_found',
  async (w) => w.call({ query: `category=${await hidden(w)}` }),
  'not visible',
);
list(200, null, (w) => w.call());
const FILTERS = 'q=product&minPrice=1&maxPrice=9000&inStock=true&onSale=false&sort=price';
visit('GET /api/products', 'with every filter', async (w) =>
  w.call({ query: `${FILTERS}&category=${(await w.category()).slug}` }),
);
visit('GET /api/products', 'what is reduced', (w) => w.call({ query: 'onSale=true' }));

type Extra = (w: World) => Promise<object>;
function missingProduct(route: string, extra: Extra) {
  const entry = on(route);
  const cases: [string, (w: World) => Promise<string>][] = [
    ['no product has this slug', () => Promise.resolve(UNKNOWN)],
    ['is deleted', async (w) => (await w.product({ deleted_at: ago(1) })).slug],
    ['is a draft', async (w) => (await w.product({ status: 'draft' })).slug],
  ];
  for (const [condition, slugOf] of cases) {
    entry(
      404,
      'product_not_found',
      async (w) => w.call({ ...(await extra(w)), params: { slug: await slugOf(w) } }),
      condition,
    );
  }
  return entry;
}
const anyone: Extra = () => Promise.resolve({});

const product = missingProduct('GET /api/products/:slug', anyone);
product(200, null, async (w) => w.call({ params: { slug: (await w.product()).slug } }));
for (const row of [{ stock: 2 }, { status: 'archived' }]) {
  visit('GET /api/products/:slug', JSON.stringify(row), async (w) =>
    w.call({ params: { slug: (await w.product(row)).slug } }),
  );
}
for (const who of ['support', 'customer'] as const) {
  visit('GET /api/products/:slug', `a draft, by ${who}`, async (w) =>
    w.call({ as: await w[who](), params: { slug: (await w.product({ status: 'draft' })).slug } }),
  );
}

const reviews = missingProduct('GET /api/products/:slug/reviews', anyone);
reviews(200, null, async (w) => w.call({ params: { slug: (await w.product()).slug } }));
visit('GET /api/products/:slug/reviews', 'with a review', async (w) => {
  const { id, slug } = await w.product();
  await w.insert('reviews', { product_id: id, user_id: (await w.customer()).id, rating: 4 });
  return w.call({ params: { slug } });
});

const REVIEW = { body: { rating: 5, body: 'Good' } };
const review = missingProduct('POST /api/products/:slug/reviews', async (w) => ({
  as: await w.customer(),
  ...REVIEW,
}));
const buyer = async (w: World, row = {}, user = {}, order = 'completed') => {
  const as = await w.person(user);
  const bought = await w.product(row);
  await w.order(as, { status: order }, [bought]);
  return { as, params: { slug: bought.slug }, ...REVIEW };
};
review(403, 'email_not_verified', async (w) =>
  w.call(await buyer(w, {}, { email_verified_at: null })),
);
review(403, 'reviews_disabled', async (w) => w.call({ ...(await buyer(w)), app: 'contrary' }));
review(409, 'product_not_reviewable', async (w) => w.call(await buyer(w, { status: 'archived' })));
review(403, 'not_a_buyer', async (w) => w.call(await buyer(w, {}, {}, 'paid')));
review(409, 'already_reviewed', async (w) => {
  const call = await buyer(w);
  await w.call(call);
  return w.call(call);
});
review(201, null, async (w) => w.call(await buyer(w, {}, {}, 'shipped')));

crash('POST /api/products/:slug/reviews', 'with a NUL', async (w) =>
  w.call({ ...(await buyer(w)), body: { rating: 1, body: '\u0000' } }),
);

const unreview = missingProduct('DELETE /api/products/:slug/reviews/mine', async (w) => ({
  as: await w.customer(),
}));
unreview(404, 'review_not_found', async (w) =>
  w.call({ as: await w.customer(), params: { slug: (await w.product()).slug } }),
);
unreview(204, null, async (w) => {
  const call = await buyer(w);
  await w.on('POST /api/products/:slug/reviews').call(call);
  return w.call({ as: call.as, params: call.params });
});

// ------------------------------------------------------------------ the catalogue page

const shop = on('PAGE /shop');
const shelf = async (w: World, ...rows: object[]) => {
  const { id, slug } = await w.category();
  for (const row of rows) await w.product({ category_id: id, ...row });
  return { query: `category=${slug}` };
};
shop(404, null, (w) => w.call({ query: `category=${UNKNOWN}` }), 'no category has it');
shop(404, null, async (w) => w.call({ query: `category=${await hidden(w)}` }), 'is not visible');
shop(
  200,
  null,
  async (w) => w.call({ ...(await shelf(w, {})), app: 'maintenance' }),
  'MAINTENANCE_MODE is on',
);
const REDUCED = { compare_at_cents: 2_000 };
shop(
  200,
  null,
  async (w) => w.call({ ...(await shelf(w, REDUCED)), app: 'contrary' }),
  'SALE_BANNER is on',
);
for (const problem of ['sold_out', 'quantity_limit', 'insufficient_stock']) {
  shop(200, null, (w) => w.call({ query: `problem=${problem}` }), `problem is ${problem}`);
}
shop(200, null, (w) => w.call({ query: 'problem=other' }), 'problem is anything else');
shop(200, null, (w) => w.call({ query: `q=nothing-${next()}` }), 'no listed product matches');
shop(200, null, async (w) => w.call(await shelf(w)), 'no product is listed');
shop(
  200,
  null,
  async (w) => {
    const outcome = await w.emptyShop.call();
    if (/All products\s+\(|Categories/.test(outcome.text)) throw new Error('there is navigation');
    return outcome;
  },
  'no category is visible',
);
shop(200, null, async (w) => w.call(await shelf(w, { stock: 0 })), 'a stock of 0');
shop(200, null, async (w) => w.call(await shelf(w, { stock: 3 })), 'a stock of 1 to 3');
shop(200, null, async (w) => w.call(await shelf(w, REDUCED)), 'a listed product has a former');
shop(
  200,
  null,
  async (w) => w.call({ ...(await shelf(w, { stock: 0 })), as: await w.customer() }),
  'a user is signed in: the header greets them',
);
shop(
  200,
  null,
  async (w) => w.call({ ...(await shelf(w, {})), as: await w.customer() }),
  'a listed product has stock',
);
shop(200, null, async (w) => w.call(await shelf(w, {})), 'products are listed');
visit('PAGE /shop', 'a search within a category', async (w) => {
  const { query } = await shelf(w, {});
  return w.call({ query: `${query}&q=product` });
});
visit('PAGE /shop', 'a banner without anything reduced', async (w) =>
  w.call({ ...(await shelf(w, {})), app: 'contrary' }),
);
on('PAGE /')(200, null, async (w) => w.call(await shelf(w, {})));
