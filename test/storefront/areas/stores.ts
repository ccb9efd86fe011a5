// The stores beside the main one: what they sell, carts and orders of theirs, and their staff.
import { on, visit } from '../key.ts';
import {
  ago,
  type Call,
  type Person,
  type Row,
  UNKNOWN_NUMBER,
  unknownId,
  type World,
} from '../world.ts';

type Ask = (w: World, key: string) => ReturnType<World['call']>;

/** The store does not exist, or it is closed. */
function store404(route: string, ask: Ask, closed = true) {
  const entry = on(route);
  const not = 'store_not_found';
  entry(404, not, (w) => ask(w, 'no-such-store'), 'no store has this key');
  if (closed) {
    entry(
      404,
      not,
      async (w) => ask(w, (await w.store({ state: 'closed' })).key),
      'the store is closed',
    );
  }
  return entry;
}

interface Sold {
  store?: Row;
  product?: Row;
  offer?: Row | null;
}
/** A Swiss store that sells a product for 1,500 cents. */
const selling = async (w: World, { store = {}, product = {}, offer = {} }: Sold = {}) => {
  const made = await w.store(store);
  const sold = await w.product(product);
  if (offer) await w.offer(made, sold, offer);
  return { store: made, product: sold };
};
const NOT_SOLD: [Sold, string][] = [
  [{ offer: null }, 'no offer of'],
  [{ offer: { is_listed: false } }, 'not listed'],
];

// ------------------------------------------------------------------ looking around

on('GET /api/stores')(200, null, (w) => w.call());

const list = store404('GET /api/stores/:store/products', (w, store) =>
  w.call({ params: { store } }),
);
list(303, null, (w) => w.call({ params: { store: 'main' } }));
list(200, null, async (w) => w.call({ params: { store: (await selling(w)).store.key } }));

const view = store404('GET /api/stores/:store/products/:slug', (w, store) =>
  w.call({ params: { store, slug: 'no-such-thing' } }),
);
const viewing = async (w: World, sold: Sold) => {
  const { store, product } = await selling(w, sold);
  return w.call({ params: { store: store.key, slug: product.slug } });
};
view(303, null, async (w) => w.call({ params: { store: 'main', slug: (await w.product()).slug } }));
view(
  404,
  'product_not_found',
  async (w) => w.call({ params: { store: (await w.store()).key, slug: 'no-such-thing' } }),
  'no product has this slug',
);
view(
  404,
  'product_not_found',
  (w) => viewing(w, { product: { deleted_at: ago(1) } }),
  'is deleted',
);
view(404, 'product_not_found', (w) => viewing(w, { product: { status: 'archived' } }), 'archived');
for (const [sold, condition] of NOT_SOLD) {
  view(404, 'offer_not_found', (w) => viewing(w, sold), condition);
}
view(200, null, (w) => viewing(w, {}));
visit('GET /api/stores/:store/products/:slug', 'in a store that is suspended', (w) =>
  viewing(w, { store: { state: 'suspended' } }),
);

const page = on('PAGE /stores/:store');
const showing = async (w: World, sold: Sold) =>
  w.call({ params: { store: (await selling(w, sold)).store.key } });
page(404, null, (w) => w.call({ params: { store: 'no-such-store' } }), 'no store has this key');
page(404, null, (w) => showing(w, { store: { state: 'closed' } }), 'the store is closed');
page(303, null, (w) => w.call({ params: { store: 'main' } }));
page(200, null, (w) => showing(w, { store: { state: 'opening' } }), 'is opening');
page(200, null, (w) => showing(w, { store: { state: 'suspended' } }), 'is suspended');
page(200, null, (w) => showing(w, { offer: { is_listed: false } }), 'lists no offer');
page(200, null, (w) => showing(w, { offer: { stock: 0 } }), 'a stock of 0');
page(200, null, (w) => showing(w, {}), 'offers are listed');

// ------------------------------------------------------------------ filling a cart

