// Orders, their payments, refunds and notes, from the customer's side.
import { crash, on, visit } from '../key.ts';
import { ago, inDays, type Row, UNKNOWN_NUMBER, unknownId, type World } from '../world.ts';

type Rest = { body?: unknown };

/** The order does not exist, or it is somebody else's. */
function order404(route: string, rest: Rest = {}) {
  const entry = on(route);
  const not = 'order_not_found';
  entry(
    404,
    not,
    async (w) => w.call({ as: await w.person(), params: { id: unknownId() }, ...rest }),
    'no order has this id',
  );
  entry(
    404,
    not,
    async (w) => {
      const { id } = await w.order(await w.customer());
      return w.call({ as: await w.person(), params: { id }, ...rest });
    },
    'belongs to another account',
  );
  return entry;
}
const own = async (w: World, row: Row = {}, user: Row = {}) => {
  const as = await w.person(user);
  const order = await w.order(as, row);
  return { as, order, params: { id: order.id as string } };
};

const list = on('GET /api/orders');
list(200, null, async (w) => w.call({ as: (await own(w)).as }));
for (const [name, user, app] of [
  ['with products', {}, 'standard'],
  ['of an unconfirmed customer', { email_verified_at: null }, 'standard'],
  ['without returns', {}, 'contrary'],
] as const) {
  visit('GET /api/orders', name, async (w) => {
    const as = await w.person(user);
    await w.order(as, {}, [await w.product()]);
    return w.call({ as, app });
  });
}
for (const refunds of [[], [{}], [{ status: 'approved' }]]) {
  visit('GET /api/orders', `completed, with refunds ${JSON.stringify(refunds)}`, async (w) => {
    const as = await w.person();
    const order = await w.completedOrder(as);
    for (const refund of refunds) await w.refund(order, refund);
    return w.call({ as });
  });
}
visit('GET /api/orders', 'by status', async (w) =>
  w.call({ as: (await own(w)).as, query: 'status=paid' }),
);

const view = order404('GET /api/orders/:id');
view(
  200,
  null,
  async (w) => {
    const outcome = await w.call(await own(w));
    if ('payments' in outcome.body) throw new Error('payments are shown');
    return outcome;
  },
  'caller is a customer',
);
view(
  200,
  null,
  async (w) => {
    const outcome = await w.call({ as: await w.support(), params: (await own(w)).params });
    if (!('payments' in outcome.body)) throw new Error('payments are not shown');
    return outcome;
  },
  'caller is staff',
);

visit('GET /api/orders/:id', 'by an admin', async (w) =>
  w.call({ as: await w.admin(), params: (await own(w)).params }),
);

const cancel = order404('POST /api/orders/:id/cancel', { body: {} });
cancel(409, 'order_not_cancellable', async (w) => w.call(await own(w, { status: 'shipped' })));
cancel(409, 'cancel_window_closed', async (w) =>
  w.call(await own(w, { status: 'paid', paid_at: ago(61) })),
);
visit('POST /api/orders/:id/cancel', 'paid without paid_at, long ago', async (w) =>
  w.call(await own(w, { status: 'paid', placed_at: ago(61) })),
);
cancel(204, null, async (w) => w.call(await own(w, { status: 'cancelled' })));
cancel(200, null, async (w) => w.call(await own(w)));
visit('POST /api/orders/:id/cancel', 'completed', async (w) =>
  w.call(await own(w, { status: 'completed' })),
);
visit('POST /api/orders/:id/cancel', 'with products, a coupon and a gift card', async (w) => {
  const as = await w.person();
  const coupon = await w.coupon({ redeemed_count: 1 });
  const card = await w.giftCard({ balance_cents: 100 });
  const used = { coupon_id: coupon.id, gift_card_id: card.id, gift_card_cents: 200 };
  const order = await w.order(as, { status: 'paid', paid_at: ago(5), ...used }, [
    await w.product(),
  ]);
  const redemption = { coupon_id: coupon.id, user_id: as.id, order_id: order.id };
  await w.insert('coupon_redemptions', redemption);
  await w.payment(order, { status: 'captured' });
  return w.call({ as, params: { id: order.id }, body: { reason: 'Too late' } });
});
visit('POST /api/orders/:id/cancel', 'with a coupon that was not counted', async (w) =>
  w.call(await own(w, { coupon_id: (await w.coupon()).id, gift_card_id: (await w.giftCard()).id })),
);

