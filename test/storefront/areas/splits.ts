// Orders that are paid by several means.
import { on, visit } from '../key.ts';
import {
  ago,
  type Call,
  giftCardCode,
  type Person,
  type Row,
  UNKNOWN_NUMBER,
  unknownId,
  type World,
} from '../world.ts';

const BASE = '/api/orders/:id/split';
const CARD = { means: 'card', cardToken: 'tok_visa' };

interface Wanted {
  order?: Row;
  split?: Row;
  parts?: Row[];
  as?: Person;
  products?: Row[];
}
/** An order of 2,000 cents whose payment is split. */
const split = async (w: World, { order = {}, parts = [], ...more }: Wanted = {}) => {
  const as = more.as ?? (await w.person());
  const placed = await w.order(as, { total_cents: 2_000, ...order }, more.products);
  const started = await w.split(placed, more.split, parts);
  return { as, order: placed, params: { id: placed.id as string }, ...started };
};
const unsplit = async (w: World, row: Row = {}) => {
  const as = await w.person();
  const order = await w.order(as, row);
  return { as, order, params: { id: order.id as string } };
};

// ------------------------------------------------------------------ what every route looks up

for (const [route, rest] of [
  [`GET ${BASE}`, {}],
  [`POST ${BASE}`, {}],
  [`DELETE ${BASE}`, {}],
  [`POST ${BASE}/parts`, { body: CARD }],
  [`DELETE ${BASE}/parts/:partId`, {}],
  [`POST ${BASE}/settle`, {}],
] as const) {
  const entry = on(route);
  const partId = UNKNOWN_NUMBER;
  const ask = (w: World, as: Person, id: string) => w.call({ as, params: { id, partId }, ...rest });
  const not = 'order_not_found';
  entry(404, not, async (w) => ask(w, await w.person(), unknownId()), 'no order has this id');
  entry(
    404,
    not,
    async (w) => ask(w, await w.person(), (await split(w)).params.id),
    'belongs to another account',
  );
  if (route !== `POST ${BASE}`) {
    entry(404, 'split_not_found', async (w) => {
      const { as, params } = await unsplit(w);
      return ask(w, as, params.id);
    });
  }
  if (route === `GET ${BASE}` || route === `DELETE ${BASE}`) continue;

  for (const [status, code] of [
    ['cancelled', 'order_cancelled'],
    ['shipped', 'already_paid'],
  ] as const) {
    entry(409, code, async (w) => {
      const { as, params } = await split(w, { order: { status } });
      return ask(w, as, params.id);
    });
  }
  if (route === `POST ${BASE}`) continue;
  entry(410, 'split_expired', async (w) => {
    const { as, params } = await split(w, { split: { created_at: ago(31) }, parts: [{}] });
    return ask(w, as, params.id);
  });
}

const view = on(`GET ${BASE}`);
view(200, null, async (w) => w.call(await split(w, { parts: [{}] })));
visit(`GET ${BASE}`, 'by support', async (w) =>
  w.call({ ...(await split(w)), as: await w.support() }),
);

const start = on(`POST ${BASE}`);
start(422, 'order_too_small', async (w) => w.call(await unsplit(w, { total_cents: 999 })));
start(409, 'payment_in_progress', async (w) => {
  const request = await unsplit(w);
  await w.payment(request.order);
  return w.call(request);
});
start(409, 'split_in_progress', async (w) => w.call(await split(w)));
start(201, null, async (w) => w.call(await unsplit(w)));
visit(`POST ${BASE}`, 'after one that has expired', async (w) =>
  w.call(await split(w, { split: { created_at: ago(31) }, parts: [{}] })),
);

const giveUp = on(`DELETE ${BASE}`);
giveUp(409, 'split_settled', async (w) => w.call(await split(w, { split: { status: 'settled' } })));
giveUp(200, null, async (w) => w.call(await split(w, { parts: [{}, { status: 'voided' }] })));
giveUp(204, null, async (w) => w.call(await split(w, { split: { status: 'voided' } })));

on('POST /api/orders/:id/payments')(409, 'split_in_progress', async (w) =>
  w.call({ ...(await split(w)), body: { method: 'card', amountCents: 2_000 } }),
);

// ------------------------------------------------------------------ adding a part

const add = on(`POST ${BASE}/parts`);
const adding = async (w: World, body: Row, wanted: Wanted = {}, app?: Call['app']) =>
  w.call({ ...(await split(w, wanted)), body, ...(app && { app }) });
