// Hosts and what is said about them: the host area, public profiles, reviews.
import type { Row } from '../app.ts';
import { inHours, next, on, UNKNOWN_NUMBER, type World } from './world.ts';

const area = on('PAGE /host');
area(
  200,
  null,
  async (w, route) => w.call(route, await w.host({ host_approved_at: null })),
  'no host_approved_at',
);
area(200, null, async (w, route) => w.call(route, await w.host()), 'hosts no dinners');
for (const status of ['draft', 'published', 'cancelled']) {
  area(
    200,
    null,
    async (w, route) => {
      const host = await w.host();
      await w.dinner({ host_id: host.id, status });
      return w.call(route, host);
    },
    `has status ${status}`,
  );
}

const guests = on('PAGE /host/dinners/:id');
guests(404, null, async (w, route) => w.call(route, await w.host()), 'no dinner has');
guests(
  404,
  null,
  async (w, route) => w.call(route, await w.host(), { key: (await w.dinner()).id }),
  'somebody else hosts',
);
async function guestList(w: World, dinner: Row, status?: string) {
  const host = await w.host();
  const row = await w.dinner({ host_id: host.id, ...dinner });
  if (status) await w.reservation(row, await w.account(), { status });
  return w.call('PAGE /host/dinners/:id', host, { key: row.id });
}
guests(200, null, (w) => guestList(w, { status: 'cancelled' }), 'dinner is cancelled');
guests(200, null, (w) => guestList(w, {}, 'cancelled'), 'no reservation of the dinner');
guests(200, null, (w) => guestList(w, {}, 'confirmed'), 'a reservation of the dinner is confirmed');
guests(200, null, (w) => guestList(w, {}, 'no_show'), 'dinner is a no_show');
guests(200, null, (w) => guestList(w, {}, 'waitlisted'), 'is waitlisted');

/** Accounts that have no profile. */
const NOBODY: readonly (readonly [string, (w: World) => Promise<number>])[] = [
  ['no account has', async () => UNKNOWN_NUMBER],
  ['the account is a guest', async (w) => (await w.account()).id],
  ['deactivated', async (w) => (await w.account({ role: 'host', deactivated_at: inHours(-1) })).id],
];
const profile = on('PAGE /hosts/:id');
const follow = on('ACTION /hosts/:id toggleFollow');
for (const [condition, nobody] of NOBODY) {
  profile(404, null, async (w, route) => w.call(route, null, { key: await nobody(w) }), condition);
  follow(
    404,
    null,
    async (w, route) => w.call(route, await w.visitor(), { args: [await nobody(w)] }),
    condition,
  );
}
const show = (w: World, host: Row, visitor: Row | null = null) =>
  w.call('PAGE /hosts/:id', visitor, { key: host.id });
profile(200, null, async (w) => show(w, await w.host()), 'no bio or an empty one');
profile(
  200,
  null,
  async (w) => {
    const bio = `Cooks since ${next()}`;
    const outcome = await show(w, await w.host({ bio }));
    if (!outcome.text.includes(bio)) throw new Error('the bio is missing');
    return outcome;
  },
  'has a bio',
);
const rated = async (w: World, row: Row) => {
  const host = await w.host();
  await w.review(await w.dinner({ host_id: host.id }), await w.account(), row);
  return show(w, host);
};
profile(200, null, (w) => rated(w, { hidden_at: inHours(-1) }), 'no dinner of the host has');
profile(200, null, (w) => rated(w, {}), 'a dinner of the host has');
profile(
  200,
  null,
  async (w) => {
    const host = await w.host();
    return show(w, host, host);
  },
  'viewer is the host',
);
profile(200, null, async (w) => show(w, await w.host(), await w.visitor()), 'does not follow');
profile(
  200,
  null,
  async (w) => {
    const host = await w.host();
    const visitor = await w.visitor();
    await w.follow(visitor, host);
    return show(w, host, visitor);
  },
  'viewer follows',
);
profile(200, null, async (w) => show(w, await w.host()), 'no published dinner');
profile(
  200,
  null,
  async (w) => {
    const host = await w.host();
    const { title } = await w.dinner({ host_id: host.id });
    const outcome = await show(w, host);
    if (!outcome.text.includes(title)) throw new Error('the dinner is missing');
    return outcome;
  },
  'they are listed',
);