const payments = order404('GET /api/orders/:id/payments');
payments(200, null, async (w) => w.call(await own(w)));
for (const status of ['captured', 'created']) {
  visit('GET /api/orders/:id/payments', `with one that is ${status}`, async (w) => {
    const { as, order, params } = await own(w);
    await w.payment(order, { status });
    return w.call({ as, params });
  });
}

const PAY = { body: { method: 'card', amountCents: 1_000 } };
const pay = order404('POST /api/orders/:id/payments', PAY);
pay(409, 'order_cancelled', async (w) =>
  w.call({ ...(await own(w, { status: 'cancelled' })), ...PAY }),
);
pay(409, 'already_paid', async (w) => w.call({ ...(await own(w, { status: 'shipped' })), ...PAY }));
const TRANSFER = { body: { method: 'bank_transfer', amountCents: 1_000 } };
pay(422, 'payment_method_unavailable', async (w) => w.call({ ...(await own(w)), ...TRANSFER }));
visit('POST /api/orders/:id/payments', 'by bank transfer', async (w) =>
  w.call({ ...(await own(w)), ...TRANSFER, app: 'contrary' }),
);
pay(422, 'amount_mismatch', async (w) =>
  w.call({ ...(await own(w)), body: { method: 'card', amountCents: 999 } }),
);
const paying = async (w: World, statuses: string[]) => {
  const { as, order, params } = await own(w);
  for (const status of statuses) await w.payment(order, { status });
  return w.call({ as, params, ...PAY });
};
pay(409, 'payment_attempts_exhausted', (w) => paying(w, ['failed', 'failed', 'failed']));
pay(409, 'payment_in_progress', (w) => paying(w, ['created']));
pay(201, null, (w) => paying(w, ['failed', 'failed', 'voided']));

// ------------------------------------------------------------------ refunds

order404('GET /api/orders/:id/refunds')(200, null, async (w) => w.call(await own(w)));

const REFUND = { body: { reason: 'It is broken' } };
const refund = order404('POST /api/orders/:id/refunds', REFUND);
const refunding = async (
  w: World,
  row: Row = {},
  more: { payment?: Row; refunds?: Row[]; user?: Row; amountCents?: number; app?: 'contrary' } = {},
) => {
  const as = await w.person(more.user);
  const order = await w.completedOrder(as, row, more.payment);
  for (const refund of more.refunds ?? []) await w.refund(order, refund);
  const body = { ...REFUND.body, ...(more.amountCents && { amountCents: more.amountCents }) };
  return w.call({ as, params: { id: order.id }, body, ...(more.app && { app: more.app }) });
};
refund(403, 'email_not_verified', (w) => refunding(w, {}, { user: { email_verified_at: null } }));
refund(503, 'returns_disabled', (w) => refunding(w, {}, { app: 'contrary' }));
refund(409, 'order_not_completed', (w) => refunding(w, { status: 'shipped' }), 'is not completed');
refund(409, 'order_not_completed', (w) => refunding(w, { completed_at: null }), 'no completed_at');
const LATE = { completed_at: inDays(-40) };
refund(409, 'refund_window_closed', (w) => refunding(w, LATE));
visit('POST /api/orders/:id/refunds', 'late, of a gold customer', (w) =>
  refunding(w, LATE, { user: { tier: 'gold' } }),
);
refund(409, 'payment_not_cleared', (w) => refunding(w, {}, { payment: { status: 'captured' } }));
refund(409, 'refund_pending', (w) => refunding(w, {}, { refunds: [{}] }));
const approved = (amount_cents: number) => ({ refunds: [{ status: 'approved', amount_cents }] });
refund(409, 'already_refunded', (w) => refunding(w, {}, approved(1_000)));
refund(422, 'refund_exceeds_order', (w) =>
  refunding(w, {}, { ...approved(600), amountCents: 401 }),
);
refund(201, null, (w) => refunding(w, {}, { ...approved(600), amountCents: 400 }));

crash('POST /api/orders/:id/refunds', 'with a NUL', async (w) => {
  const as = await w.person();
  const { id } = await w.completedOrder(as);
  return w.call({ as, params: { id }, body: { reason: '\u0000'.repeat(5) } });
});

// ------------------------------------------------------------------ notes

