// Carts, coupons, gift cards and the checkout.
import { crash, on, visit } from '../key.ts';
import {
  ago,
  type Call,
  giftCardCode,
  inDays,
  type Person,
  type Row,
  UNKNOWN_NUMBER,
  unknownId,
  type World,
} from '../world.ts';

type Request = Pick<Call, 'params' | 'body' | 'form' | 'app'>;
type Make = (product: { id: number }, quantity: number) => Request;

const byBody: Make = ({ id }, quantity) => ({ body: { productId: id, quantity } });
const byPath: Make = ({ id }, quantity) => ({ params: { productId: id }, body: { quantity } });
const byForm: Make = ({ id }) => ({ form: { productId: String(id) } });

const fill = async (w: World, user: Row, lines: number) => {
  const products: [Row, number][] = [];
  for (let i = 0; i < lines; i++) products.push([await w.product(), 1]);
  return w.cart(user, products);
};

// ------------------------------------------------------------------ adding and changing

const DETOUR = [303, null] as const;
for (const [route, make] of [
  ['POST /api/cart/items', byBody],
  ['POST /shop/cart', byForm],
  ['PATCH /api/cart/items/:productId', byPath],
] as const) {
  const entry = on(route);
  const changing = make === byPath;
  const redirected = make === byForm;
  /** Tries to have one more of a product, or one at all. */
  const attempt = async (w: World, row: Row, inCart = 0) => {
    const user = await w.person();
    const product = await w.product(row);
    if (changing || inCart > 0) await w.cart(user, [[product, inCart || 1]]);
    return w.call({ as: user, ...make(product as { id: number }, changing ? inCart + 1 : 1) });
  };
  const fails = (
    status: number,
    code: string,
    condition: string,
    run: (w: World) => ReturnType<World['call']>,
  ) => {
    const [as, coded] = redirected ? DETOUR : [status, code];
    entry(
      as,
      coded,
      async (w) => {
        const outcome = await run(w);
        if (redirected && outcome.location !== `/shop?problem=${code}`) {
          throw new Error(`redirected to ${outcome.location}`);
        }
        return outcome;
      },
      condition,
    );
  };
  if (!changing) {
    fails(404, 'product_not_found', 'no product has this id', async (w) =>
      w.call({ as: await w.person(), ...make({ id: UNKNOWN_NUMBER }, 1) }),
    );
    fails(409, 'cart_full', 'the cart holds 20', async (w) => {
      const user = await w.person();
      await fill(w, user, 20);
      return w.call({ as: user, ...make((await w.product()) as { id: number }, 1) });
    });
  }
  fails(404, 'product_not_found', 'product is deleted', (w) => attempt(w, { deleted_at: ago(1) }));
  fails(404, 'product_not_found', 'product is a draft', (w) => attempt(w, { status: 'draft' }));
  fails(410, 'product_unavailable', 'is archived', (w) => attempt(w, { status: 'archived' }));
  fails(409, 'sold_out', 'the product has a stock of 0', (w) => attempt(w, { stock: 0 }));
  fails(422, 'quantity_limit', 'max_per_order', (w) => attempt(w, { max_per_order: 2 }, 2));
  fails(409, 'insufficient_stock', 'product’s stock, which is not 0', (w) =>
    attempt(w, { stock: 2 }, 2),
  );

  if (changing) entry(200, null, (w) => attempt(w, {}, 1));
  else if (redirected) entry(303, null, (w) => attempt(w, {}), 'is added: to /cart');
  else {
    entry(201, null, (w) => attempt(w, {}));
    entry(200, null, (w) => attempt(w, {}, 1));
  }
}

const change = on('PATCH /api/cart/items/:productId');
change(404, 'cart_item_not_found', async (w) => {
  const user = await w.person();
  await fill(w, user, 1);
  return w.call({ as: user, ...byPath({ id: UNKNOWN_NUMBER }, 1) });
});
const filled = async (w: World) => {
  const user = await w.person();
  const product = await w.product();
  await w.cart(user, [[product, 1]]);
  return { as: user, params: { productId: product.id } };
};
change(204, null, async (w) => w.call({ ...(await filled(w)), body: { quantity: 0 } }));

