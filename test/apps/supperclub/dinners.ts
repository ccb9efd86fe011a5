// Dinners: planning them, reserving seats, and their page.
import type { Outcome, Row } from '../app.ts';
import { day, inHours, next, on, type World } from './world.ts';

const list = on('GET /api/dinners');
list(200, null, async (w, route) => {
  const city = `Town ${next()}`;
  const { seats } = await w.fullDinner({ city, seats: 3 });
  const outcome = await w.call(route, null, { query: `city=${city.toUpperCase()}` });
  if (outcome.body.dinners[0].seatsLeft !== seats - 2) throw new Error('the seats are wrong');
  return outcome;
});

const create = on('POST /api/dinners');
const plan = (change: Row = {}) => ({
  body: {
    slug: `new-${next()}`,
    title: 'New dinner',
    city: 'Porto',
    startsAt: inHours(100),
    seats: 6,
    ...change,
  },
});
create(403, 'hosts_only', async (w, route) => w.call(route, await w.visitor(), plan()));
create(422, 'starts_too_soon', async (w, route) =>
  w.call(route, await w.host(), plan({ startsAt: inHours(47) })),
);
create(409, 'too_many_drafts', async (w, route) => {
  const host = await w.host();
  for (let n = 0; n < 5; n++) await w.dinner({ host_id: host.id, status: 'draft' });
  return w.call(route, host, plan());
});
create(409, 'slug_taken', async (w, route) =>
  w.call(route, await w.host(), plan({ slug: (await w.dinner()).slug })),
);
create(201, null, async (w, route) => w.call(route, await w.host(), plan()));

/** The dinner is not there, or not for the caller. */
function hidden(route: string, status: number, code: string | null, rest: Row = {}) {
  const entry = on(route);
  const send = (w: World, visitor: Row, slug: string) =>
    w.call(route, visitor, {
      key: slug,
      ...rest,
      ...(rest.args && { args: [slug, ...rest.args] }),
    });
  entry(status, code, async (w) => send(w, await w.visitor(), 'nowhere'), 'no dinner has');
  entry(
    status,
    code,
    async (w) => send(w, await w.visitor(), (await w.dinner({ status: 'draft' })).slug),
    'draft of somebody else',
  );
  return entry;
}
const none = 'dinner_not_found';

hidden('GET /api/dinners/:slug', 404, none)(200, null, async (w, route) => {
  const host = await w.host();
  const { slug } = await w.dinner({ status: 'draft', host_id: host.id });
  return w.call(route, host, { key: slug });
});

/** The dinner is not there, or somebody else's. */
function own(route: string, body?: object) {
  const entry = on(route);
  entry(404, none, async (w) => w.call(route, await w.host(), { key: 'nowhere', body }));
  entry(403, 'not_your_dinner', async (w) =>
    w.call(route, await w.host(), { key: (await w.dinner()).slug, body }),
  );
  return entry;
}
/** A request about a dinner of the host's own. */
async function asHost(w: World, route: string, { dinner = {}, host = {}, body }: Row = {}) {
  const caller = await w.host(host);
  const { slug } = await w.dinner({ host_id: caller.id, ...dinner });
  return w.call(route, caller, { key: slug, body });
}
const off = { dinner: { status: 'cancelled' } };

const change = own('PATCH /api/dinners/:slug', {});
change(409, 'dinner_cancelled', (w, route) => asHost(w, route, { ...off, body: {} }));
const shrunk = { body: { seats: 1 } };
change(422, 'seats_below_reserved', async (w, route) => {
  const dinner = await w.fullDinner();
  return w.call(route, await w.admin(), { key: dinner.slug, ...shrunk });
});
change(200, null, async (w, route) => {
  const host = await w.host();
  const dinner = await w.dinner({ host_id: host.id });
  await w.reservation(dinner, await w.account(), { status: 'waitlisted' });
  return w.call(route, host, { key: dinner.slug, ...shrunk });
});