const NOTE = { body: { body: 'Called the customer', isPinned: true } };
const noted = async (w: World, pinned = 0) => {
  const { id } = await w.order(await w.customer());
  const author_id = (await w.support()).id;
  const notes: Row[] = [];
  for (let i = 0; i <= pinned; i++) {
    const row = { order_id: id, author_id, body: 'Note', is_pinned: i < pinned };
    notes.push(await w.insert('order_notes', row));
  }
  return { params: { id: id as string, noteId: notes[0]?.id as number } };
};
for (const [route, rest, status] of [
  ['GET /api/orders/:id/notes', {}, 200],
  ['POST /api/orders/:id/notes', NOTE, 201],
] as const) {
  const entry = on(route);
  entry(404, 'order_not_found', async (w) =>
    w.call({ as: await w.support(), params: { id: unknownId() }, ...rest }),
  );
  entry(status, null, async (w) => w.call({ as: await w.support(), ...(await noted(w)), ...rest }));
}
on('POST /api/orders/:id/notes')(409, 'too_many_pinned_notes', async (w) =>
  w.call({ as: await w.support(), ...(await noted(w, 3)), ...NOTE }),
);
visit('POST /api/orders/:id/notes', 'a note that is not pinned', async (w) =>
  w.call({ as: await w.support(), ...(await noted(w, 3)), body: { body: 'Note' } }),
);

const erase = on('DELETE /api/orders/:id/notes/:noteId');
const missing = 'note_not_found';
erase(
  404,
  missing,
  async (w) => {
    const { params } = await noted(w);
    return w.call({ as: await w.support(), params: { ...params, noteId: UNKNOWN_NUMBER } });
  },
  'no note has this id',
);
erase(
  404,
  missing,
  async (w) => {
    const { params } = await noted(w);
    return w.call({ as: await w.support(), params: { ...params, id: unknownId() } });
  },
  'belongs to another order',
);
erase(403, 'not_note_author', async (w) =>
  w.call({ as: await w.person({ role: 'support' }), ...(await noted(w)) }),
);
erase(204, null, async (w) => w.call({ as: await w.support(), ...(await noted(w)) }));
visit('DELETE /api/orders/:id/notes/:noteId', 'by an admin', async (w) =>
  w.call({ as: await w.admin(), ...(await noted(w)) }),
);

// ------------------------------------------------------------------ payments

const paid = async (w: World, row: Row = {}, order: Row = {}) => {
  const mine = await own(w, order);
  const payment = await w.payment(mine.order, row);
  return { as: mine.as, params: { id: payment.id as string } };
};
for (const [route, rest] of [
  ['GET /api/payments/:id', {}],
  ['POST /api/payments/:id/capture', { body: {} }],
] as const) {
  const entry = on(route);
  const not = 'payment_not_found';
  entry(
    404,
    not,
    async (w) => w.call({ as: await w.person(), params: { id: unknownId() }, ...rest }),
    'no payment has this id',
  );
  entry(
    404,
    not,
    async (w) => w.call({ ...(await paid(w)), as: await w.customer(), ...rest }),
    'belongs to another account',
  );
}
on('GET /api/payments/:id')(200, null, async (w) => w.call(await paid(w)));

const capture = on('POST /api/payments/:id/capture');
const capturing = async (w: World, row: Row = {}, cardToken?: string, order: Row = {}) =>
  w.call({ ...(await paid(w, row, order)), body: { cardToken } });
capture(409, 'already_captured', (w) => capturing(w, { status: 'captured' }));
visit('POST /api/payments/:id/capture', 'cleared', (w) => capturing(w, { status: 'cleared' }));
capture(409, 'payment_failed', (w) => capturing(w, { status: 'failed' }));
capture(410, 'payment_voided', (w) => capturing(w, { status: 'voided' }), 'payment is voided');
capture(
  410,
  'payment_voided',
  (w) => capturing(w, {}, 'tok_visa', { status: 'cancelled' }),
  'its order is cancelled',
);
capture(410, 'payment_expired', (w) => capturing(w, { created_at: ago(31) }, 'tok_visa'));
capture(400, 'card_token_required', (w) => capturing(w));
capture(402, 'card_declined', (w) => capturing(w, {}, 'tok_declined'));
capture(402, 'insufficient_funds', (w) => capturing(w, {}, 'tok_insufficient_funds'));
capture(200, null, (w) => capturing(w, {}, 'tok_visa'));
visit('POST /api/payments/:id/capture', 'a bank transfer', (w) =>
  capturing(w, { method: 'bank_transfer' }),
);
