// The API for staff.
import { crash, on, visit } from '../key.ts';
import {
  ago,
  type Call,
  giftCardCode,
  inDays,
  next,
  type Row,
  UNKNOWN_NUMBER,
  unknownId,
  type World,
} from '../world.ts';

/** Calls the case's route as an admin, or as support. */
const admin = async (w: World, call: Call) => w.call({ as: await w.admin(), ...call });
const support = async (w: World, call: Call = {}) => w.call({ as: await w.support(), ...call });

for (const [route, query] of [
  ['GET /api/admin/products', 'status=active'],
  ['GET /api/admin/coupons', 'state=expired'],
  ['GET /api/admin/orders', `status=paid&userId=${unknownId()}`],
  ['GET /api/admin/refunds', 'status=pending'],
  ['GET /api/admin/users', 'q=someone&role=customer&banned=false'],
] as const) {
  on(route)(200, null, (w) => support(w));
  visit(route, query, (w) => support(w, { query }));
}

// ------------------------------------------------------------------ products

const newProduct = async (w: World, changes: Row = {}) => {
  const n = next();
  const { id } = await w.category();
  const fields = { sku: `NEW-${n}`, slug: `new-${n}`, name: `New ${n}`, categoryId: id };
  return { body: { ...fields, priceCents: 900, ...changes } };
};
const create = on('POST /api/admin/products');
create(409, 'sku_taken', async (w) => {
  const { sku } = await w.product({ deleted_at: ago(1) });
  return admin(w, await newProduct(w, { sku }));
});
create(409, 'slug_taken', async (w) =>
  admin(w, await newProduct(w, { slug: (await w.product()).slug })),
);
create(422, 'unknown_category', async (w) =>
  admin(w, await newProduct(w, { categoryId: UNKNOWN_NUMBER })),
);
create(201, null, async (w) => admin(w, await newProduct(w)));
for (const compareAtCents of [800, 1_000]) {
  visit('POST /api/admin/products', `with the former price ${compareAtCents}`, async (w) =>
    admin(w, await newProduct(w, { compareAtCents })),
  );
}
crash('POST /api/admin/products', 'with a NUL', async (w) =>
  admin(w, await newProduct(w, { name: '\u0000' })),
);
visit('POST /api/admin/products', 'with the slug of a deleted one', async (w) =>
  admin(w, await newProduct(w, { slug: (await w.product({ deleted_at: ago(1) })).slug })),
);

/** A request for a product that is there, as it is wanted. */
const product = async (w: World, row: Row = {}, body?: unknown): Promise<Call> => ({
  params: { id: (await w.product(row)).id },
  body,
});
const GONE = ['no product has this id', 'is deleted'] as const;
for (const [route, body] of [
  ['PATCH /api/admin/products/:id', { name: 'Other' }],
  ['POST /api/admin/products/:id/archive', undefined],
  ['POST /api/admin/products/:id/restock', { delta: 1 }],
  ['DELETE /api/admin/products/:id', undefined],
] as const) {
  const entry = on(route);
  const not = 'product_not_found';
  entry(404, not, (w) => admin(w, { params: { id: UNKNOWN_NUMBER }, body }), GONE[0]);
  entry(404, not, async (w) => admin(w, await product(w, { deleted_at: ago(1) }, body)), GONE[1]);
}

const change = on('PATCH /api/admin/products/:id');
const changing = async (w: World, row: Row, body: Row) => admin(w, await product(w, row, body));
change(409, 'product_archived', (w) => changing(w, { status: 'archived' }, { name: 'Other' }));
change(422, 'product_incomplete', (w) =>
  changing(w, { status: 'draft', description: ' ' }, { status: 'active' }),
);
change(422, 'compare_price_too_low', (w) => changing(w, {}, { compareAtCents: 1_000 }));
change(409, 'sku_taken', async (w) => changing(w, {}, { sku: (await w.product()).sku }));
change(409, 'slug_taken', async (w) => changing(w, {}, { slug: (await w.product()).slug }));
change(422, 'unknown_category', (w) => changing(w, {}, { categoryId: UNKNOWN_NUMBER }));
change(200, null, (w) => changing(w, {}, { compareAtCents: 1_500, status: 'draft' }));

