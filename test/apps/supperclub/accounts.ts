// Accounts: the API, the sign-in page, the details and what an account has reserved.
import { randomUUID } from 'node:crypto';
import type { Outcome, Row } from '../app.ts';
import { day, inHours, next, on, PASSWORD, type World } from './world.ts';

on('GET /api/health')(200, null, (w, route) => w.call(route, null));

const register = on('POST /api/auth/register');
const newcomer = () => ({ email: `new-${next()}@example.com`, password: PASSWORD, name: 'New' });
register(201, null, async (w, route) => {
  const outcome = await w.call(route, null, { body: newcomer() });
  if (outcome.headers.getSetCookie().length !== 1) throw new Error('no session');
  return outcome;
});
register(409, 'email_taken', async (w, route) => {
  const { email } = await w.account({ deactivated_at: inHours(-1) });
  return w.call(route, null, { body: { ...newcomer(), email } });
});

const login = on('POST /api/auth/login');
const signIn = async (w: World, row: Row = {}, password = PASSWORD) =>
  w.call('POST /api/auth/login', null, { body: { email: (await w.account(row)).email, password } });
login(200, null, (w) => signIn(w, { locked_until: inHours(-1) }));
login(
  401,
  'invalid_credentials',
  (w, route) => w.call(route, null, { body: { email: 'no@example.com', password: 'x' } }),
  'no account',
);
login(
  401,
  'invalid_credentials',
  (w) => signIn(w, { deactivated_at: inHours(-1) }),
  'is deactivated',
);
login(423, 'account_locked', (w) => signIn(w, { locked_until: inHours(1) }));
login(401, 'invalid_credentials', (w) => signIn(w, {}, 'another'), 'does not match');

on('POST /api/auth/logout')(204, null, async (w, route) => {
  const visitor = await w.visitor();
  const outcome = await w.call(route, visitor);
  const after = await w.call('GET /api/me/reservations', visitor);
  if (after.status !== 401) throw new Error('the session is still there');
  return outcome;
});

const loginPage = on('PAGE /login');
loginPage(307, null, async (w, route) => w.call(route, await w.visitor()));
loginPage(200, null, (w, route) => w.call(route, null, { query: 'next=/host' }));

on('GET /api/me/reservations')(200, null, async (w, route) => {
  const visitor = await w.visitor();
  await w.reservation(await w.dinner(), visitor);
  const outcome = await w.call(route, visitor);
  if (outcome.body.reservations.length !== 1) throw new Error('the reservation is missing');
  return outcome;
});

const profile = on('PAGE /account/profile');
profile(200, null, async (w, route) => w.call(route, await w.visitor()), 'signed in');
profile(
  200,
  null,
  async (w, route) => w.call(route, await w.visitor({ email_verified_at: null })),
  'no email_verified_at',
);

const save = on('ACTION /account/profile saveProfile');
const saved = async (w: World, form: Record<string, string>) =>
  w.call('ACTION /account/profile saveProfile', await w.visitor(), {
    args: [{ code: null, message: null }],
    form,
  });
const fresh = () => `fresh-${next()}@example.com`;
save(200, 'invalid_request', (w) => saved(w, { name: '', email: fresh() }));
save(200, 'email_taken', async (w) => saved(w, { name: 'X', email: (await w.account()).email }));
save(200, null, (w) => saved(w, { name: 'X', email: fresh(), bio: 'Cooks' }));

const account = on('PAGE /account');
for (const notice of ['cancelled', 'too_late']) {
  account(
    200,
    null,
    async (w, route) => w.call(route, await w.visitor(), { query: `notice=${notice}` }),
    `notice=${notice}`,
  );
}
account(
  200,
  null,
  async (w, route) => w.call(route, await w.visitor({ email_verified_at: null })),
  'no email_verified_at',
);
account(
  200,
  null,
  async (w, route) => w.call(route, await w.visitor({ member_until: day(0) })),
  'member_until today',
);
/** The account of someone with one reservation, for a dinner that starts in so many hours. */
async function withOne(w: World, hours: number, status = 'confirmed'): Promise<Outcome> {
  const visitor = await w.visitor();
  await w.reservation(await w.dinner({ starts_at: inHours(hours) }), visitor, { status });
  return w.call('PAGE /account', visitor);
}
account(200, null, (w) => withOne(w, 50, 'cancelled'), 'has no confirmed or waitlisted');
account(200, null, (w) => withOne(w, 50), 'an upcoming reservation is confirmed');
account(200, null, (w) => withOne(w, 5, 'waitlisted'), 'an upcoming reservation is waitlisted');
account(200, null, (w) => withOne(w, 25), 'can be given up: it is');
account(
  200,
  null,
  async (w) => {
    const outcome = await withOne(w, 23);
    if (outcome.text.includes('Give up your seat')) throw new Error('there is a button');
    return outcome;
  },
  'there is no button',
);
account(200, null, (w) => withOne(w, -5), 'that is not cancelled');
account(200, null, (w) => withOne(w, -5, 'no_show'), 'of the past has status no_show');

/** Both ways to cancel a reservation, from the same situations. */
const SITUATIONS: readonly (readonly [string, string, (w: World) => Promise<[Row, unknown]>])[] = [
  ['reservation_not_found', 'no reservation has', async (w) => [await w.visitor(), randomUUID()]],
  [
    'reservation_not_found',
    'belongs to another',
    async (w) => {
      const { id } = await w.reservation(await w.dinner(), await w.account());
      return [await w.visitor(), id];
    },
  ],
  ['already_cancelled', 'reservation is cancelled', (w) => mine(w, 50, { status: 'cancelled' })],
  ['too_late', 'less than 24 hours', (w) => mine(w, 23)],
];
async function mine(w: World, hours: number, row: Row = {}): Promise<[Row, unknown]> {
  const visitor = await w.visitor();
  const dinner = await w.dinner({ starts_at: inHours(hours), seats: 3 });
  const waiting = { status: 'waitlisted', seats: 3 };
  await w.reservation(dinner, await w.account(), waiting);
  return [visitor, (await w.reservation(dinner, visitor, row)).id];
}
const remove = on('DELETE /api/reservations/:id');
const give = on('ACTION /account cancelMyReservation');
const gives = async (w: World, [visitor, id]: [Row, unknown], notice: string) => {
  const outcome = await w.call('ACTION /account cancelMyReservation', visitor, { args: [id] });
  if (!outcome.location?.includes(`notice=${notice}`)) throw new Error(`to ${outcome.location}`);
  return outcome;
};
for (const [code, condition, situation] of SITUATIONS) {
  const status = code === 'reservation_not_found' ? 404 : 409;
  remove(
    status,
    code,
    async (w, route) => {
      const [visitor, key] = await situation(w);
      return w.call(route, visitor, { key });
    },
    condition,
  );
  give(303, null, async (w) => gives(w, await situation(w), code), condition);
}
remove(204, null, async (w, route) => {
  const [visitor, key] = await mine(w, 50);
  const outcome = await w.call(route, visitor, { key });
  const [{ status }] = (await w.query(
    `SELECT status FROM reservations WHERE id <> $1
      AND dinner_id = (SELECT dinner_id FROM reservations WHERE id = $1)`,
    [key],
  )) as [Row];
  if (status !== 'confirmed') throw new Error('the waitlisted one is not confirmed');
  return outcome;
});
give(
  303,
  null,
  async (w) => gives(w, await mine(w, 5, { status: 'waitlisted' }), 'cancelled'),
  'becomes cancelled',
);
