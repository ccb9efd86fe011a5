// Plans: starting, pausing, changing, ending and renewing them, and what they allow.
import { on, visit } from '../key.ts';
import { ago, inDays, type Person, type Row, unknownId, type World } from '../world.ts';

interface Wanted {
  row?: Row;
  invoices?: Row[];
  addresses?: number;
}
/** A customer with a subscription to Plus whose period has begun 10 days ago. */
const subscribed = async (w: World, { row = {}, invoices = [], addresses = 0 }: Wanted = {}) => {
  const as = await w.person();
  const subscription = await w.subscription(as, row);
  for (const invoice of invoices) await w.invoice(subscription, invoice);
  for (let i = 0; i < addresses; i++) await w.address(as);
  return { as, subscription };
};
const PAUSED = { status: 'paused', paused_until: inDays(5) };
const CANCELLED = { status: 'cancelled', cancelled_at: ago(60) };
const ENDING = { cancel_at_period_end: true };
const OVER = { period_start: inDays(-31), period_end: inDays(-1) };

const answers =
  (flag: string, value: unknown, run: (w: World) => ReturnType<World['call']>) =>
  async (w: World) => {
    const outcome = await run(w);
    if (outcome.body[flag] !== value) throw new Error(`${flag} is ${outcome.body[flag]}`);
    return outcome;
  };

on('GET /api/subscription/plans')(200, null, (w) => w.call());
on('GET /api/subscription/invoices')(200, null, async (w) =>
  w.call({ as: (await subscribed(w, { invoices: [{}] })).as }),
);
const view = on('GET /api/subscription');
view(
  200,
  null,
  answers('subscription', null, async (w) => w.call(await subscribed(w, { row: CANCELLED }))),
  'subscription: null',
);
view(200, null, async (w) => w.call(await subscribed(w)), 'has a subscription');

// ------------------------------------------------------------------ starting

const start = on('POST /api/subscription');
const PLUS = { plan: 'plus', cardToken: 'tok_visa' };
const TRIAL = { plan: 'plus', trial: true };
const starting = async (w: World, body: Row, as?: Person) =>
  w.call({ as: as ?? (await w.person()), body });
const former = async (w: World, row: Row = {}, invoices: Row[] = []) =>
  (await subscribed(w, { row: { ...CANCELLED, ...row }, invoices })).as;
start(403, 'email_not_verified', async (w) =>
  starting(w, PLUS, await w.person({ email_verified_at: null })),
);
start(422, 'unknown_plan', (w) => starting(w, { plan: 'deluxe' }));
start(410, 'plan_retired', (w) => starting(w, { plan: 'founder' }));
start(409, 'already_subscribed', async (w) => starting(w, PLUS, (await subscribed(w)).as));
start(409, 'unpaid_invoice', async (w) => starting(w, PLUS, await former(w, {}, [{}])));
start(422, 'trial_not_offered', (w) => starting(w, { ...TRIAL, plan: 'pro' }));
start(409, 'trial_used', async (w) =>
  starting(w, TRIAL, await former(w, { trial_ends_at: inDays(-90) })),
);
const DECLINED = [
  [400, 'card_token_required', {}],
  [402, 'card_declined', { cardToken: 'tok_declined' }],
  [402, 'insufficient_funds', { cardToken: 'tok_insufficient_funds' }],
] as const;
for (const [status, code, token] of DECLINED) {
  start(status, code, (w) => starting(w, { plan: 'plus', ...token }));
}
start(
  201,
  null,
  answers('trial', true, async (w) => starting(w, TRIAL, await former(w))),
  'trial: true',
);
start(
  201,
  null,
  answers('trial', false, (w) => starting(w, PLUS)),
  'trial: false',
);

// ------------------------------------------------------------------ pausing, changing, ending

for (const [route, body] of [
  ['POST /api/subscription/pause', { days: 10 }],
  ['POST /api/subscription/resume', {}],
  ['POST /api/subscription/change', { plan: 'pro' }],
  ['POST /api/subscription/cancel', undefined],
] as const) {
  on(route)(404, 'subscription_not_found', async (w) => w.call({ as: await former(w), body }));
}

const pause = on('POST /api/subscription/pause');
const pausing = async (w: World, row: Row, days = 30) =>
  w.call({ as: (await subscribed(w, { row })).as, body: { days } });
pause(409, 'subscription_paused', (w) => pausing(w, PAUSED));
pause(409, 'subscription_past_due', (w) => pausing(w, { status: 'past_due' }));
pause(409, 'trial_running', (w) => pausing(w, { status: 'trialing' }));
pause(409, 'cancellation_pending', (w) => pausing(w, ENDING));
pause(422, 'pause_not_included', (w) => pausing(w, { plan: 'basic' }));
pause(422, 'pause_too_long', (w) => pausing(w, {}, 31));
pause(200, null, (w) => pausing(w, {}));