const ADD = 'POST /api/stores/:store/cart/items';
const add = store404(ADD, async (w, store) =>
  w.call({ as: await w.person(), params: { store }, body: { productId: 1 } }),
);
const adding = async (
  w: World,
  sold: Sold,
  before: (as: Person, made: Row) => unknown = () => 0,
) => {
  const { store, product } = await selling(w, sold);
  const as = await w.person();
  await before(as, { store: store.key, product });
  return w.call({ as, params: { store: store.key }, body: { productId: product.id } });
};
add(409, 'store_not_open', (w) => adding(w, { store: { state: 'opening' } }));
add(
  404,
  'product_not_found',
  async (w) => {
    const params = { store: (await w.store()).key };
    return w.call({ as: await w.person(), params, body: { productId: UNKNOWN_NUMBER } });
  },
  'no product has this id',
);
add(404, 'product_not_found', (w) => adding(w, { product: { deleted_at: ago(1) } }), 'is deleted');
add(404, 'product_not_found', (w) => adding(w, { product: { status: 'draft' } }), 'is a draft');
add(410, 'product_unavailable', (w) => adding(w, { product: { status: 'archived' } }));
for (const [sold, condition] of NOT_SOLD) {
  add(409, 'product_not_sold_here', (w) => adding(w, sold), condition);
}
add(409, 'cart_of_other_store', (w) =>
  adding(w, {}, async (as) => w.cart(as, [[await w.product(), 1]])),
);
add(409, 'cart_full', (w) =>
  adding(w, {}, async (as, { store }) => {
    const lines: [Row, number][] = [];
    for (let i = 0; i < 20; i++) lines.push([await w.product(), 1]);
    await w.cart(as, lines, { store_key: store });
  }),
);
add(409, 'sold_out', (w) => adding(w, { offer: { stock: 0 } }));
const holding =
  (w: World, quantity: number) =>
  (as: Person, { store, product }: Row) =>
    w.cart(as, [[product, quantity]], { store_key: store });
add(422, 'quantity_limit', (w) => adding(w, { product: { max_per_order: 2 } }, holding(w, 2)));
add(409, 'insufficient_stock', (w) => adding(w, { offer: { stock: 2 } }, holding(w, 2)));
add(201, null, (w) => adding(w, {}));
add(200, null, (w) => adding(w, {}, holding(w, 1)));
visit(ADD, 'into an empty cart of another store', (w) => adding(w, {}, (as) => w.cart(as, [])));

interface Carted extends Sold {
  quantity?: number;
  cart?: Row;
}
/** A customer whose cart belongs to such a store. */
const carted = async (w: World, { quantity = 1, cart = {}, ...sold }: Carted = {}) => {
  const made = await selling(w, sold);
  const as = await w.person();
  await w.cart(as, [[made.product, quantity]], { store_key: made.store.key, ...cart });
  return { as, ...made };
};

const OTHER = 'another store than main';
on('POST /api/cart/items')(409, 'cart_of_other_store', async (w) => {
  const { as } = await carted(w);
  return w.call({ as, body: { productId: (await w.product()).id } });
});
on('POST /shop/cart')(
  303,
  null,
  async (w) => {
    const { as } = await carted(w);
    return w.call({ as, form: { productId: String((await w.product()).id) } });
  },
  OTHER,
);

const change = on('PATCH /api/cart/items/:productId');
const changing = async (w: World, sold: Carted, quantity = 2) => {
  const { as, product } = await carted(w, sold);
  return w.call({ as, params: { productId: product.id }, body: { quantity } });
};
for (const [sold, condition] of NOT_SOLD) {
  change(409, 'product_not_sold_here', (w) => changing(w, sold), condition);
}
change(409, 'sold_out', (w) => changing(w, { offer: { stock: 0 } }), 'store is not main');
change(409, 'insufficient_stock', (w) => changing(w, { offer: { stock: 1 } }), 'store is not main');
visit('PATCH /api/cart/items/:productId', 'in another store', (w) => changing(w, {}));

const couponOf = async (w: World) => w.coupon({ store_key: (await w.store()).key });
on('POST /api/cart/coupon')(409, 'coupon_other_store', async (w) => {
  const { as } = await carted(w);
  return w.call({ as, body: { code: (await couponOf(w)).code } });
});
visit('POST /api/cart/coupon', 'of the cart’s store', async (w) => {
  const { as, store } = await carted(w);
  return w.call({ as, body: { code: (await w.coupon({ store_key: store.key })).code } });
});
on('POST /api/cart/gift-card')(409, 'gift_card_currency', async (w) => {
  const { as } = await carted(w);
  return w.call({ as, body: { code: (await w.giftCard()).code } });
});

// ------------------------------------------------------------------ ordering

