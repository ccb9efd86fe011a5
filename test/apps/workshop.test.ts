import { randomUUID } from 'node:crypto';
import { KeyTest, type Row, type World } from './key-test.ts';

const key = new KeyTest('workshop');
const on = key.on.bind(key);

let counter = 0;
const next = () => ++counter;
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);

/** The route's path with its parameters in their order. */
const path = (w: World, ...ids: unknown[]) =>
  (w.route.split(' ')[1] ?? '').replace(/:\w+/g, () => String(ids.shift() ?? randomUUID()));
const person = (w: World, row: Row = {}) =>
  w.insert('people', { id: randomUUID(), email: `p${next()}@example.com`, name: 'Ada', ...row });
const workshop = async (w: World, row: Row = {}) =>
  w.insert('workshops', {
    id: randomUUID(),
    title: `Workshop ${next()}`,
    seats: 2,
    starts_at: inDays(7),
    ...row,
    teacher_id: row.teacher_id ?? (await person(w)).id,
  });
async function enrolment(w: World, row: Row = {}) {
  const workshop_id = row.workshop_id ?? (await workshop(w)).id;
  const person_id = row.person_id ?? (await person(w)).id;
  return w.insert('enrolments', { ...row, workshop_id, person_id });
}

function takesBody(route: string) {
  const confirm = on(route);
  confirm(400, 'invalid_body', (w) => w.send(path(w), { body: {} }));
  confirm(500, 'internal', (w) => w.send(path(w), { raw: '{"' }));
  return confirm;
}

on('GET /healthz')(200, null, (w) => w.send('/healthz'));

{
  const join = takesBody('POST /people');
  join(409, 'email_taken', async (w) =>
    w.send(path(w), { body: { email: (await person(w)).email, name: 'Grace' } }),
  );
  join(201, null, (w) => w.send(path(w), { body: { email: 'new@example.com', name: 'Grace' } }));

  const remove = on('DELETE /people/:id');
  remove(409, 'teaches', async (w) => w.send(path(w, (await workshop(w)).teacher_id)));
  remove(404, 'not_found', (w) => w.send(path(w)));
  remove(204, null, async (w) => w.send(path(w, (await enrolment(w)).person_id)));
}

{
  const show = on('GET /workshops/:id');
  show(404, 'no_workshop', (w) => w.send(path(w)));
  show(409, 'cancelled', async (w) => w.send(path(w, (await workshop(w, { cancelled: true })).id)));
  const shown = async (w: World, row: Row) => {
    const { id } = await workshop(w, row);
    await enrolment(w, { workshop_id: id });
    return w.send(path(w, id));
  };
  show(200, null, (w) => shown(w, { seats: 1 }), {
    condition: 'as many enrolments',
    says: '"full":true',
  });
  show(200, null, (w) => shown(w, { seats: 2 }), {
    condition: 'fewer enrolments',
    says: '"full":false',
  });

  const list = on('GET /workshops');
  const listed = (w: World, { title }: Row) =>
    w.send(`/workshops?title=${encodeURIComponent(title)}`);
  list(404, 'nothing_found', async (w) => listed(w, await workshop(w, { cancelled: true })));
  key.visit('GET /workshops', 'of a suspended teacher', async (w) =>
    listed(w, await workshop(w, { teacher_id: (await person(w, { suspended: true })).id })),
  );
  list(200, null, async (w) => listed(w, await workshop(w)));
}

{
  const enrol = takesBody('POST /workshops/:id/enrolments');
  const enrolled = (w: World, workshopId: unknown, personId: unknown) =>
    w.send(path(w, workshopId), { body: { personId } });
  const some = async (w: World, workshopRow: Row = {}, personRow: Row = {}) =>
    enrolled(w, (await workshop(w, workshopRow)).id, (await person(w, personRow)).id);
  enrol(404, 'not_found', async (w) => enrolled(w, randomUUID(), (await person(w)).id));
  enrol(409, 'cancelled', (w) => some(w, { cancelled: true }));
  enrol(404, 'no_person', async (w) => enrolled(w, (await workshop(w)).id, randomUUID()));
  enrol(403, 'suspended', (w) => some(w, {}, { suspended: true }));
  enrol(403, 'not_advanced', (w) => some(w, { level: 'ADVANCED' }));
  enrol(409, 'enrolled_already', async (w) => {
    const { workshop_id, person_id } = await enrolment(w);
    return enrolled(w, workshop_id, person_id);
  });
  enrol(409, 'full', async (w) => {
    const { workshop_id } = await enrolment(w);
    await enrolment(w, { workshop_id });
    return enrolled(w, workshop_id, (await person(w)).id);
  });
  enrol(201, null, (w) => some(w, { level: 'ADVANCED' }, { level: 'ADVANCED' }));

  const leave = on('DELETE /workshops/:id/enrolments/:personId');
  const left = async (w: World, row: Row) => {
    const { workshop_id, person_id } = await enrolment(w, row);
    return w.send(path(w, workshop_id, person_id));
  };
  leave(404, 'nothing_to_cancel', (w) => w.send(path(w)), { condition: 'not enrolled' });
  leave(404, 'nothing_to_cancel', (w) => left(w, { paid: true }), { condition: 'is paid' });
  leave(204, null, (w) => left(w, {}));

  const cancel = on('POST /workshops/:id/cancellation');
  cancel(404, 'not_found', (w) => w.send(path(w)));
  cancel(200, null, async (w) => w.send(path(w, (await workshop(w)).id)));
}

key.confirm({
  ready: '/healthz',
  codeOf: (body) => body.error,
  untaken: {
    'the row breaks no other constraint': [
      "src/app.ts: no else error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'",
      "src/app.ts: not && error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'",
      "src/app.ts: not && error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2003'",
    ],
    'it is for the process, not for a request': [
      'src/server.ts: function () => { server.close(); void prisma.$disconnect(); }',
    ],
  },
});