const QUARTER = { amount_cents: 500 };
add(409, 'too_many_parts', (w) =>
  adding(w, CARD, { parts: [1, 2, 3, 4].map(() => ({ amount_cents: 100 })) }),
);
add(409, 'split_complete', (w) => adding(w, CARD, { parts: [{ amount_cents: 2_000 }] }));
add(422, 'part_exceeds_remainder', (w) =>
  adding(w, { ...CARD, amountCents: 1_501 }, { parts: [QUARTER] }),
);
add(422, 'remainder_too_small', (w) =>
  adding(w, { ...CARD, amountCents: 1_401 }, { parts: [QUARTER] }),
);
add(400, 'card_token_required', (w) => adding(w, { means: 'card' }));
const held = async (w: World) => {
  const card = await w.giftCard({ balance_cents: 100 });
  return { means: 'gift_card', gift_card_id: card.id, amount_cents: 400 };
};
for (const code of ['card_declined', 'insufficient_funds']) {
  const cardToken = code === 'card_declined' ? 'tok_declined' : 'tok_insufficient_funds';
  add(402, code, async (w) => {
    const request = await split(w, { parts: [{}, await held(w)] });
    const outcome = await w.call({ ...request, body: { means: 'card', cardToken } });
    const parts = await w.query('SELECT status FROM split_parts WHERE split_id = $1', [
      request.split.id,
    ]);
    const left = parts.map(({ status }) => status).sort();
    if (`${left}` !== 'declined,voided,voided') throw new Error(`the parts are ${left}`);
    return outcome;
  });
}
const PARTIAL = { means: 'card', cardToken: 'tok_partial' };
add(409, 'partial_authorization', (w) => adding(w, PARTIAL));
add(201, null, (w) => adding(w, { ...CARD, amountCents: 1_900 }));
add(202, null, (w) => adding(w, { ...PARTIAL, allowPartial: true }));

const byCard = (code?: string) => ({ means: 'gift_card', code, amountCents: 500 });
add(400, 'gift_card_code_required', (w) => adding(w, byCard()));
add(403, 'gift_cards_disabled', (w) => adding(w, byCard(giftCardCode()), {}, 'contrary'));
add(400, 'gift_card_code_invalid', (w) => adding(w, byCard('GC-1234-1234-1234')));
add(404, 'gift_card_not_found', (w) => adding(w, byCard(giftCardCode())));
for (const [status, code, row] of [
  [410, 'gift_card_disabled', { disabled_at: ago(1) }],
  [410, 'gift_card_expired', { expires_at: ago(1) }],
  [422, 'gift_card_empty', { balance_cents: 0 }],
  [409, 'gift_card_insufficient', { balance_cents: 499 }],
] as const) {
  add(status, code, async (w) => adding(w, byCard((await w.giftCard(row)).code)));
}
add(403, 'gift_card_claimed', async (w) =>
  adding(w, byCard((await w.giftCard({ claimed_by: (await w.support()).id })).code)),
);
add(409, 'gift_card_used_already', async (w) => {
  const { id, code } = await w.giftCard();
  return adding(w, byCard(code), { parts: [{ means: 'gift_card', gift_card_id: id }] });
});
visit(`POST ${BASE}/parts`, 'by another gift card', async (w) =>
  adding(w, byCard((await w.giftCard()).code), { parts: [await held(w)] }),
);
visit(`POST ${BASE}/parts`, 'by what is left on a gift card', async (w) => {
  const body = { ...byCard((await w.giftCard({ balance_cents: 499 })).code), allowPartial: true };
  return adding(w, body, { parts: [{ status: 'voided' }] });
});

const POINTS = { means: 'points', amountCents: 400 };
const withPoints = async (w: World, lots: Row[], account: Row = {}) => {
  const as = await w.person();
  await w.points(as, lots, account);
  return as;
};
const FROZEN = { frozen_at: ago(60), frozen_reason: 'Under review' };
const spending = async (w: World, as: Person, body: Row = POINTS, app?: Call['app']) =>
  adding(w, body, { as, parts: [{}] }, app);
add(403, 'loyalty_disabled', async (w) => spending(w, await w.person(), POINTS, 'contrary'));
add(422, 'points_below_minimum', async (w) =>
  adding(w, { means: 'points' }, { parts: [{ amount_cents: 1_901 }] }),
);
add(409, 'not_a_member', async (w) => spending(w, await w.person()));
add(403, 'loyalty_frozen', async (w) => spending(w, await withPoints(w, [{}], FROZEN)));
add(409, 'points_insufficient', async (w) =>
  spending(w, await withPoints(w, [{ remaining: 399 }, { expires_at: ago(5) }])),
);
add(422, 'points_share_exceeded', async (w) =>
  spending(w, await withPoints(w, [{}]), { ...POINTS, amountCents: 401 }),
);
add(409, 'points_used_already', async (w) =>
  adding(w, POINTS, {
    as: await withPoints(w, [{}]),
    parts: [{ means: 'points', amount_cents: 100 }],
  }),
);
visit(`POST ${BASE}/parts`, 'by points', async (w) => spending(w, await withPoints(w, [{}])));
visit(`POST ${BASE}/parts`, 'by points, taken back before', async (w) => {
  const parts = [{ means: 'points', amount_cents: 100, status: 'voided' }];
  return adding(w, POINTS, { as: await withPoints(w, [{}]), parts });
});