const drop = on('DELETE /api/cart/items/:productId');
drop(404, 'cart_item_not_found', async (w) =>
  w.call({ as: await w.person(), params: { productId: UNKNOWN_NUMBER } }),
);
drop(204, null, async (w) => w.call(await filled(w)));
// What setQuantity would find wrong with the product does not matter here.
for (const row of [
  { deleted_at: ago(1) },
  { status: 'archived' },
  { stock: 0 },
  { max_per_order: 1 },
]) {
  visit('DELETE /api/cart/items/:productId', JSON.stringify(Object.keys(row)), async (w) => {
    const user = await w.person();
    const product = await w.product(row);
    await w.cart(user, [[product, 2]]);
    const outcome = await w.call({ as: user, params: { productId: product.id } });
    if (outcome.status !== 204) throw new Error(`answered ${outcome.status}`);
    return outcome;
  });
}

const view = on('GET /api/cart');
view(200, null, async (w) => w.call({ as: (await filled(w)).as }));
for (const app of ['standard', 'contrary', 'maintenance'] as const) {
  visit('GET /api/cart', `with a coupon and a gift card, ${app}`, async (w) => {
    const user = await w.person();
    const coupon = await w.coupon({ kind: 'fixed', value: 9_000 });
    const card = await w.giftCard();
    const row = { coupon_id: coupon.id, gift_card_id: card.id };
    await w.cart(
      user,
      [
        [await w.product(), 1],
        [await w.product({ stock: 0 }), 1],
      ],
      row,
    );
    return w.call({ as: user, app });
  });
}
visit('GET /api/cart', 'with an archived product', async (w) => {
  const user = await w.person();
  await w.cart(user, [[await w.product({ status: 'archived' }), 1]]);
  return w.call({ as: user });
});
visit('GET /api/cart', 'without a cart', async (w) => w.call({ as: await w.person() }));

const clear = on('DELETE /api/cart');
clear(204, null, async (w) => w.call({ as: (await filled(w)).as }));
clear(200, null, async (w) => w.call({ as: await w.person() }));

// ------------------------------------------------------------------ coupons

const COUPONS: [number, string, Row][] = [
  [410, 'coupon_inactive', { is_active: false }],
  [422, 'coupon_not_started', { starts_at: inDays(1) }],
  [410, 'coupon_expired', { expires_at: ago(5) }],
  [409, 'coupon_used_up', { max_redemptions: 2, redeemed_count: 2 }],
  [422, 'coupon_minimum_not_reached', { min_total_cents: 9_000 }],
  [403, 'coupon_tier_required', { required_tier: 'silver' }],
  [409, 'coupon_already_used', { max_per_customer: 1 }],
];
const redeem = async (w: World, user: Row, coupon: Row) => {
  const { id } = await w.order(user, { status: 'completed' });
  await w.insert('coupon_redemptions', { coupon_id: coupon.id, user_id: user.id, order_id: id });
};
const GENEROUS: Row = {
  starts_at: ago(5),
  expires_at: inDays(1),
  max_redemptions: 5,
  max_per_customer: 2,
  required_tier: 'standard',
};

const apply = on('POST /api/cart/coupon');
const CODE = { body: { code: 'UNKNOWN0' } };
for (const route of ['POST /api/cart/coupon', 'POST /api/cart/gift-card']) {
  const entry = on(route);
  const condition = 'has no cart';
  entry(409, 'cart_empty', async (w) => w.call({ as: await w.person(), ...CODE }), condition);
  entry(
    409,
    'cart_empty',
    async (w) => {
      const user = await w.person();
      await w.cart(user, []);
      return w.call({ as: user, ...CODE });
    },
    'has no items',
  );
}
apply(404, 'coupon_not_found', async (w) => w.call({ as: (await filled(w)).as, ...CODE }));
apply(409, 'coupon_already_applied', async (w) => {
  const user = await w.person();
  const coupon = await w.coupon();
  await w.cart(user, [[await w.product(), 1]], { coupon_id: coupon.id });
  return w.call({ as: user, body: { code: coupon.code } });
});
const applying = async (w: World, row: Row) => {
  const { as } = await filled(w);
  const coupon = await w.coupon(row);
  if (row.max_per_customer === 1) await redeem(w, as, coupon);
  return { as, body: { code: coupon.code.toLowerCase() } };
};
for (const [status, code, row] of COUPONS) {
  apply(status, code, async (w) => w.call(await applying(w, row)));
}
apply(200, null, async (w) => w.call(await applying(w, GENEROUS)));
visit('POST /api/cart/coupon', 'one without conditions', async (w) =>
  w.call(await applying(w, {})),
);

