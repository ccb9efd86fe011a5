// Points: joining, spending, and what staff do with them.
import { on, visit } from '../key.ts';
import { ago, inDays, type Person, type Row, unknownId, type World } from '../world.ts';

const member = async (w: World, lots: Row[] = [{}], account: Row = {}, user: Row = {}) => {
  const as = await w.person(user);
  await w.points(as, lots, account);
  return as;
};
const FROZEN = { frozen_at: ago(60), frozen_reason: 'Under review' };
const SOON = { expires_at: inDays(10) };

const answers =
  (flag: string, value: boolean, run: (w: World) => ReturnType<World['call']>) =>
  async (w: World) => {
    const outcome = await run(w);
    if (outcome.body[flag] !== value) throw new Error(`${flag} is ${outcome.body[flag]}`);
    return outcome;
  };

const view = on('GET /api/loyalty');
view(403, 'loyalty_disabled', async (w) => w.call({ as: await w.person(), app: 'contrary' }));
view(
  200,
  null,
  answers('member', false, async (w) => w.call({ as: await w.person() })),
  'member: false',
);
view(
  200,
  null,
  answers('member', true, async (w) => w.call({ as: await member(w, [{}, SOON]) })),
  'member: true',
);

const join = on('POST /api/loyalty/join');
join(403, 'email_not_verified', async (w) =>
  w.call({ as: await w.person({ email_verified_at: null }) }),
);
join(403, 'loyalty_disabled', async (w) => w.call({ as: await w.person(), app: 'contrary' }));
join(
  201,
  null,
  answers('joined', true, async (w) => w.call({ as: await w.person() })),
);
join(
  200,
  null,
  answers('joined', false, async (w) => w.call({ as: await member(w) })),
);

const history = on('GET /api/loyalty/history');
history(404, 'loyalty_account_not_found', async (w) => w.call({ as: await w.person() }));
history(200, null, async (w) => w.call({ as: await member(w) }));
visit('GET /api/loyalty/history', 'of one kind', async (w) =>
  w.call({ as: await member(w), query: 'kind=welcome' }),
);

// ------------------------------------------------------------------ spending

/** A filled cart of 1,000 cents with 490 of shipping, and so many points to use. */
const spend = async (w: World, as: Person, redeemPoints: number, more: Row = {}) => {
  await w.cart(as, [[await w.product(more.product), 1]]);
  await w.address(as, { is_default: true });
  const body = { shippingMethod: 'standard', redeemPoints };
  return w.call({ as, body, ...(more.app && { app: more.app }) });
};
const TWO_LOTS = [SOON, { points: 80, remaining: 80 }, { points: 900, remaining: 900 }];
for (const route of ['POST /api/checkout/quote', 'POST /api/checkout']) {
  const entry = on(route);
  entry(403, 'loyalty_disabled', async (w) => spend(w, await member(w), 100, { app: 'contrary' }));
  entry(422, 'points_below_minimum', async (w) => spend(w, await member(w), 99));
  entry(409, 'not_a_member', async (w) => spend(w, await w.person(), 100));
  entry(403, 'loyalty_frozen', async (w) => spend(w, await member(w, [{}], FROZEN), 100));
  entry(409, 'points_insufficient', async (w) =>
    spend(w, await member(w, [{ expires_at: ago(5) }, { remaining: 99 }]), 100),
  );
  entry(422, 'points_share_exceeded', async (w) => spend(w, await member(w), 299));
  visit(route, 'with points', async (w) => spend(w, await member(w, TWO_LOTS), 298));
  visit(route, 'with more points, of a gold customer', async (w) =>
    spend(w, await member(w, TWO_LOTS, {}, { tier: 'gold' }), 700),
  );
}

// ------------------------------------------------------------------ earning, giving back

const STATUS = 'POST /api/admin/orders/:id/status';
const complete = async (w: World, user: Row, row: Row = {}, app?: 'contrary') => {
  const order = await w.order(user, { status: 'shipped', ...row });
  const body = { status: 'completed' };
  const outcome = await w.call({
    as: await w.admin(),
    params: { id: order.id },
    body,
    ...(app && { app }),
  });
  return { outcome, earned: outcome.body.pointsEarned };
};
const earning = (name: string, wanted: number, run: (w: World) => ReturnType<typeof complete>) =>
  visit(STATUS, name, async (w) => {
    const { outcome, earned } = await run(w);
    if (earned !== wanted) throw new Error(`earned ${earned}`);
    return outcome;
  });