const archive = on('POST /api/admin/products/:id/archive');
archive(409, 'product_in_open_orders', async (w) => {
  const sold = await w.product();
  await w.order(await w.customer(), { status: 'paid' }, [sold]);
  return admin(w, { params: { id: sold.id } });
});
archive(204, null, async (w) => admin(w, await product(w, { status: 'archived' })));
archive(200, null, async (w) => admin(w, await product(w)));

const restock = on('POST /api/admin/products/:id/restock');
const stocking = async (w: World, row: Row, delta: number) =>
  support(w, await product(w, row, { delta }));
restock(409, 'product_archived', (w) => stocking(w, { status: 'archived' }, 1));
restock(422, 'stock_below_zero', (w) => stocking(w, { stock: 1 }, -2));
restock(200, null, (w) => stocking(w, { stock: 0 }, 5));

visit('POST /api/admin/products/:id/restock', 'what was in stock', (w) => stocking(w, {}, 5));

const remove = on('DELETE /api/admin/products/:id');
remove(409, 'product_active', async (w) => admin(w, await product(w)));
remove(409, 'product_has_stock', async (w) => admin(w, await product(w, { status: 'draft' })));
remove(204, null, async (w) => admin(w, await product(w, { status: 'archived', stock: 0 })));

// ------------------------------------------------------------------ categories, coupons, cards

const addCategory = on('POST /api/admin/categories');
const newCategory = (changes: Row = {}) => ({
  body: { slug: `new-${next()}`, name: 'New', ...changes },
});
addCategory(422, 'unknown_parent_category', (w) =>
  admin(w, newCategory({ parentId: UNKNOWN_NUMBER })),
);
addCategory(422, 'category_too_deep', async (w) => {
  const child = await w.category({ parent_id: (await w.category()).id });
  return admin(w, newCategory({ parentId: child.id }));
});
addCategory(409, 'slug_taken', async (w) =>
  admin(w, newCategory({ slug: (await w.category()).slug })),
);
addCategory(201, null, async (w) => admin(w, newCategory({ parentId: (await w.category()).id })));

crash('POST /api/admin/categories', 'with a NUL', (w) => admin(w, newCategory({ name: '\u0000' })));

const dropCategory = on('DELETE /api/admin/categories/:id');
dropCategory(404, 'category_not_found', (w) => admin(w, { params: { id: UNKNOWN_NUMBER } }));
dropCategory(409, 'category_has_children', async (w) => {
  const { id } = await w.category();
  await w.category({ parent_id: id });
  return admin(w, { params: { id } });
});
const used = async (w: World, row: Row = {}) => {
  const { id } = await w.category();
  await w.product({ category_id: id, ...row });
  return admin(w, { params: { id } });
};
dropCategory(409, 'category_not_empty', (w) => used(w));
dropCategory(204, null, async (w) => admin(w, { params: { id: (await w.category()).id } }));
visit('DELETE /api/admin/categories/:id', 'with a deleted product', (w) =>
  used(w, { deleted_at: ago(1) }),
);

const addCoupon = on('POST /api/admin/coupons');
const newCoupon = (changes: Row = {}) => ({
  body: { code: `NEW${next()}`.padEnd(6, 'X'), kind: 'percent', value: 10, ...changes },
});
addCoupon(422, 'expires_in_past', (w) => admin(w, newCoupon({ expiresAt: ago(1) })));
addCoupon(409, 'coupon_code_taken', async (w) =>
  admin(w, newCoupon({ code: (await w.coupon()).code })),
);
addCoupon(422, 'unknown_tier', (w) => admin(w, newCoupon({ requiredTier: 'platinum' })));
addCoupon(201, null, (w) => admin(w, newCoupon({ expiresAt: inDays(1), startsAt: ago(1) })));
for (const [name, changes] of Object.entries<Row>({
  'more than everything': { value: 101 },
  'an amount of more than 100': { kind: 'fixed', value: 101 },
  'an end before the start': { startsAt: inDays(2), expiresAt: inDays(1) },
})) {
  visit('POST /api/admin/coupons', name, (w) => admin(w, newCoupon(changes)));
}

crash('POST /api/admin/coupons', 'with a value that is no integer of PostgreSQL', (w) =>
  admin(w, newCoupon({ kind: 'fixed', value: 3_000_000_000 })),
);