const unapply = on('DELETE /api/cart/coupon');
const NOT_APPLIED = 'applied_coupon_not_found';
unapply(404, NOT_APPLIED, async (w) => w.call({ as: await w.person() }), 'has no cart');
unapply(404, NOT_APPLIED, async (w) => w.call({ as: (await filled(w)).as }), 'has no coupon');
unapply(204, null, async (w) => {
  const user = await w.person();
  await w.cart(user, [], { coupon_id: (await w.coupon()).id });
  return w.call({ as: user });
});

// ------------------------------------------------------------------ gift cards

const CARDS: [number, string, Row][] = [
  [410, 'gift_card_disabled', { disabled_at: ago(1) }],
  [403, 'gift_card_claimed', {}],
  [410, 'gift_card_expired', { expires_at: ago(1) }],
  [422, 'gift_card_empty', { balance_cents: 0 }],
];
const claimedBy = async (w: World, code: string, row: Row): Promise<Row> =>
  code === 'gift_card_claimed' ? { ...row, claimed_by: (await w.support()).id } : row;

for (const [route, inBody, success] of [
  ['POST /api/cart/gift-card', true, 200],
  ['GET /api/gift-cards/:code', false, 200],
  ['POST /api/gift-cards/claim', true, 201],
] as const) {
  const entry = on(route);
  const present = async (w: World, code: string, app?: Call['app']) => {
    const user = (await filled(w)).as;
    return w.call({
      as: user,
      ...(inBody ? { body: { code } } : { params: { code } }),
      ...(app && { app }),
    });
  };
  entry(403, 'gift_cards_disabled', async (w) => present(w, giftCardCode(), 'contrary'));
  entry(400, 'gift_card_code_invalid', async (w) => present(w, 'GC-1234-1234-1234'));
  visit(route, 'a code of another form', async (w) => present(w, 'GIFT'));
  entry(404, 'gift_card_not_found', async (w) => present(w, giftCardCode()));
  for (const [status, code, row] of CARDS) {
    entry(status, code, async (w) =>
      present(w, (await w.giftCard(await claimedBy(w, code, row))).code),
    );
  }
  entry(success, null, async (w) => present(w, (await w.giftCard()).code));
}
on('POST /api/gift-cards/claim')(200, null, async (w) => {
  const user = await w.person();
  return w.call({ as: user, body: { code: (await w.giftCard({ claimed_by: user.id })).code } });
});
on('DELETE /api/cart/gift-card')(204, null, async (w) => w.call({ as: await w.person() }));

// ------------------------------------------------------------------ checkout

on('GET /api/checkout/shipping-methods')(200, null, (w) => w.call());

interface Order {
  user?: Row;
  product?: Row;
  quantity?: number;
  cart?: Row;
  address?: Row | null;
  body?: Row;
  app?: Call['app'];
  before?: (user: Person) => Promise<unknown>;
}
async function order(w: World, wanted: Order) {
  const user = await w.person(wanted.user);
  const product = await w.product(wanted.product);
  await w.cart(user, [[product, wanted.quantity ?? 1]], wanted.cart);
  if (wanted.address !== null) await w.address(user, { is_default: true, ...wanted.address });
  await wanted.before?.(user);
  const body = { shippingMethod: 'standard', ...wanted.body };
  return w.call({ as: user, body, ...(wanted.app && { app: wanted.app }) });
}