earning('of a member', 10, async (w) => complete(w, await member(w)));
earning('of a gold member', 30, async (w) =>
  complete(w, await member(w, [], {}, { tier: 'gold' })),
);
earning('too small for a point', 0, async (w) => complete(w, await member(w), { total_cents: 99 }));
earning('of a frozen member', 0, async (w) => complete(w, await member(w, [], FROZEN)));
earning('of a member while points are off', 0, async (w) =>
  complete(w, await member(w), {}, 'contrary'),
);
earning('of a member who is gone', 0, async (w) =>
  complete(w, await member(w, [], {}, { deleted_at: ago(5) })),
);
visit('POST /api/orders/:id/cancel', 'with points', async (w) => {
  const as = await member(w);
  const { id } = await w.order(as, { points_redeemed: 150 });
  return w.call({ as, params: { id }, body: {} });
});

visit('POST /api/orders/:id/cancel', 'with points of somebody who is no member', async (w) => {
  const as = await w.person();
  const { id } = await w.order(as, { points_redeemed: 150 });
  return w.call({ as, params: { id }, body: {} });
});

// ------------------------------------------------------------------ staff

const GIVE = { body: { points: 100, note: 'Late parcel' } };
for (const [route, rest] of [
  ['POST /api/admin/loyalty/:id/adjust', GIVE],
  ['POST /api/admin/loyalty/:id/freeze', { body: { reason: 'Under review' } }],
  ['POST /api/admin/loyalty/:id/unfreeze', {}],
] as const) {
  on(route)(404, 'loyalty_account_not_found', async (w) =>
    w.call({ as: await w.support(), params: { id: unknownId() }, ...rest }),
  );
}
const asSupport = async (w: World, customer: Row, body?: unknown) =>
  w.call({ as: await w.support(), params: { id: customer.id }, body });

const adjust = on('POST /api/admin/loyalty/:id/adjust');
const by = (points: number) => ({ points, note: 'Late parcel' });
adjust(403, 'own_points', async (w) => asSupport(w, await w.support(), by(100)));
adjust(403, 'admin_approval_required', async (w) => asSupport(w, await member(w), by(501)));
adjust(409, 'loyalty_frozen', async (w) => asSupport(w, await member(w, [{}], FROZEN), by(100)));
adjust(422, 'points_below_zero', async (w) =>
  asSupport(w, await member(w, [{ remaining: 99 }]), by(-100)),
);
adjust(200, null, async (w) => asSupport(w, await member(w), by(100)));
visit('POST /api/admin/loyalty/:id/adjust', 'many, by an admin', async (w) =>
  w.call({ as: await w.admin(), params: { id: (await member(w)).id }, body: by(5_000) }),
);
visit('POST /api/admin/loyalty/:id/adjust', 'fewer', async (w) =>
  asSupport(w, await member(w), by(-100)),
);

const REASON = { reason: 'Under review' };
const freeze = on('POST /api/admin/loyalty/:id/freeze');
freeze(409, 'already_frozen', async (w) => asSupport(w, await member(w, [], FROZEN), REASON));
freeze(200, null, async (w) => asSupport(w, await member(w), REASON));

const unfreeze = on('POST /api/admin/loyalty/:id/unfreeze');
unfreeze(200, null, async (w) => asSupport(w, await member(w, [], FROZEN)));
unfreeze(204, null, async (w) => asSupport(w, await member(w)));

// ------------------------------------------------------------------ the pages

const page = on('PAGE /account/points', { browser: true });
page(
  200,
  null,
  async (w) => w.open({ as: await w.person(), app: 'contrary' }),
  'LOYALTY_ENABLED is off',
);
page(200, null, async (w) => w.open({ as: await w.person() }), 'has not joined');
page(200, null, async (w) => w.open({ as: await member(w) }), 'its balance');
page(200, null, async (w) => w.open({ as: await member(w, [{}], FROZEN) }), 'points are frozen');
page(200, null, async (w) => w.open({ as: await member(w, [SOON]) }), 'within 30 days');
page(200, null, async (w) => w.open({ as: await member(w, []) }), 'nothing has been booked');

on('PAGE /cart', { browser: true })(
  200,
  null,
  async (w) => {
    const as = await member(w);
    await w.cart(as, [[await w.product(), 1]]);
    return w.open({ as });
  },
  'they can be used',
);