const resume = on('POST /api/subscription/resume');
const resuming = async (w: World, row: Row, body: Row = {}, invoices: Row[] = []) =>
  w.call({ as: (await subscribed(w, { row: { ...PAUSED, ...row }, invoices })).as, body });
resume(409, 'subscription_not_paused', async (w) =>
  w.call({ as: (await subscribed(w)).as, body: {} }),
);
resume(409, 'unpaid_invoice', (w) => resuming(w, {}, {}, [{ status: 'paid' }, {}]));
for (const [status, code, token] of DECLINED) {
  resume(status, code, (w) => resuming(w, { ...OVER, card_token: null }, token));
}
visit('POST /api/subscription/resume', 'by a stored card that is declined', (w) =>
  resuming(w, { ...OVER, card_token: 'tok_declined' }),
);
resume(
  200,
  null,
  answers('charged', false, (w) => resuming(w, {})),
  'charged: false',
);
resume(
  200,
  null,
  answers('charged', true, (w) => resuming(w, OVER)),
  'charged: true',
);

const change = on('POST /api/subscription/change');
const changing = async (w: World, row: Row, body: Row, addresses = 0) =>
  w.call({ as: (await subscribed(w, { row, addresses })).as, body });
const PRO = { plan: 'pro' };
const BASIC = { plan: 'basic' };
change(409, 'subscription_paused', (w) => changing(w, PAUSED, PRO));
change(409, 'subscription_past_due', (w) => changing(w, { status: 'past_due' }, PRO));
change(422, 'unknown_plan', (w) => changing(w, {}, { plan: 'deluxe' }));
change(410, 'plan_retired', (w) => changing(w, {}, { plan: 'founder' }));
change(409, 'same_plan', (w) => changing(w, {}, { plan: 'plus' }));
change(409, 'cancellation_pending', (w) => changing(w, ENDING, PRO));
for (const [status, code, token] of DECLINED) {
  change(status, code, (w) => changing(w, { card_token: null }, { ...PRO, ...token }));
}
change(409, 'downgrade_pending', (w) => changing(w, { next_plan: 'basic' }, BASIC));
change(409, 'too_many_addresses', (w) => changing(w, {}, BASIC, 9));
change(200, null, (w) => changing(w, {}, PRO));
visit('POST /api/subscription/change', 'during the trial', (w) =>
  changing(w, { status: 'trialing', card_token: null }, PRO),
);
visit('POST /api/subscription/change', 'when the period is over', (w) =>
  changing(w, { ...OVER, card_token: null }, PRO),
);
change(202, null, (w) => changing(w, {}, BASIC, 8));

const cancel = on('POST /api/subscription/cancel');
const cancelling = async (w: World, row: Row, invoices: Row[] = []) =>
  w.call({ as: (await subscribed(w, { row, invoices })).as });
cancel(409, 'unpaid_invoice', (w) => cancelling(w, { status: 'past_due' }, [{}]));
cancel(
  200,
  null,
  answers('ended', true, (w) => cancelling(w, { status: 'trialing' })),
  'ended: true',
);
visit('POST /api/subscription/cancel', 'while it is paused', (w) => cancelling(w, PAUSED));
cancel(
  200,
  null,
  answers('ended', false, (w) => cancelling(w, { next_plan: 'basic' })),
  'ended: false',
);
cancel(204, null, (w) => cancelling(w, ENDING));

// ------------------------------------------------------------------ invoices and renewal

const pay = on('POST /api/subscription/invoices/:id/pay');
const paying = async (w: World, row: Row, invoice: Row = {}, cardToken = 'tok_visa') => {
  const { as, subscription } = await subscribed(w, { row });
  const { id } = await w.invoice(subscription, invoice);
  return w.call({ as, params: { id }, body: { cardToken } });
};
const VISA = { body: { cardToken: 'tok_visa' } };
pay(
  404,
  'invoice_not_found',
  async (w) => w.call({ as: await w.person(), params: { id: unknownId() }, ...VISA }),
  'no invoice has this id',
);
pay(
  404,
  'invoice_not_found',
  async (w) => {
    const { id } = await w.invoice((await subscribed(w)).subscription);
    return w.call({ as: await w.person(), params: { id }, ...VISA });
  },
  'another account',
);
pay(409, 'invoice_paid', (w) => paying(w, {}, { status: 'paid' }));
pay(410, 'invoice_void', (w) => paying(w, {}, { status: 'void' }));
pay(402, 'card_declined', (w) => paying(w, {}, {}, 'tok_declined'));
pay(402, 'insufficient_funds', (w) => paying(w, {}, {}, 'tok_insufficient_funds'));
pay(
  200,
  null,
  answers('reactivated', true, (w) => paying(w, { status: 'past_due' })),
  'reactivated: true',
);
pay(
  200,
  null,
  answers('reactivated', false, (w) => paying(w, PAUSED)),
  'reactivated: false',
);

