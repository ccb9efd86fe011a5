// Accounts, plans and memberships.
import { randomUUID } from 'node:crypto';
import { day, inHours, next, on, PASSWORD } from './world.ts';

on('GET /api/health')(200, null, (w, route) => w.call(route, null));
on('GET /api/plans')(200, null, (w, route) => w.call(route, null));

const register = on('POST /api/auth/register');
const newcomer = () => ({
  email: `new-${next()}@example.com`,
  password: PASSWORD,
  fullName: 'New',
});
register(201, null, (w, route) => w.call(route, null, { body: newcomer() }));
register(409, 'email_taken', async (w, route) => {
  const { email } = await w.member({ deleted_at: inHours(-1) });
  return w.call(route, null, { body: { ...newcomer(), email } });
});
register(403, 'registration_closed', (w, route) =>
  w.call(route, null, { body: newcomer(), env: { REGISTRATION_OPEN: 'false' } }),
);

const login = on('POST /api/auth/login');
const wrong = 'invalid_credentials';
login(200, null, async (w, route) => {
  const { email } = await w.member();
  return w.call(route, null, { body: { email: email.toUpperCase(), password: PASSWORD } });
});
login(
  401,
  wrong,
  (w, route) => w.call(route, null, { body: { email: 'no@example.com', password: PASSWORD } }),
  'no account has this address',
);
login(
  401,
  wrong,
  async (w, route) => {
    const { email } = await w.member({ deleted_at: inHours(-1) });
    return w.call(route, null, { body: { email, password: PASSWORD } });
  },
  'is deleted',
);
login(
  401,
  wrong,
  async (w, route) => {
    const { email } = await w.member();
    return w.call(route, null, { body: { email, password: 'another' } });
  },
  'does not match',
);
login(403, 'account_suspended', async (w, route) => {
  const { email } = await w.member({ suspended_until: inHours(1) });
  return w.call(route, null, { body: { email, password: PASSWORD } });
});

on('GET /api/auth/me')(200, null, async (w, route) => w.call(route, await w.holder()));

const join = on('POST /api/memberships');
join(422, 'starts_in_past', async (w, route) =>
  w.call(route, await w.member(), { body: { planCode: 'flex', startsOn: day(-1) } }),
);
join(404, 'plan_not_found', async (w, route) =>
  w.call(route, await w.member(), { body: { planCode: 'none' } }),
);
join(410, 'plan_retired', async (w, route) => {
  const { code } = await w.plan({ retired_at: inHours(-1) });
  return w.call(route, await w.member(), { body: { planCode: code } });
});
join(409, 'plan_full', async (w, route) => {
  const { code } = await w.plan({ max_members: 1 });
  await w.holder({ plan_code: code });
  return w.call(route, await w.member(), { body: { planCode: code } });
});
join(409, 'membership_exists', async (w, route) =>
  w.call(route, await w.holder({ status: 'paused' }), { body: { planCode: 'flex' } }),
);
join(201, null, async (w, route) => {
  const { code } = await w.plan({ max_members: 1 });
  const member = await w.holder({ status: 'ended', plan_code: code });
  return w.call(route, member, { body: { planCode: code, startsOn: day(3) } });
});

const current = on('GET /api/memberships/current');
current(404, 'membership_not_found', async (w, route) =>
  w.call(route, await w.holder({ status: 'ended' })),
);
current(200, null, async (w, route) => w.call(route, await w.holder()));

const pause = on('POST /api/memberships/current/pause');
pause(404, 'membership_not_found', async (w, route) => w.call(route, await w.member()));
pause(409, 'membership_paused', async (w, route) =>
  w.call(route, await w.holder({ status: 'paused' })),
);
pause(403, 'plan_not_pausable', async (w, route) =>
  w.call(route, await w.holder({}, { max_pauses: 0 })),
);
pause(409, 'pause_limit_reached', async (w, route) =>
  w.call(route, await w.holder({ pauses_used: 1 }, { max_pauses: 1 })),
);
pause(409, 'upcoming_bookings', async (w, route) => {
  const member = await w.holder();
  await w.booking(member);
  return w.call(route, member);
});
pause(200, null, async (w, route) => {
  const member = await w.holder();
  await w.booking(member, { status: 'cancelled' });
  return w.call(route, member);
});

const suspend = on('POST /api/members/:id/suspend');
const body = { days: 7, reason: 'Noise' };
suspend(409, 'cannot_suspend_self', async (w, route) => {
  const admin = await w.admin();
  return w.call(route, admin, { id: admin.id, body });
});
suspend(
  404,
  'member_not_found',
  async (w, route) => w.call(route, await w.admin(), { id: randomUUID(), body }),
  'no account has this id',
);
suspend(
  404,
  'member_not_found',
  async (w, route) => {
    const { id } = await w.member({ deleted_at: inHours(-1) });
    return w.call(route, await w.admin(), { id, body });
  },
  'is deleted',
);
suspend(403, 'cannot_suspend_admin', async (w, route) => {
  const { id } = await w.admin();
  return w.call(route, await w.admin(), { id, body });
});
suspend(409, 'already_suspended', async (w, route) => {
  const { id } = await w.member({ suspended_until: inHours(1) });
  return w.call(route, await w.admin(), { id, body });
});
suspend(200, null, async (w, route) => {
  const member = await w.member({ suspended_until: inHours(-1) });
  await w.booking(member);
  return w.call(route, await w.admin(), { id: member.id, body });
});