interface Ordered extends Carted {
  address?: Row;
  body?: Row;
}
const ordering = async (w: World, { address, body, ...wanted }: Ordered) => {
  const { as } = await carted(w, wanted);
  await w.address(as, { is_default: true, country: 'CH', ...address });
  return w.call({ as, body: { shippingMethod: 'standard', ...body } });
};
for (const route of ['POST /api/checkout/quote', 'POST /api/checkout']) {
  const entry = on(route);
  entry(409, 'store_not_open', (w) => ordering(w, { store: { state: 'suspended' } }));
  for (const [sold, condition] of [
    [{ offer: null }, 'has no offer'],
    [{ offer: { is_listed: false } }, 'not listed'],
  ] as const) {
    entry(409, 'product_not_sold_here', (w) => ordering(w, sold), condition);
  }
  entry(
    409,
    'insufficient_stock',
    (w) => ordering(w, { offer: { stock: 1 }, quantity: 2 }),
    'store is not main',
  );
  entry(422, 'address_outside_store', (w) => ordering(w, { address: { country: 'DE' } }));
  entry(409, 'coupon_other_store', async (w) =>
    ordering(w, { cart: { coupon_id: (await couponOf(w)).id } }),
  );
  entry(409, 'points_not_accepted', (w) => ordering(w, { body: { redeemPoints: 100 } }));
  entry(409, 'gift_card_currency', async (w) =>
    ordering(w, { cart: { gift_card_id: (await w.giftCard()).id } }),
  );
  visit(route, 'in another store', (w) => ordering(w, {}));
}
visit('POST /api/orders/:id/cancel', 'of another store', async (w) => {
  const { as, store, product } = await carted(w);
  const { id } = await w.order(as, { store_key: store.key }, [product]);
  return w.call({ as, params: { id }, body: {} });
});

const cart = on('PAGE /cart', { browser: true });
cart(
  200,
  null,
  async (w) => w.open(await carted(w, { offer: { stock: 0 } })),
  'does not sell a product',
);
cart(200, null, async (w) => w.open(await carted(w)), 'is not main: its name');
visit('GET /api/cart', 'with what another store sells', async (w) => {
  const { as, product } = await carted(w, { offer: null });
  await w.offer(await w.store(), product);
  return w.call({ as });
});
on('PAGE /shop')(
  200,
  null,
  (w) => w.call({ query: 'problem=cart_of_other_store' }),
  'problem is cart_of_other_store',
);

// ------------------------------------------------------------------ staff of one store

/** A support agent who is limited to a new store. */
const limited = async (w: World) => {
  const store = await w.store();
  const as = await w.person({ role: 'support' });
  await w.insert('store_staff', { store_key: store.key, user_id: as.id });
  return { as, store };
};
for (const route of [
  'GET /api/orders/:id',
  'GET /api/orders/:id/payments',
  'GET /api/orders/:id/refunds',
  'GET /api/orders/:id/split',
]) {
  on(route)(
    404,
    'order_not_found',
    async (w) => {
      const { as } = await limited(w);
      return w.call({ as, params: { id: (await w.order(await w.customer())).id } });
    },
    'limited to other stores',
  );
}
visit('GET /api/orders/:id', 'of the agent’s store', async (w) => {
  const { as, store } = await limited(w);
  const { id } = await w.order(await w.customer(), { store_key: store.key });
  return w.call({ as, params: { id } });
});
const orders = on('GET /api/admin/orders');
orders(403, 'not_store_staff', async (w) =>
  w.call({ as: (await limited(w)).as, query: 'store=main' }),
);
visit('GET /api/admin/orders', 'of the agent’s store', async (w) => {
  const { as, store } = await limited(w);
  return w.call({ as, query: `store=${store.key}` });
});
visit('GET /api/admin/orders', 'by an agent of one store', async (w) =>
  w.call({ as: (await limited(w)).as }),
);
visit('GET /api/admin/orders', 'by an admin', async (w) => w.call({ as: await w.admin() }));
for (const verb of ['approve', 'deny']) {
  on(`POST /api/admin/refunds/:id/${verb}`)(403, 'not_store_staff', async (w) => {
    const { as } = await limited(w);
    const { id } = await w.refund(await w.completedOrder(await w.customer()));
    return w.call({ as, params: { id }, body: { note: 'Fine' } });
  });
}
on('POST /api/admin/coupons')(422, 'unknown_store', async (w) => {
  const body = { code: 'STORELESS', kind: 'fixed', value: 500, storeKey: 'no-such-store' };
  return w.call({ as: await w.admin(), body });
});

