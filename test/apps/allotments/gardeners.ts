// Who comes in: sessions, signing in and out, and a gardener's own page.
import type { Row } from '../app.ts';
import { day, inHours, on, PASSWORD, UNKNOWN_NUMBER, type World } from './world.ts';

on('GET /health')(200, null, (w, route) => w.call(route, null));

const GUARDED = [
  'PAGE /my',
  'POST /my',
  'POST /plots/:number',
  'POST /work-parties/:id',
  'PAGE /steward/applications',
  'POST /steward/applications',
];
const STRANGERS: readonly (readonly [string, (w: World) => Promise<Row>])[] = [
  ['a wrong signature', async (w) => ({ ...(await w.gardener()), secret: 'another' })],
  ['no gardener has the id', async () => ({ id: UNKNOWN_NUMBER })],
  ['has left_at set', (w) => w.gardener({ left_at: inHours(-1) })],
  ['has suspended_at set', (w) => w.gardener({ suspended_at: inHours(-1) })],
];
for (const route of GUARDED) {
  for (const [condition, stranger] of STRANGERS) {
    on(route)(
      302,
      null,
      async (w) => {
        const outcome = await w.call(route, await stranger(w));
        if (!outcome.location?.startsWith('/login')) throw new Error(`to ${outcome.location}`);
        return outcome;
      },
      condition,
    );
  }
}

/** Who is signed in, as every public page says it. */
const PUBLIC: readonly (readonly [string, (w: World) => Promise<unknown>])[] = [
  ['PAGE /', async () => undefined],
  ['PAGE /plots', async () => undefined],
  ['PAGE /plots/:number', async (w) => (await w.plot()).number],
  ['PAGE /work-parties/:id', async (w) => (await w.party()).id],
];
for (const [route, key] of PUBLIC) {
  const view = on(route);
  view(
    200,
    null,
    async (w) => w.call(route, null, { key: await key(w) }),
    'nobody is signed in: no',
  );
  view(
    200,
    null,
    async (w) => w.call(route, await w.gardener(), { key: await key(w) }),
    'somebody is signed in',
  );
  view(
    200,
    null,
    async (w) => w.call(route, await w.steward(), { key: await key(w) }),
    'a steward',
  );
}

const loginPage = on('PAGE /login');
loginPage(302, null, async (w, route) => w.call(route, await w.gardener()));
loginPage(200, null, (w, route) => w.call(route, null));

const login = on('POST /login');
const enter = async (w: World, row: Row = {}, password = PASSWORD) => {
  const { email } = await w.gardener(row);
  return w.call('POST /login', null, { query: 'redirectTo=/plots', form: { email, password } });
};
login(400, 'invalid_form', (w, route) => w.call(route, null, { form: { email: 'x' } }));
login(
  401,
  'invalid_credentials',
  (w, route) => w.call(route, null, { form: { email: 'no@example.com', password: 'x' } }),
  'no gardener has',
);
login(401, 'invalid_credentials', (w) => enter(w, { left_at: inHours(-1) }), 'left_at');
login(401, 'invalid_credentials', (w) => enter(w, {}, 'another'), 'does not match');
login(403, 'suspended', (w) => enter(w, { suspended_at: inHours(-1) }));
login(302, null, async (w) => {
  const outcome = await enter(w);
  if (outcome.location !== '/plots') throw new Error(`to ${outcome.location}`);
  if (outcome.headers.getSetCookie().length !== 1) throw new Error('no cookie');
  return outcome;
});
for (const route of ['PAGE /logout', 'POST /logout']) {
  on(route)(302, null, async (w) => w.call(route, await w.gardener()));
}

const my = on('PAGE /my');
my(200, null, async (w, route) => w.call(route, await w.steward()), 'a steward');
my(200, null, async (w, route) => w.call(route, await w.gardener()), 'has no plot');
async function tenant(w: World, leased_until: string | null) {
  const gardener = await w.gardener();
  await w.plot({ gardener_id: gardener.id, leased_until });
  return w.call('PAGE /my', gardener);
}
const silent = async (w: World, leased_until: string | null) => {
  const outcome = await tenant(w, leased_until);
  if (outcome.text.includes('lease')) throw new Error('something is said');
  return outcome;
};
my(200, null, (w) => tenant(w, null), 'the gardener has a plot');
my(200, null, (w) => tenant(w, day(-1)), 'before today');
my(200, null, (w) => tenant(w, day(5)), 'within 30 days');
my(200, null, (w) => silent(w, null), 'is unset');
my(200, null, (w) => silent(w, day(40)), 'later than 30 days');
my(
  200,
  null,
  async (w, route) => {
    const gardener = await w.gardener();
    await w.application(await w.plot(), gardener);
    return w.call(route, gardener);
  },
  'a pending application',
);
for (const [condition, paid_at] of [
  ['has no fee without', inHours(-1)],
  ['has a fee without', null],
] as const) {
  my(
    200,
    null,
    async (w, route) => {
      const gardener = await w.gardener();
      await w.fee(gardener, { paid_at });
      return w.call(route, gardener);
    },
    condition,
  );
}
my(
  200,
  null,
  async (w, route) => {
    const gardener = await w.gardener();
    await w.signUp(await w.party(), gardener);
    return w.call(route, gardener);
  },
  'has signed up',
);

const pay = on('POST /my');
const form = { year: '2026' };
pay(400, 'invalid_year', async (w, route) =>
  w.call(route, await w.gardener(), { form: { year: '1999' } }),
);
pay(404, 'fee_not_found', async (w, route) => w.call(route, await w.gardener(), { form }));
for (const [status, code, paid_at] of [
  [409, 'fee_paid', inHours(-1)],
  [302, null, null],
] as const) {
  pay(
    status,
    code,
    async (w, route) => {
      const gardener = await w.gardener();
      await w.fee(gardener, { paid_at });
      return w.call(route, gardener, { form });
    },
    status === 302 ? 'the fee is paid' : undefined,
  );
}