for (const route of ['POST /api/checkout/quote', 'POST /api/checkout']) {
  const entry = on(route);
  const body = { shippingMethod: 'standard' };
  entry(409, 'cart_empty', async (w) => w.call({ as: await w.person(), body }), 'has no cart');
  entry(
    409,
    'cart_empty',
    async (w) => {
      const user = await w.person();
      await w.cart(user, []);
      return w.call({ as: user, body });
    },
    'has no items',
  );
  entry(
    409,
    'product_unavailable',
    (w) => order(w, { product: { status: 'archived' } }),
    'archived',
  );
  entry(
    409,
    'product_unavailable',
    (w) => order(w, { product: { deleted_at: ago(1) } }),
    'is deleted',
  );
  entry(
    409,
    'insufficient_stock',
    (w) => order(w, { product: { stock: 1 }, quantity: 2 }),
    'store is main',
  );
  entry(
    404,
    'address_not_found',
    (w) => order(w, { body: { addressId: unknownId() } }),
    'no address has it',
  );
  entry(
    404,
    'address_not_found',
    async (w) => order(w, { body: { addressId: (await w.address(await w.customer())).id } }),
    'another account',
  );
  entry(
    404,
    'address_not_found',
    async (w) => {
      const user = await w.person();
      await w.cart(user, [[await w.product(), 1]]);
      const { id } = await w.address(user, { deleted_at: ago(1) });
      return w.call({ as: user, body: { addressId: id, ...body } });
    },
    'the address is deleted',
  );
  entry(422, 'address_required', (w) => order(w, { address: { is_default: false } }));
  for (const [status, code, row] of COUPONS) {
    entry(status, code, async (w) => {
      const coupon = await w.coupon(row);
      const before = (user: Row) =>
        row.max_per_customer === 1 ? redeem(w, user, coupon) : Promise.resolve();
      return order(w, { cart: { coupon_id: coupon.id }, before });
    });
  }
  const method = (shippingMethod: string, address = {}) => ({ body: { shippingMethod }, address });
  const unavailable = 'shipping_method_unavailable';
  entry(422, unavailable, (w) => order(w, method('balloon')), 'no shipping method has');
  entry(422, unavailable, (w) => order(w, method('drone')), 'is not active');
  entry(422, 'country_not_served', (w) => order(w, method('express', { country: 'FR' })));
  const paying = async (w: World, row: Row) => ({ gift_card_id: (await w.giftCard(row)).id });
  entry(403, 'gift_cards_disabled', async (w) =>
    order(w, { cart: await paying(w, {}), app: 'contrary' }),
  );
  for (const [status, code, row] of CARDS) {
    entry(status, code, async (w) =>
      order(w, { cart: await paying(w, await claimedBy(w, code, row)) }),
    );
  }
}
on('POST /api/checkout/quote')(200, null, async (w) => order(w, {}));
visit('POST /api/checkout/quote', 'from where shipping is free', async (w) =>
  order(w, { product: { price_cents: 9_000 } }),
);

visit('POST /api/checkout', 'with a gift card that need not pay', async (w) =>
  order(w, {
    cart: {
      gift_card_id: (await w.giftCard()).id,
      coupon_id: (await w.coupon({ value: 100 })).id,
    },
    body: { shippingMethod: 'pickup' },
  }),
);
crash('POST /shop/cart', 'a product id that is no integer of PostgreSQL', async (w) =>
  w.call({ as: await w.person(), form: { productId: '3000000000' } }),
);

const checkout = on('POST /api/checkout');
checkout(403, 'email_verification_required', (w) =>
  order(w, { user: { email_verified_at: null }, product: { price_cents: 60_000 } }),
);
visit('POST /api/checkout', 'a large order of a confirmed customer', (w) =>
  order(w, { product: { price_cents: 60_000 } }),
);
checkout(409, 'too_many_unpaid_orders', (w) =>
  order(w, {
    before: async (user) => {
      for (let i = 0; i < 3; i++) await w.order(user);
    },
  }),
);
checkout(409, 'total_changed', (w) => order(w, { body: { expectedTotalCents: 1 } }));
const expecting = (
  condition: string,
  requiresPayment: boolean,
  wanted: (w: World) => Promise<Order>,
) =>
  checkout(
    201,
    null,
    async (w) => {
      const outcome = await order(w, await wanted(w));
      if (outcome.body.requiresPayment !== requiresPayment)
        throw new Error('wrong requiresPayment');
      return outcome;
    },
    condition,
  );
expecting('has to be paid', true, () =>
  Promise.resolve({ body: { shippingMethod: 'pickup', expectedTotalCents: 1_000 } }),
);
expecting('costs nothing', false, async (w) => ({
  cart: {
    gift_card_id: (await w.giftCard({ initial_cents: 9_000, balance_cents: 9_000 })).id,
    coupon_id: (await w.coupon(GENEROUS)).id,
  },
}));