const publish = own('POST /api/dinners/:slug/publish');
const draft = { status: 'draft' };
publish(409, 'dinner_cancelled', (w, route) => asHost(w, route, off));
publish(409, 'already_published', (w, route) => asHost(w, route));
publish(403, 'host_not_approved', (w, route) =>
  asHost(w, route, { dinner: draft, host: { host_approved_at: null } }),
);
publish(422, 'description_missing', (w, route) =>
  asHost(w, route, { dinner: { ...draft, description: ' ' } }),
);
publish(422, 'starts_too_soon', (w, route) =>
  asHost(w, route, { dinner: { ...draft, starts_at: inHours(47) } }),
);
publish(200, null, (w, route) => asHost(w, route, { dinner: draft }));

const cancel = own('POST /api/dinners/:slug/cancel');
cancel(409, 'dinner_cancelled', (w, route) => asHost(w, route, off));
cancel(409, 'dinner_over', (w, route) => asHost(w, route, { dinner: { starts_at: inHours(-1) } }));
cancel(204, null, async (w, route) => {
  const { id, slug } = await w.fullDinner();
  const outcome = await w.call(route, await w.admin(), { key: slug });
  const left = await w.query(
    `SELECT FROM reservations WHERE dinner_id = $1 AND status <> 'cancelled'`,
    [id],
  );
  if (left.length > 0) throw new Error('a reservation is left');
  return outcome;
});

// ------------------------------------------------------------ reserving, by the API and by the form
interface Wish {
  readonly visitor?: Row;
  readonly dinner?: Row;
  readonly seats?: number;
}
const API = 'POST /api/dinners/:slug/reservations';
const FORM = 'ACTION /dinners/:slug reserveSeats';
const BLANK = { code: null, message: null };
async function reserve(w: World, route: string, wish: Wish): Promise<Outcome> {
  const visitor = wish.visitor ?? (await w.visitor());
  const { slug } = wish.dinner ?? (await w.dinner());
  const seats = wish.seats ?? 2;
  if (route === API) return w.call(route, visitor, { key: slug, body: { seats } });
  const form = { seats: String(seats), note: '' };
  return w.call(route, visitor, { key: slug, args: [slug, BLANK], form });
}
const REFUSALS: readonly (readonly [number, string, (w: World) => Promise<Wish>])[] = [
  [
    403,
    'own_dinner',
    async (w) => {
      const visitor = await w.host();
      return { visitor, dinner: await w.dinner({ host_id: visitor.id }) };
    },
  ],
  [410, 'dinner_cancelled', async (w) => ({ dinner: await w.dinner({ status: 'cancelled' }) })],
  [409, 'dinner_over', async (w) => ({ dinner: await w.dinner({ starts_at: inHours(-1) }) })],
  [
    409,
    'reservations_closed',
    async (w) => ({ dinner: await w.dinner({ reservations_close_at: inHours(-1) }) }),
  ],
  [
    403,
    'email_not_verified',
    async (w) => ({ visitor: await w.visitor({ email_verified_at: null }) }),
  ],
  [
    403,
    'members_only',
    async (w) => ({
      visitor: await w.visitor({ member_until: day(-1) }),
      dinner: await w.dinner({ members_only: true }),
    }),
  ],
  [422, 'too_many_seats', async () => ({ seats: 5 })],
  [
    403,
    'too_many_no_shows',
    async (w) => {
      const visitor = await w.visitor();
      for (let n = 0; n < 3; n++) {
        await w.reservation(await w.dinner(), visitor, { status: 'no_show' });
      }
      return { visitor };
    },
  ],
  [
    409,
    'already_reserved',
    async (w) => {
      const visitor = await w.visitor();
      const dinner = await w.dinner();
      await w.reservation(dinner, visitor);
      return { visitor, dinner };
    },
  ],
];
for (const route of [API, FORM]) {
  const isForm = route === FORM;
  const rest = isForm ? { args: [BLANK], form: { seats: '1' } } : { body: { seats: 1 } };
  const entry = hidden(route, isForm ? 200 : 404, none, rest);
  for (const [status, code, situation] of REFUSALS) {
    entry(isForm ? 200 : status, code, async (w) => reserve(w, route, await situation(w)));
  }
  entry(isForm ? 200 : 409, 'sold_out', async (w) => {
    const there = w.in('contrary');
    return reserve(there, route, { dinner: await there.fullDinner() });
  });
  entry(
    isForm ? 200 : 202,
    null,
    async (w) => reserve(w, route, { dinner: await w.fullDinner() }),
    'is waitlisted',
  );
  entry(
    isForm ? 200 : 201,
    null,
    async (w) =>
      reserve(w, route, {
        visitor: await w.visitor({ member_until: day(0) }),
        dinner: await w.fullDinner({
          seats: 4,
          members_only: true,
          reservations_close_at: inHours(1),
        }),
      }),
    'is confirmed',
  );
}
on(FORM)(200, 'invalid_request', (w, route) => reserve(w, route, { seats: 11 }));