for (const followed of [false, true]) {
  follow(
    200,
    null,
    async (w, route) => {
      const host = await w.host();
      const visitor = await w.visitor();
      if (followed) await w.follow(visitor, host);
      const outcome = await w.call(route, visitor, { key: host.id, args: [host.id] });
      const rows = await w.query('SELECT FROM follows WHERE user_id = $1', [visitor.id]);
      if (rows.length !== (followed ? 0 : 1)) throw new Error('nothing has changed');
      return outcome;
    },
    followed ? 'does no longer' : 'does now',
  );
}

// ------------------------------------------------------------ reviews
const write = on('POST /api/dinners/:slug/reviews');
const body = { rating: 4, body: 'Good company, good soup' };
const past = { starts_at: inHours(-5) };
write(403, 'reviews_disabled', async (w, route) => {
  const there = w.in('contrary');
  return there.call(route, await there.visitor(), { body });
});
write(
  404,
  'dinner_not_found',
  async (w, route) => w.call(route, await w.visitor(), { body }),
  'no dinner has',
);
write(
  404,
  'dinner_not_found',
  async (w, route) => {
    const { slug } = await w.dinner({ status: 'draft' });
    return w.call(route, await w.visitor(), { key: slug, body });
  },
  'draft of somebody',
);
async function guestWrites(w: World, dinner: Row, { status = 'confirmed', twice = false } = {}) {
  const visitor = await w.visitor();
  const row = await w.dinner({ ...past, ...dinner });
  await w.reservation(row, visitor, { status });
  if (twice) await w.review(row, visitor);
  return w.call('POST /api/dinners/:slug/reviews', visitor, { key: row.slug, body });
}
write(410, 'dinner_cancelled', (w) => guestWrites(w, { status: 'cancelled' }));
write(409, 'dinner_not_over', (w) => guestWrites(w, { starts_at: inHours(1) }));
write(403, 'not_a_guest', (w) => guestWrites(w, {}, { status: 'no_show' }));
write(409, 'already_reviewed', (w) => guestWrites(w, {}, { twice: true }));
write(201, null, (w) => guestWrites(w, {}));

const remove = on('DELETE /api/reviews/:id');
const review = async (w: World, row: Row = {}) =>
  w.review(await w.dinner(past), await w.account(), row);
remove(404, 'review_not_found', async (w, route) => w.call(route, await w.visitor()));
remove(403, 'not_your_review', async (w, route) =>
  w.call(route, await w.host(), { key: (await review(w)).id }),
);
remove(204, null, async (w, route) =>
  w.call(route, await w.admin(), { key: (await review(w)).id }),
);

const latest = on('PAGE /admin/reviews');
latest(
  200,
  null,
  async (w, route) => {
    const there = w.in('contrary');
    return there.call(route, await there.admin());
  },
  'reviews is off',
);
latest(
  200,
  null,
  async (w, route) => {
    const there = w.in('empty');
    return there.call(route, await there.admin());
  },
  'nobody has written',
);
for (const [condition, hidden_at] of [
  ['review is hidden', inHours(-1)],
  ['review is not hidden', null],
] as const) {
  latest(
    200,
    null,
    async (w, route) => {
      await review(w, { hidden_at });
      return w.call(route, await w.admin());
    },
    condition,
  );
}

const hide = on('ACTION /admin/reviews hideReview');
hide(404, null, async (w, route) => w.call(route, await w.host(), { args: [1] }), 'not an admin');
hide(
  404,
  null,
  async (w, route) => w.call(route, await w.admin(), { args: [UNKNOWN_NUMBER] }),
  'no review has',
);
for (const [condition, hidden_at, hidden] of [
  ['was hidden already', inHours(-1), false],
  ['becomes hidden', null, true],
] as const) {
  hide(
    200,
    null,
    async (w, route) => {
      const { id } = await review(w, { hidden_at });
      const outcome = await w.call(route, await w.admin(), { args: [id] });
      if (outcome.body.hidden !== hidden) throw new Error('it says otherwise');
      return outcome;
    },
    condition,
  );
}
