// Bookings, from making them to their completion.
import { randomUUID } from 'node:crypto';
import type { Row } from '../app.ts';
import { at, day, inHours, on, UNKNOWN_NUMBER, type World } from './world.ts';

const list = on('GET /api/bookings');
list(200, null, async (w, route) => {
  const member = await w.member();
  const room = await w.room({ deleted_at: inHours(-1) });
  await w.booking(member, { room_id: room.id });
  const query = `status=confirmed&from=${inHours(0).toISOString()}`;
  const outcome = await w.call(route, member, { query });
  if (outcome.body.total !== 1) throw new Error('the booking is not listed');
  return outcome;
});

const create = on('POST /api/bookings');
interface Wish {
  readonly member?: Row;
  readonly room?: Row;
  readonly body?: Row;
}
/** Books from 10 to 12 in a week, but for what the wish changes. */
async function book(w: World, { member, room, body }: Wish = {}) {
  const roomId = (room ?? (await w.room())).id;
  const usual = { roomId, startsAt: at(7, 10), endsAt: at(7, 12), attendees: 2 };
  const as = member ?? (await w.holder());
  return w.call('POST /api/bookings', as, { body: { ...usual, ...body } });
}
create(422, 'invalid_period', (w) => book(w, { body: { endsAt: at(7, 10) } }));
create(422, 'starts_in_past', (w) => book(w, { body: { startsAt: inHours(-1) } }));
create(404, 'room_not_found', (w) => book(w, { room: { id: UNKNOWN_NUMBER } }), 'no room has');
create(
  404,
  'room_not_found',
  async (w) => book(w, { room: await w.room({ deleted_at: inHours(-1) }) }),
  'is deleted',
);
create(409, 'room_unavailable', async (w) =>
  book(w, { room: await w.room({ status: 'maintenance' }) }),
);
create(422, 'capacity_exceeded', (w) => book(w, { body: { attendees: 7 } }));
create(
  422,
  'outside_opening_hours',
  (w) => book(w, { body: { startsAt: at(7, 7) } }),
  'before the location opens',
);
create(
  422,
  'outside_opening_hours',
  (w) => book(w, { body: { startsAt: at(7, 19), endsAt: at(7, 21) } }),
  'after the location closes',
);
create(409, 'location_closed', async (w) => {
  const location = await w.location();
  await w.closure(location, day(7));
  return book(w, { room: await w.room({ location_id: location.id }) });
});
const REFUSED = [
  ['membership_required', { status: 'ended' }],
  ['membership_paused', { status: 'paused' }],
  ['membership_not_started', { starts_on: day(8) }],
  ['membership_ended', { ends_on: day(6) }],
] as const;
for (const [code, membership] of REFUSED) {
  create(403, code, async (w) => book(w, { member: await w.holder(membership) }));
}
create(403, 'plan_not_sufficient', async (w) =>
  book(w, { room: await w.room({ min_plan_rank: 1_000_000 }) }),
);
create(422, 'booking_too_long', async (w) =>
  book(w, { member: await w.holder({}, { max_booking_hours: 1 }) }),
);
create(422, 'too_far_ahead', async (w) =>
  book(w, { member: await w.holder({}, { booking_window_days: 6 }) }),
);
create(409, 'booking_limit_reached', async (w) => {
  const member = await w.holder({}, { max_active_bookings: 1 });
  await w.booking(member);
  return book(w, { member });
});
create(402, 'invoice_overdue', async (w) => {
  const member = await w.holder();
  await w.invoice(member, { due_on: day(-1) });
  return book(w, { member });
});
create(404, 'voucher_not_found', (w) => book(w, { body: { voucherCode: 'NONE' } }));
const VOUCHERS = [
  [422, 'voucher_not_yet_valid', { valid_from: inHours(1) }],
  [422, 'voucher_expired', { valid_until: inHours(-1) }],
  [409, 'voucher_used_up', { max_uses: 2, used_count: 2 }],
] as const;
for (const [status, code, row] of VOUCHERS) {
  create(status, code, async (w) =>
    book(w, { body: { voucherCode: (await w.voucher(row)).code } }),
  );
}
create(409, 'room_taken', async (w) => {
  const room = await w.room();
  const period = { starts_at: at(7, 11), ends_at: at(7, 13) };
  await w.booking(await w.member(), { room_id: room.id, ...period });
  return book(w, { room });
});
create(201, null, async (w) => {
  const room = await w.room();
  const period = { starts_at: at(7, 12), ends_at: at(7, 13) };
  await w.booking(await w.member(), { room_id: room.id, ...period });
  const valid = { valid_from: inHours(-1), valid_until: inHours(1), max_uses: 2, used_count: 1 };
  const { code } = await w.voucher(valid);
  const outcome = await book(w, { room, body: { voucherCode: code.toLowerCase() } });
  if (outcome.body.priceCents !== 3_600) throw new Error('the voucher does not count');
  return outcome;
});