// ------------------------------------------------------------------ running a store

const OFFER = { body: { priceCents: 1_500, stock: 3 } };
const PUT_OFFER = 'PUT /api/admin/stores/:store/offers/:productId';
const offer = store404(
  PUT_OFFER,
  async (w, store) => w.call({ as: await w.support(), params: { store, productId: 1 }, ...OFFER }),
  false,
);
const offering = async (w: World, sold: Sold, as?: Person) => {
  const { store, product } = await selling(w, { offer: null, ...sold });
  const params = { store: store.key, productId: product.id };
  return w.call({ as: as ?? (await w.support()), params, ...OFFER });
};
offer(403, 'not_store_staff', async (w) => offering(w, {}, (await limited(w)).as));
offer(409, 'main_store', async (w) =>
  w.call({ as: await w.admin(), params: { store: 'main', productId: 1 }, ...OFFER }),
);
offer(409, 'store_closed', (w) => offering(w, { store: { state: 'closed' } }));
offer(
  404,
  'product_not_found',
  async (w) => {
    const params = { store: (await w.store()).key, productId: UNKNOWN_NUMBER };
    return w.call({ as: await w.support(), params, ...OFFER });
  },
  'no product has this id',
);
offer(
  404,
  'product_not_found',
  (w) => offering(w, { product: { deleted_at: ago(1) } }),
  'is deleted',
);
offer(409, 'product_archived', (w) => offering(w, { product: { status: 'archived' } }));
offer(201, null, (w) => offering(w, {}));
offer(200, null, (w) => offering(w, { offer: {} }));

const PUT_STATE = 'PUT /api/admin/stores/:store/state';
const state = store404(
  PUT_STATE,
  async (w, store) => w.call({ as: await w.admin(), params: { store }, body: { state: 'open' } }),
  false,
);
const moving = async (
  w: World,
  from: string,
  to: string,
  rest: Sold & { orders?: string[] } = {},
) => {
  const { store, product } = await selling(w, { ...rest, store: { state: from } });
  for (const status of rest.orders ?? []) {
    await w.order(await w.customer(), { store_key: store.key, status }, [product]);
  }
  const call: Call = { params: { store: store.key }, body: { state: to } };
  return w.call({ as: await w.admin(), ...call });
};
state(409, 'main_store', async (w) =>
  w.call({ as: await w.admin(), params: { store: 'main' }, body: { state: 'closed' } }),
);
state(409, 'invalid_store_transition', (w) => moving(w, 'open', 'closed'));
state(422, 'store_empty', (w) => moving(w, 'opening', 'open', { offer: { is_listed: false } }));
state(409, 'store_has_open_orders', (w) =>
  moving(w, 'suspended', 'closed', { orders: ['completed', 'shipped'] }),
);
state(200, null, (w) => moving(w, 'opening', 'open'));
state(204, null, (w) => moving(w, 'open', 'open'));
for (const [from, to] of [
  ['open', 'suspended'],
  ['suspended', 'closed'],
] as const) {
  visit(PUT_STATE, `from ${from} to ${to}`, (w) => moving(w, from, to, { orders: ['completed'] }));
}

const assign = store404(
  'PUT /api/admin/stores/:store/staff/:id',
  async (w, store) => w.call({ as: await w.admin(), params: { store, id: unknownId() } }),
  false,
);
const assigning = async (w: World, id: string) =>
  w.call({ as: await w.admin(), params: { store: (await w.store()).key, id } });
const account = async (w: World, row: Row = {}) => (await w.account(row)).id as string;
assign(404, 'user_not_found', (w) => assigning(w, unknownId()), 'no account has this id');
assign(
  404,
  'user_not_found',
  async (w) => assigning(w, await account(w, { role: 'support', deleted_at: ago(1) })),
  'is deleted',
);
assign(409, 'not_a_support_agent', async (w) => assigning(w, await account(w)));
assign(201, null, async (w) => assigning(w, await account(w, { role: 'support' })));
const assigned = async (w: World) => {
  const { as, store } = await limited(w);
  return w.call({ as: await w.admin(), params: { store: store.key, id: as.id } });
};
assign(204, null, assigned);

const unassign = on('DELETE /api/admin/stores/:store/staff/:id');
unassign(404, 'store_staff_not_found', async (w) => assigning(w, (await w.support()).id));
unassign(204, null, assigned);