// ------------------------------------------------------------------ taking back, settling

const remove = on(`DELETE ${BASE}/parts/:partId`);
const removing = async (w: World, part: Row, as?: Person) => {
  const request = await split(w, { parts: [part], ...(as && { as }) });
  const partId = request.parts[0]?.id as number;
  return w.call({ as: request.as, params: { ...request.params, partId } });
};
remove(
  404,
  'part_not_found',
  async (w) => {
    const { as, params } = await split(w, { parts: [{}] });
    return w.call({ as, params: { ...params, partId: UNKNOWN_NUMBER } });
  },
  'no part has this id',
);
remove(
  404,
  'part_not_found',
  async (w) => {
    const { as, params } = await split(w);
    const other = await split(w, { parts: [{}] });
    return w.call({ as, params: { ...params, partId: other.parts[0]?.id as number } });
  },
  'another split payment',
);
remove(409, 'part_not_authorized', (w) => removing(w, { status: 'voided' }));
remove(204, null, (w) => removing(w, {}));
visit(`DELETE ${BASE}/parts/:partId`, 'by gift card', async (w) => removing(w, await held(w)));
visit(`DELETE ${BASE}/parts/:partId`, 'by points', async (w) =>
  removing(w, { means: 'points', amount_cents: 200 }, await withPoints(w, [])),
);

const settle = on(`POST ${BASE}/settle`);
settle(409, 'split_incomplete', async (w) =>
  w.call(await split(w, { parts: [{ amount_cents: 1_999 }] })),
);
settle(409, 'payment_in_progress', async (w) => {
  const request = await split(w, { parts: [{ amount_cents: 2_000 }] });
  await w.payment(request.order);
  return w.call(request);
});
settle(200, null, async (w) => w.call(await split(w, { parts: [{}, { amount_cents: 1_000 }] })));

// ------------------------------------------------------------------ what happens to it later

visit('POST /api/orders/:id/cancel', 'while it is split', async (w) =>
  w.call({ ...(await split(w, { parts: [{}, await held(w)] })), body: {} }),
);
visit('POST /api/admin/refunds/:id/approve', 'of a split order', async (w) => {
  const as = await withPoints(w, []);
  const order = { status: 'completed', completed_at: ago(60) };
  const parts = [
    { amount_cents: 1_000 },
    { ...(await held(w)), amount_cents: 400 },
    { means: 'points', amount_cents: 400 },
    { means: 'card', amount_cents: 200, refunded_cents: 200 },
  ].map((part) => ({ ...part, status: 'captured' }));
  const request = await split(w, { as, order, parts, split: { status: 'settled' } });
  await w.payment(request.order, { method: 'split', status: 'cleared' });
  const { id } = await w.refund(request.order, { amount_cents: 600 });
  const outcome = await w.call({ as: await w.support(), params: { id }, body: {} });
  const left = await w.query(
    'SELECT refunded_cents FROM split_parts WHERE split_id = $1 ORDER BY position',
    [request.split.id],
  );
  const refunded = left.map(({ refunded_cents }) => refunded_cents);
  if (`${refunded}` !== '0,200,400,200') throw new Error(`refunded ${refunded}`);
  return outcome;
});

const page = on('PAGE /account/orders', { browser: true });
const showing = async (w: World, wanted: Wanted) => w.open({ as: (await split(w, wanted)).as });
page(200, null, (w) => showing(w, { parts: [{}] }), 'it can be given up');
page(
  200,
  null,
  (w) => showing(w, { split: { status: 'voided' }, parts: [{ status: 'declined' }] }),
  'a part was declined',
);
page(
  200,
  null,
  async (w) => {
    const parts = [await held(w), { amount_cents: 1_600 }];
    const captured = parts.map((part) => ({ ...part, status: 'captured' }));
    return showing(w, { order: { status: 'paid' }, split: { status: 'settled' }, parts: captured });
  },
  'its means',
);
visit('GET /api/orders', 'with a split payment that was given up', async (w) =>
  w.call({ as: (await split(w, { split: { status: 'voided' } })).as }),
);