function booking404(route: string, isStaff = false) {
  const entry = on(route);
  entry(
    404,
    'booking_not_found',
    async (w) => w.call(route, isStaff ? await w.admin() : await w.member(), { id: randomUUID() }),
    'no booking has this id',
  );
  if (isStaff) return entry;
  entry(
    404,
    'booking_not_found',
    async (w) => {
      const { id } = await w.booking(await w.member());
      return w.call(route, await w.member(), { id });
    },
    'belongs to another account',
  );
  return entry;
}

/** The request for a booking of the caller's own. */
async function own(w: World, route: string, row: Row = {}) {
  const member = await w.member();
  const { id } = await w.booking(member, row);
  return w.call(route, member, { id });
}

const view = booking404('GET /api/bookings/:id');
view(200, null, async (w, route) => {
  const { id } = await w.booking(await w.member());
  return w.call(route, await w.host(await w.location()), { id });
});

const cancel = booking404('POST /api/bookings/:id/cancel');
cancel(409, 'already_cancelled', (w, route) => own(w, route, { status: 'cancelled' }));
cancel(409, 'not_cancellable', (w, route) => own(w, route, { status: 'completed' }));
cancel(409, 'booking_started', (w, route) => own(w, route, { starts_at: inHours(-1) }));
cancel(409, 'invoice_exists', async (w, route) => {
  const member = await w.holder({}, { cancellation_notice_hours: 72 });
  const { id } = await w.booking(member);
  await w.invoice(member, { booking_id: id });
  return w.call(route, member, { id });
});
cancel(
  200,
  null,
  async (w, route) => {
    const outcome = await own(w, route);
    if (outcome.body.lateFee !== false) throw new Error('there is a late fee');
    return outcome;
  },
  'lateFee is false',
);
cancel(
  200,
  null,
  async (w, route) => {
    const outcome = await own(w, route, { starts_at: inHours(23) });
    if (outcome.body.lateFee !== true) throw new Error('there is no late fee');
    return outcome;
  },
  'lateFee is true',
);

const now = { starts_at: inHours(-0.2), ends_at: inHours(1) };
const checkIn = booking404('POST /api/bookings/:id/check-in');
checkIn(409, 'not_confirmed', (w, route) => own(w, route, { ...now, status: 'cancelled' }));
checkIn(409, 'check_in_too_early', (w, route) => own(w, route, { starts_at: inHours(0.5) }));
checkIn(409, 'booking_over', (w, route) =>
  own(w, route, { starts_at: inHours(-2), ends_at: inHours(-1) }),
);
checkIn(409, 'room_unavailable', async (w, route) =>
  own(w, route, { ...now, room_id: (await w.room({ status: 'maintenance' })).id }),
);
checkIn(200, null, (w, route) => own(w, route, { ...now, starts_at: inHours(0.2) }));

const complete = booking404('POST /api/bookings/:id/complete', true);
async function done(w: World, route: string, row: Row = {}) {
  const location = await w.location();
  const { id: room_id } = await w.room({ location_id: location.id });
  const { id } = await w.booking(await w.member(), { status: 'checked_in', room_id, ...row });
  return w.call(route, await w.host(location), { id });
}
complete(403, 'other_location', async (w, route) => {
  const { id } = await w.booking(await w.member(), { status: 'checked_in' });
  return w.call(route, await w.host(await w.location()), { id });
});
complete(409, 'not_checked_in', (w, route) => done(w, route, { status: 'confirmed' }));
complete(409, 'invoice_exists', async (w, route) => {
  const member = await w.member();
  const { id } = await w.booking(member, { status: 'checked_in' });
  await w.invoice(member, { booking_id: id });
  return w.call(route, await w.admin(), { id });
});
complete(200, null, (w, route) => done(w, route, { price_cents: 0 }), 'invoiced is false');
complete(
  200,
  null,
  async (w, route) => {
    const outcome = await done(w, route);
    if (outcome.body.invoiced !== true) throw new Error('there is no invoice');
    return outcome;
  },
  'invoiced is true',
);
