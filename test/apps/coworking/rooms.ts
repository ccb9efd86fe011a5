// Rooms, and what is done to them by the people who run the place.
import type { Row } from '../app.ts';
import { inHours, next, on, UNKNOWN_NUMBER, type World } from './world.ts';

type Caller = (w: World) => Promise<Row | null>;

function room404(route: string, as: Caller, body?: object) {
  const entry = on(route);
  entry(
    404,
    'room_not_found',
    async (w) => w.call(route, await as(w), { id: UNKNOWN_NUMBER, body }),
    'no room has this id',
  );
  entry(
    404,
    'room_not_found',
    async (w) => {
      const { id } = await w.room({ deleted_at: inHours(-1) });
      return w.call(route, await as(w), { id, body });
    },
    'the room is deleted',
  );
  return entry;
}

const list = on('GET /api/rooms');
list(404, 'location_not_found', (w, route) => w.call(route, null, { query: 'location=nowhere' }));
list(200, null, async (w, route) => {
  const location = await w.location();
  await w.room({ location_id: location.id, name: 'Blue' });
  const query = `location=${location.slug}&minCapacity=2&search=blu&page=1`;
  const outcome = await w.call(route, null, { query });
  if (outcome.body.total !== 1) throw new Error('the room is not listed');
  return outcome;
});

const view = room404('GET /api/rooms/:id', async () => null);
view(200, null, async (w, route) => w.call(route, null, { id: (await w.room()).id }));

const create = on('POST /api/rooms');
const fresh = (location: Row, row: Row = {}) => ({
  body: {
    locationId: location.id,
    name: `New ${next()}`,
    capacity: 4,
    hourlyRateCents: 900,
    ...row,
  },
});
create(404, 'location_not_found', async (w, route) =>
  w.call(route, await w.admin(), fresh({ id: UNKNOWN_NUMBER })),
);
create(403, 'other_location', async (w, route) =>
  w.call(route, await w.host(await w.location()), fresh(await w.location())),
);
create(409, 'room_name_taken', async (w, route) => {
  const location = await w.location();
  const { name } = await w.room({ location_id: location.id });
  return w.call(route, await w.admin(), fresh(location, { name }));
});
create(201, null, async (w, route) => {
  const location = await w.location();
  const { name } = await w.room({ location_id: location.id, deleted_at: inHours(-1) });
  return w.call(route, await w.host(location), fresh(location, { name, minPlanRank: 10 }));
});

const update = room404('PATCH /api/rooms/:id', (w) => w.admin(), {});
update(403, 'other_location', async (w, route) => {
  const { id } = await w.room();
  return w.call(route, await w.host(await w.location()), { id, body: { capacity: 3 } });
});
update(409, 'room_has_bookings', async (w, route) => {
  const { id } = await w.room();
  await w.booking(await w.member(), { room_id: id });
  return w.call(route, await w.admin(), { id, body: { status: 'retired' } });
});
update(409, 'capacity_in_use', async (w, route) => {
  const { id } = await w.room();
  await w.booking(await w.member(), { room_id: id, attendees: 5 });
  return w.call(route, await w.admin(), { id, body: { capacity: 4 } });
});
update(409, 'room_name_taken', async (w, route) => {
  const location = await w.location();
  const { name } = await w.room({ location_id: location.id });
  const { id } = await w.room({ location_id: location.id });
  return w.call(route, await w.host(location), { id, body: { name } });
});
update(200, null, async (w, route) => {
  const { id } = await w.room();
  await w.booking(await w.member(), { room_id: id, attendees: 5, status: 'cancelled' });
  const body = { capacity: 4, status: 'retired', hourlyRateCents: 100 };
  return w.call(route, await w.admin(), { id, body });
});

const remove = room404('DELETE /api/rooms/:id', (w) => w.admin());
remove(409, 'room_has_bookings', async (w, route) => {
  const { id } = await w.room();
  await w.booking(await w.member(), { room_id: id, status: 'checked_in' });
  return w.call(route, await w.admin(), { id });
});
remove(204, null, async (w, route) => {
  const { id } = await w.room();
  const past = { starts_at: inHours(-3), ends_at: inHours(-2) };
  await w.booking(await w.member(), { room_id: id, ...past });
  return w.call(route, await w.admin(), { id });
});
