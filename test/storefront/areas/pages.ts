// The pages that are rendered in the browser.
import { on, visit } from '../key.ts';
import { ago, type Person, type Row, type World } from '../world.ts';

const BROWSER = { browser: true };

/** Throws unless the page shows `wanted` (or does not, with `not`). */
const shows = <T extends { text: string }>(outcome: T, wanted: string, not = false): T => {
  if (outcome.text.includes(wanted) === not) {
    throw new Error(`${not ? 'shows' : 'does not show'} ${wanted}:\n${outcome.text}`);
  }
  return outcome;
};

for (const route of [
  'PAGE /cart',
  'PAGE /account/orders',
  'PAGE /account/points',
  'PAGE /account/plan',
]) {
  visit(route, 'the document', (w) => w.call());
  const entry = on(route, BROWSER);
  entry(200, null, (w) => w.open({}), 'no session cookie');
  for (const [kind, condition] of [
    ['unknown', 'no session has'],
    ['expired', 'expires_at in the past'],
    ['deleted', 'the account of the session is deleted'],
    ['banned', 'has banned_at'],
  ] as const) {
    entry(200, null, async (w) => w.open({ as: await w.gone(kind) }), condition);
  }
  entry(
    200,
    null,
    async (w) =>
      w.open({ as: await w.customer() }, undefined, (page) =>
        page.route('**/api/**', (request) => request.fulfill({ status: 500, json: null })),
      ),
    'other than by 401',
  );
}

// ------------------------------------------------------------------ the cart

const cart = on('PAGE /cart', BROWSER);
const filled = async (w: World, product: Row = {}, row: Row = {}, quantity = 1) => {
  const user = await w.person();
  await w.address(user, { is_default: true });
  await w.cart(user, [[await w.product(product), quantity]], row);
  return { as: user };
};
cart(200, null, async (w) => w.open({ as: await w.person() }), 'the account has no cart');
cart(
  200,
  null,
  async (w) => {
    const as = await w.person();
    await w.cart(as, []);
    return w.open({ as });
  },
  'cart has no items',
);
const UNAVAILABLE: [Row, string][] = [
  [{ status: 'archived' }, 'a draft or archived'],
  [{ deleted_at: ago(1) }, 'a product in the cart is deleted'],
  [{ stock: 1 }, 'above the product’s stock'],
];
for (const [row, condition] of UNAVAILABLE) {
  cart(200, null, async (w) => w.open(await filled(w, row, {}, 2)), condition);
}
cart(
  200,
  null,
  async (w) => {
    const as = await w.person();
    await w.address(as, { deleted_at: ago(1) });
    await w.cart(as, [[await w.product(), 1]]);
    return w.open({ as });
  },
  'no undeleted address',
);
cart(200, null, async (w) => w.open(await filled(w)), 'the cart has no coupon');
cart(
  200,
  null,
  async (w) => {
    const { id, code } = await w.coupon();
    const outcome = await w.open(await filled(w, {}, { coupon_id: id }));
    return shows(shows(outcome, `Coupon ${code}`), 'Apply coupon', true);
  },
  'the cart has a coupon',
);
cart(200, null, async (w) => w.open(await filled(w)), 'the cart has no gift card');
const withCard = async (w: World) => {
  const card = await w.giftCard();
  return { card, request: await filled(w, {}, { gift_card_id: card.id }) };
};
cart(
  200,
  null,
  async (w) => {
    const { card, request } = await withCard(w);
    const outcome = await w.open(request);
    return shows(shows(outcome, `Gift card ${card.code}`), 'Use gift card', true);
  },
  'the cart has a gift card',
);
cart(
  200,
  null,
  async (w) => {
    const { request } = await withCard(w);
    const outcome = await w.open({ ...request, app: 'contrary' });
    return shows(shows(outcome, 'Subtotal'), 'Gift card', true);
  },
  'GIFT_CARDS_ENABLED is off',
);
cart(
  200,
  null,
  async (w) => w.open({ ...(await filled(w)), app: 'maintenance' }),
  'MAINTENANCE_MODE is on',
);
cart(200, null, async (w) => w.open(await filled(w)), 'can be ordered');
const place = async (w: World, request: { as: Person }) =>
  w.open(request, async (page) => {
    await page.getByRole('button', { name: 'Place order' }).click();
    await page.getByRole('heading', { name: 'Thank you!' }).waitFor();
  });
cart(200, null, async (w) => place(w, await filled(w)), 'placed and has to be paid');
cart(
  200,
  null,
  async (w) => {
    const card = await w.giftCard({ initial_cents: 9_000, balance_cents: 9_000 });
    return place(w, await filled(w, {}, { gift_card_id: card.id }));
  },
  'placed and costs nothing',
);

// ------------------------------------------------------------------ the orders

const orders = on('PAGE /account/orders', BROWSER);
const unverified = { email_verified_at: null };
orders(
  200,
  null,
  async (w) => w.open({ as: await w.person(unverified) }),
  'account has no email_verified_at',
);
orders(
  200,
  null,
  async (w) =>
    w.open({ as: await w.person(unverified) }, async (page) => {
      await page.getByRole('button', { name: 'Send again' }).click();
      await page.getByRole('status').waitFor();
    }),
  'another verification message',
);
orders(200, null, async (w) => w.open({ as: await w.person() }), 'has no orders');
const ordered = async (w: World, row: Row) => {
  const as = await w.person();
  await w.order(as, row);
  return w.open({ as });
};
for (const status of ['pending_payment', 'paid', 'shipped', 'completed', 'cancelled']) {
  orders(200, null, (w) => ordered(w, { status }), `an order of the account is ${status}:`);
}
orders(200, null, (w) => ordered(w, { status: 'paid' }), 'it can be cancelled');
const refundable = async (w: World, refunds: Row[]) => {
  const as = await w.person();
  const order = await w.completedOrder(as);
  for (const refund of refunds) await w.refund(order, refund);
  return w.open({ as });
};
orders(200, null, (w) => refundable(w, [{}]), 'a pending refund');
orders(200, null, (w) => refundable(w, [{ status: 'denied' }]), 'can be refunded');
