// What stands in front of the routes: tokens, suspensions, roles, ids and bodies.
import { randomUUID } from 'node:crypto';
import { inHours, on, PASSWORD, SECRET, tokenFor, type World } from './world.ts';

type Level = 'member' | 'staff' | 'admin';
const PROTECTED: readonly (readonly [string, Level])[] = [
  ['GET /api/auth/me', 'member'],
  ['POST /api/memberships', 'member'],
  ['GET /api/memberships/current', 'member'],
  ['POST /api/memberships/current/pause', 'member'],
  ['POST /api/rooms', 'staff'],
  ['PATCH /api/rooms/:id', 'staff'],
  ['DELETE /api/rooms/:id', 'admin'],
  ['GET /api/bookings', 'member'],
  ['POST /api/bookings', 'member'],
  ['GET /api/bookings/:id', 'member'],
  ['POST /api/bookings/:id/cancel', 'member'],
  ['POST /api/bookings/:id/check-in', 'member'],
  ['POST /api/bookings/:id/complete', 'staff'],
  ['GET /api/v1/invoices', 'member'],
  ['POST /api/v1/invoices/:id/pay', 'member'],
  ['POST /api/v1/invoices/:id/void', 'admin'],
  ['POST /api/members/:id/suspend', 'admin'],
];

const ROLES = { member: undefined, staff: 'member', admin: 'host' } as const;
const caller = (w: World, level: Level) => (level === 'member' ? w.member() : w.admin());

/** A body that fits, but for the change. */
const BODIES: readonly (readonly [string, Level | null, object, object])[] = [
  [
    'POST /api/auth/register',
    null,
    { email: 'x@example.com', password: PASSWORD, fullName: 'X' },
    { email: 'x' },
  ],
  ['POST /api/auth/login', null, { email: 'x@example.com', password: 'x' }, { password: 1 }],
  ['POST /api/memberships', 'member', { planCode: 'flex' }, { startsOn: '2026-02-30' }],
  [
    'POST /api/rooms',
    'staff',
    { locationId: 1, name: 'A', capacity: 4, hourlyRateCents: 0 },
    { capacity: 0 },
  ],
  ['PATCH /api/rooms/:id', 'staff', {}, { status: 'gone' }],
  [
    'POST /api/bookings',
    'member',
    { roomId: 1, startsAt: inHours(5), endsAt: inHours(6), attendees: 1 },
    { attendees: 0 },
  ],
  [
    'POST /api/v1/invoices/:id/pay',
    'member',
    { amountCents: 1, reference: 'bank' },
    { reference: 'b' },
  ],
  ['POST /api/members/:id/suspend', 'admin', { days: 3, reason: 'Noise' }, { days: 366 }],
];
for (const [route, level] of PROTECTED) {
  const guard = on(route);
  const none = 'unauthorized';
  guard(401, none, (w) => w.callWith(route, null, {}), 'no bearer token');
  guard(
    401,
    none,
    async (w) => {
      const forged = tokenFor((await w.member()).id, `not ${SECRET}`);
      return w.callWith(route, `Bearer ${forged}`, {});
    },
    'malformed',
  );
  guard(401, none, (w) => w.call(route, { id: randomUUID() }), 'no account has the id');
  guard(
    401,
    none,
    async (w) => w.call(route, await w.member({ deleted_at: inHours(-1) })),
    'the account of the token is deleted',
  );
  guard(403, 'account_suspended', async (w) =>
    w.call(route, await w.member({ suspended_until: inHours(5) })),
  );
  const role = ROLES[level];
  if (role) guard(403, 'insufficient_role', async (w) => w.call(route, await w.member({ role })));
  if (route.includes(':id')) {
    const body = BODIES.find(([of]) => of === route)?.[2];
    guard(
      400,
      'bad_request',
      async (w) => w.call(route, await caller(w, level), { id: 'seven', body }),
      'the id is not',
    );
  }
}
on('GET /api/rooms/:id')(400, 'bad_request', (w, route) => w.call(route, null, { id: 'seven' }));

for (const [route, level, body, change] of BODIES) {
  const id = route.includes('/rooms') ? 1 : randomUUID();
  const read = on(route);
  const as = async (w: World) => (level ? caller(w, level) : null);
  read(400, 'validation_failed', async (w) =>
    w.call(route, await as(w), { id, body: { ...body, ...change } }),
  );
  read(
    400,
    'bad_request',
    async (w) => w.call(route, await as(w), { id, body: '{"a":' }),
    'cannot be parsed',
  );
}

on('GET /api/rooms')(400, 'validation_failed', (w, route) =>
  w.call(route, null, { query: 'minCapacity=0' }),
);
for (const route of ['GET /api/bookings', 'GET /api/v1/invoices']) {
  on(route)(400, 'validation_failed', async (w) =>
    w.call(route, await w.member(), { query: 'status=lost' }),
  );
}