const endCoupon = on('POST /api/admin/coupons/:id/deactivate');
const coupon = async (w: World, row: Row = {}) => ({ params: { id: (await w.coupon(row)).id } });
endCoupon(404, 'coupon_not_found', (w) => admin(w, { params: { id: UNKNOWN_NUMBER } }));
endCoupon(204, null, async (w) => admin(w, await coupon(w, { is_active: false })));
endCoupon(200, null, async (w) => admin(w, await coupon(w)));

const issue = on('POST /api/admin/gift-cards');
const card = (changes: Row = {}) => ({ body: { amountCents: 1_000, ...changes } });
issue(403, 'gift_cards_disabled', (w) => admin(w, { ...card(), app: 'contrary' }));
issue(400, 'gift_card_code_invalid', (w) => admin(w, card({ code: 'GC-1234-1234-1234' })));
issue(409, 'gift_card_code_taken', async (w) =>
  admin(w, card({ code: (await w.giftCard()).code })),
);
issue(201, null, (w) => admin(w, card({ code: giftCardCode() })));
visit('POST /api/admin/gift-cards', 'with a random code', (w) => admin(w, card()));

const disable = on('POST /api/admin/gift-cards/:id/disable');
const cardOf = async (w: World, row: Row = {}) => ({ params: { id: (await w.giftCard(row)).id } });
disable(404, 'gift_card_not_found', (w) => support(w, { params: { id: unknownId() } }));
disable(409, 'gift_card_already_disabled', async (w) =>
  support(w, await cardOf(w, { disabled_at: ago(1) })),
);
disable(200, null, async (w) => support(w, await cardOf(w)));

// ------------------------------------------------------------------ orders, payments, refunds

const status = on('POST /api/admin/orders/:id/status');
const move = async (w: World, row: Row, body: Row, payment?: Row, user: Row = {}) => {
  const order = await w.order(await w.account(user), row, [await w.product()]);
  if (payment) await w.payment(order, payment);
  return admin(w, { params: { id: order.id }, body });
};
const SHIP = { status: 'shipped', trackingCode: 'TRACK1' };
status(404, 'order_not_found', (w) => admin(w, { params: { id: unknownId() }, body: SHIP }));
status(409, 'invalid_transition', (w) => move(w, { status: 'completed' }, SHIP));
status(422, 'tracking_code_required', (w) => move(w, { status: 'paid' }, { status: 'shipped' }));
status(409, 'payment_missing', (w) => move(w, { status: 'paid' }, SHIP));
status(409, 'payment_not_cleared', (w) =>
  move(w, { status: 'paid' }, SHIP, { method: 'bank_transfer', status: 'captured' }),
);
const keepsTier =
  (promoted: boolean, run: (w: World) => ReturnType<World['call']>) => async (w: World) => {
    const outcome = await run(w);
    if (outcome.body.tierChanged !== promoted) throw new Error('wrong tierChanged');
    return outcome;
  };
const COMPLETE = { status: 'completed' };
status(
  200,
  null,
  keepsTier(false, (w) => move(w, { status: 'shipped' }, COMPLETE)),
  'Changed: false',
);
status(
  200,
  null,
  keepsTier(true, (w) => move(w, { status: 'shipped', total_cents: 60_000 }, COMPLETE)),
  'Changed: true',
);
const captured = { status: 'captured' };
const PICKUP = { status: 'paid', shipping_method: 'pickup' };
visit(
  'POST /api/admin/orders/:id/status',
  'to shipped',
  keepsTier(false, (w) => move(w, { status: 'paid' }, SHIP, captured)),
);
visit(
  'POST /api/admin/orders/:id/status',
  'to shipped, picked up',
  keepsTier(false, (w) => move(w, PICKUP, { status: 'shipped' }, captured)),
);
visit(
  'POST /api/admin/orders/:id/status',
  'to cancelled',
  keepsTier(false, (w) => move(w, {}, { status: 'cancelled', reason: 'Gone' })),
);
visit('POST /api/admin/orders/:id/status', 'to shipped, by a cleared transfer', (w) =>
  move(w, { status: 'paid' }, SHIP, { method: 'bank_transfer', status: 'cleared' }),
);

const clear = on('POST /api/admin/payments/:id/clear');
const payment = async (w: World, row: Row) => {
  const { id } = await w.payment(await w.order(await w.customer()), row);
  return admin(w, { params: { id } });
};
clear(404, 'payment_not_found', (w) => admin(w, { params: { id: unknownId() } }));
clear(409, 'payment_not_captured', (w) => payment(w, {}));
clear(200, null, (w) => payment(w, { status: 'cleared' }), 'changed: false');
clear(200, null, (w) => payment(w, { status: 'captured' }), 'changed: true');

