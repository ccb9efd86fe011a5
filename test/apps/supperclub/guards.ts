// What stands in front of the routes, pages and actions: sessions, and requests that do not fit.
import type { Row } from '../app.ts';
import { inHours, on, type Rest, type World } from './world.ts';

const API = [
  'POST /api/dinners',
  'PATCH /api/dinners/:slug',
  'POST /api/dinners/:slug/publish',
  'POST /api/dinners/:slug/cancel',
  'POST /api/dinners/:slug/reservations',
  'POST /api/dinners/:slug/reviews',
  'DELETE /api/reservations/:id',
  'DELETE /api/reviews/:id',
  'GET /api/me/reservations',
];
const PAGES = [
  'PAGE /account',
  'PAGE /account/profile',
  'PAGE /host',
  'PAGE /host/dinners/:id',
  'PAGE /admin/reviews',
];
const FORM = [{ code: null, message: null }] as const;
const ACTIONS: readonly (readonly [string, Rest])[] = [
  ['ACTION /dinners/:slug reserveSeats', { args: ['x', ...FORM], form: { seats: '1' } }],
  ['ACTION /account cancelMyReservation', { args: ['x'] }],
  ['ACTION /account/profile saveProfile', { args: FORM, form: { name: 'X' } }],
  ['ACTION /hosts/:id toggleFollow', { args: [1] }],
  ['ACTION /admin/reviews hideReview', { args: [1] }],
];

const CALLERS: readonly (readonly [string, (w: World) => Promise<Row | null>])[] = [
  ['no session cookie', async () => null],
  ['no session has the hash', async () => ({ token: 'unknown' })],
  ['expires_at in the past', (w) => w.visitor({}, { expires_at: inHours(-1) })],
  ['is deactivated', (w) => w.visitor({ deactivated_at: inHours(-1) })],
];
for (const [condition, caller] of CALLERS) {
  for (const route of API) {
    on(route)(
      401,
      'unauthenticated',
      async (w) => w.call(route, await caller(w), route.startsWith('GET') ? {} : { body: {} }),
      condition,
    );
  }
  for (const route of PAGES) {
    on(route)(307, null, async (w) => w.call(route, await caller(w)), condition);
  }
  for (const [route, rest] of ACTIONS) {
    // Without a cookie, the proxy is faster than the action.
    const isStopped = condition === 'no session cookie' && /account|admin/.test(route);
    on(route)(
      isStopped ? 307 : 303,
      null,
      async (w) => {
        const outcome = await w.call(route, await caller(w), rest);
        if (!outcome.location?.startsWith('/login')) throw new Error(`to ${outcome.location}`);
        return outcome;
      },
      condition === 'is deactivated' ? 'of the session is deactivated' : condition,
    );
  }
}

const BODIES: readonly (readonly [string, object])[] = [
  ['POST /api/auth/register', { email: 'x@example.com', password: 'short', name: 'X' }],
  ['POST /api/auth/login', { email: 'x', password: 'x' }],
  ['POST /api/dinners', { slug: 'Not A Slug' }],
  ['PATCH /api/dinners/:slug', { seats: 0 }],
  ['POST /api/dinners/:slug/reservations', { seats: 11 }],
  ['POST /api/dinners/:slug/reviews', { rating: 6, body: 'Far too good' }],
];
for (const [route, body] of BODIES) {
  on(route)(400, 'invalid_request', async (w) => w.call(route, await w.visitor(), { body }));
  on(route)(400, 'invalid_json', async (w) => w.call(route, await w.visitor(), { body: '{' }));
}
for (const route of ['DELETE /api/reservations/:id', 'DELETE /api/reviews/:id']) {
  on(route)(400, 'invalid_request', async (w) => w.call(route, await w.visitor(), { key: 'x' }));
}
on('GET /api/dinners')(400, 'invalid_request', (w, route) =>
  w.call(route, null, { query: 'page=0' }),
);
for (const route of ['PAGE /host/dinners/:id', 'PAGE /hosts/:id']) {
  on(route)(
    404,
    null,
    async (w) => w.call(route, await w.host(), { key: 'x' }),
    'positive integer',
  );
}
for (const route of ['PAGE /host', 'PAGE /host/dinners/:id']) {
  on(route)(307, null, async (w) => w.call(route, await w.visitor()), 'is a guest');
}

/** Who is signed in, as every public page says it. */
const VIEWERS: readonly (readonly [string, (w: World) => Promise<Row | null>])[] = [
  ['nobody is signed in: no cookie', async () => null],
  ['somebody is signed in', (w) => w.visitor()],
  ['is a host or an admin', (w) => w.host()],
];
for (const [condition, viewer] of VIEWERS) {
  on('PAGE /')(200, null, async (w, route) => w.call(route, await viewer(w)), condition);
  on('PAGE /dinners/:slug')(
    200,
    null,
    async (w, route) => w.call(route, await viewer(w), { key: (await w.dinner()).slug }),
    condition,
  );
  on('PAGE /hosts/:id')(
    200,
    null,
    async (w, route) => w.call(route, await viewer(w), { key: (await w.host()).id }),
    condition,
  );
}
for (const route of ['PAGE /account', 'PAGE /account/profile', 'PAGE /host']) {
  on(route)(200, null, async (w) => w.call(route, await w.host()), 'is a host or an admin');
}
on('PAGE /host/dinners/:id')(
  200,
  null,
  async (w, route) => w.call(route, await w.admin(), { key: (await w.dinner()).id }),
  'hosts the dinner or is an admin',
);
on('PAGE /admin/reviews')(
  200,
  null,
  async (w, route) => w.call(route, await w.admin()),
  'is an admin',
);
on('PAGE /admin/reviews')(404, null, async (w, route) => w.call(route, await w.host()));