const renew = on('POST /api/admin/subscriptions/:id/renew');
const renewing = async (w: World, row: Row, invoices: Row[] = []) => {
  const { subscription } = await subscribed(w, { row, invoices });
  return w.call({ as: await w.admin(), params: { id: subscription.id } });
};
renew(404, 'subscription_not_found', async (w) =>
  w.call({ as: await w.admin(), params: { id: unknownId() } }),
);
renew(409, 'subscription_ended', (w) => renewing(w, { ...OVER, ...CANCELLED }));
renew(409, 'subscription_paused', (w) => renewing(w, { ...OVER, ...PAUSED }));
renew(409, 'period_running', (w) => renewing(w, {}));
renew(409, 'unpaid_invoice', (w) => renewing(w, { ...OVER, status: 'past_due' }, [{}]));
for (const [outcome, row] of [
  ['ended', ENDING],
  ['past_due', { card_token: null }],
  ['downgraded', { next_plan: 'basic' }],
  ['renewed', {}],
] as const) {
  renew(
    200,
    null,
    answers('outcome', outcome, (w) => renewing(w, { ...OVER, ...row })),
    `outcome: ${outcome}`,
  );
}
visit('POST /api/admin/subscriptions/:id/renew', 'by a card that is declined', (w) =>
  renewing(w, { ...OVER, card_token: 'tok_declined' }),
);

// ------------------------------------------------------------------ what a plan allows

const HOME = {
  label: 'Home',
  recipient: 'Someone',
  line1: 'Street 1',
  city: 'Town',
  postalCode: '12345',
  country: 'DE',
};
const save = on('POST /api/addresses');
const saving = async (w: World, row: Row, addresses: number) =>
  w.call({ as: (await subscribed(w, { row, addresses })).as, body: HOME });
save(409, 'address_limit_reached', (w) => saving(w, { status: 'past_due' }, 5), 'MAX_ADDRESSES');
save(409, 'address_limit_reached', (w) => saving(w, { plan: 'basic' }, 8), 'as the plan');
visit('POST /api/addresses', 'a sixth one, of a subscriber', (w) => saving(w, {}, 5));

const review = on('POST /api/products/:slug/reviews');
const reviewing = async (w: World, written: number, row?: Row) => {
  const as = await w.person();
  if (row) await w.subscription(as, row);
  for (let i = 0; i < written; i++) {
    const { id } = await w.product();
    await w.insert('reviews', { product_id: id, user_id: as.id, rating: 4 });
  }
  const bought = await w.product();
  await w.order(as, { status: 'completed' }, [bought]);
  return w.call({ as, params: { slug: bought.slug }, body: { rating: 5 } });
};
review(409, 'review_limit_reached', (w) => reviewing(w, 3), 'FREE_REVIEWS_PER_MONTH');
review(409, 'review_limit_reached', (w) => reviewing(w, 5, { plan: 'basic' }), 'as the plan');
visit('POST /api/products/:slug/reviews', 'by a subscriber to Pro', (w) =>
  reviewing(w, 21, { plan: 'pro' }),
);

for (const shippingMethod of ['standard', 'express']) {
  visit('POST /api/checkout/quote', `with a plan, by ${shippingMethod}`, async (w) => {
    const { as } = await subscribed(w);
    await w.cart(as, [[await w.product(), 1]]);
    await w.address(as, { is_default: true });
    const outcome = await w.call({ as, body: { shippingMethod } });
    if (outcome.body.freeShipping !== (shippingMethod === 'standard')) {
      throw new Error(`freeShipping is ${outcome.body.freeShipping}`);
    }
    return outcome;
  });
}

// ------------------------------------------------------------------ the page

const page = on('PAGE /account/plan', { browser: true });
const showing = async (w: World, row: Row, invoices: Row[] = []) =>
  w.open({ as: (await subscribed(w, { row, invoices })).as });
page(200, null, (w) => showing(w, CANCELLED), 'the plans');
page(200, null, (w) => showing(w, { status: 'trialing' }), 'in its trial');
page(200, null, (w) => showing(w, {}), 'the subscription is active');
page(200, null, (w) => showing(w, { status: 'past_due' }), 'past due');
page(200, null, (w) => showing(w, PAUSED), 'it can be resumed');
page(200, null, (w) => showing(w, { next_plan: 'basic' }), 'a smaller plan next');
page(200, null, (w) => showing(w, ENDING), 'the subscription ends with its period');
page(200, null, (w) => showing(w, {}), 'it can be cancelled');
page(200, null, (w) => showing(w, { status: 'past_due' }, [{}]), 'it can be paid');