// ------------------------------------------------------------ the page of a dinner
const page = hidden('PAGE /dinners/:slug', 404, null);
const show = async (w: World, dinner: Row, visitor: Row | null) =>
  w.call('PAGE /dinners/:slug', visitor, { key: dinner.slug });
const VIEWS: readonly (readonly [string, Row])[] = [
  ['price_cents 0', { price_cents: 0 }],
  ['price_cents above 0', {}],
  ['the dinner is cancelled', { status: 'cancelled' }],
  ['starts_at is not in the future', { starts_at: inHours(-1) }],
  ['reservations_close_at is not', { reservations_close_at: inHours(-1) }],
  ['dinner is for members', { members_only: true }],
  ['more seats than its confirmed', {}],
  ['no review that is not hidden', {}],
];
for (const [condition, row] of VIEWS) {
  page(200, null, async (w) => show(w, await w.dinner(row), await w.visitor()), condition);
}
const HOSTED = [
  ['draft of the viewer', 'draft'],
  ['is the host of the published', 'published'],
] as const;
for (const [condition, status] of HOSTED) {
  page(
    200,
    null,
    async (w) => {
      const host = await w.host();
      return show(w, await w.dinner({ host_id: host.id, status }), host);
    },
    condition,
  );
}
page(200, null, async (w) => show(w, await w.dinner(), null), 'seats can be reserved');
for (const status of ['waitlisted', 'confirmed']) {
  page(
    200,
    null,
    async (w) => {
      const visitor = await w.visitor();
      const dinner = await w.dinner();
      await w.reservation(dinner, visitor, { status });
      return show(w, dinner, visitor);
    },
    `a ${status} reservation`,
  );
}
page(
  200,
  null,
  async (w) => show(w, await w.dinner(), await w.visitor({ email_verified_at: null })),
  'no email_verified_at',
);
page(
  200,
  null,
  async (w) => {
    const there = w.in('contrary');
    return show(there, await there.fullDinner(), await there.visitor());
  },
  'waiting_list is off',
);
page(
  200,
  null,
  async (w) => show(w, await w.fullDinner(), await w.visitor()),
  'waiting_list is on',
);
page(
  200,
  null,
  async (w) => {
    const there = w.in('contrary');
    const dinner = await there.dinner();
    await there.review(dinner, await there.account());
    const outcome = await show(there, dinner, null);
    if (outcome.text.includes('Reviews')) throw new Error('there is a section of reviews');
    return outcome;
  },
  'no section of reviews',
);
page(
  200,
  null,
  async (w) => {
    const dinner = await w.dinner();
    await w.review(dinner, await w.account());
    return show(w, dinner, null);
  },
  'reviews that are not hidden',
);

// ------------------------------------------------------------ the page of all dinners
const home = on('PAGE /');
const inTown = async (w: World, row: Row = {}) => {
  const city = `Town ${next()}`;
  await w.fullDinner({ city, ...row });
  return w.call('PAGE /', null, { query: `city=${city}` });
};
home(200, null, (w, route) => w.in('contrary').call(route, null), 'summer_break');
home(200, null, (w, route) => w.in('empty').call(route, null), 'names no city');
home(200, null, (w) => inTown(w, { starts_at: inHours(-1) }), 'names a city');
home(200, null, (w) => inTown(w, { seats: 3 }), 'more seats than');
home(200, null, (w) => inTown(w), 'take all its seats');
home(200, null, (w) => inTown(w, { members_only: true }), 'for members');
home(200, null, (w) => inTown(w, { price_cents: 0 }), 'price_cents 0');
home(200, null, (w) => inTown(w), 'price_cents above 0');