const approve = on('POST /api/admin/refunds/:id/approve');
const decide = async (w: World, row: Row = {}, others: Row[] = [], order: Row = {}) => {
  const refunded = await w.completedOrder(row.requester ?? (await w.customer()), order);
  const { requester, ...refund } = row;
  for (const other of others) await w.refund(refunded, other);
  const { id } = await w.refund(refunded, refund);
  return { params: { id: id as string }, body: { note: 'Fine' } };
};
approve(403, 'own_refund', async (w) =>
  support(w, await decide(w, { requester: await w.support() })),
);
const LARGE = [{ amount_cents: 20_001 }, [], { total_cents: 30_000 }] as const;
approve(403, 'admin_approval_required', async (w) =>
  support(w, await decide(w, LARGE[0], [], LARGE[2])),
);
visit('POST /api/admin/refunds/:id/approve', 'a large one, by an admin', async (w) =>
  admin(w, await decide(w, LARGE[0], [], LARGE[2])),
);
approve(409, 'refund_exceeds_order', async (w) =>
  support(w, await decide(w, {}, [{ status: 'approved', amount_cents: 601 }])),
);
for (const route of ['POST /api/admin/refunds/:id/approve', 'POST /api/admin/refunds/:id/deny']) {
  const entry = on(route);
  entry(404, 'refund_not_found', (w) =>
    support(w, { params: { id: unknownId() }, body: { note: 'Fine' } }),
  );
  entry(409, 'refund_already_decided', async (w) =>
    support(w, await decide(w, { status: 'denied' })),
  );
  entry(200, null, async (w) => support(w, await decide(w)));
}

// ------------------------------------------------------------------ accounts

const other = async (w: World, row: Row = {}) => ({ params: { id: (await w.account(row)).id } });
for (const [route, rest] of [
  ['POST /api/admin/users/:id/ban', { body: { reason: 'Spam' } }],
  ['POST /api/admin/users/:id/unban', {}],
  ['PUT /api/admin/users/:id/role', { body: { role: 'support' } }],
] as const) {
  const entry = on(route);
  const not = 'user_not_found';
  entry(
    404,
    not,
    (w) => admin(w, { params: { id: unknownId() }, ...rest }),
    'no account has this id',
  );
  entry(
    404,
    not,
    async (w) => admin(w, { ...(await other(w, { deleted_at: ago(1) })), ...rest }),
    'is deleted',
  );
}
const ban = on('POST /api/admin/users/:id/ban');
const banning = async (w: World, row: Row = {}) =>
  admin(w, { ...(await other(w, row)), body: { reason: 'Spam' } });
ban(409, 'cannot_ban_self', async (w) =>
  admin(w, { params: { id: (await w.admin()).id }, body: { reason: 'Spam' } }),
);
ban(409, 'already_banned', (w) => banning(w, { banned_at: ago(1) }));
ban(200, null, (w) => banning(w));
visit('POST /api/admin/users/:id/ban', 'another admin', (w) => banning(w, { role: 'admin' }));

const unban = on('POST /api/admin/users/:id/unban');
unban(200, null, async (w) => admin(w, await other(w, { banned_at: ago(1) })));
unban(204, null, async (w) => admin(w, await other(w)));

const role = on('PUT /api/admin/users/:id/role');
const setting = async (w: World, wanted: string, row: Row = {}) =>
  admin(w, { ...(await other(w, row)), body: { role: wanted } });
role(422, 'unknown_role', (w) => setting(w, 'owner'));
role(409, 'user_banned', (w) => setting(w, 'support', { banned_at: ago(1) }));
role(409, 'last_admin', async ({ emptyShop }) => {
  const as = await emptyShop.admin();
  return emptyShop.call({ as, params: { id: as.id }, body: { role: 'customer' } });
});
role(409, 'email_not_verified', (w) => setting(w, 'support', { email_verified_at: null }));
role(200, null, (w) => setting(w, 'customer'), 'changed: false');
role(200, null, (w) => setting(w, 'support'), 'changed: true');
visit('PUT /api/admin/users/:id/role', 'of another admin', (w) =>
  setting(w, 'customer', { role: 'admin' }),
);
