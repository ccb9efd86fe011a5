import { createHash, randomUUID, scryptSync } from 'node:crypto';
import { KeyTest, type Row, type World } from './key-test.ts';

const key = new KeyTest('clinic');
const on = key.on.bind(key);

let counter = 0;
const next = () => ++counter;
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const scryptHash = (password: string) => `salt:${scryptSync(password, 'salt', 32).toString('hex')}`;

const path = (w: World, id: unknown = randomUUID()) =>
  (w.route.split(' ')[1] ?? '').replace(/:\w+/, String(id));
const account = (w: World, row: Row = {}) =>
  w.insert('staff', { email: `s${next()}@example.com`, password_hash: 'x:y', ...row });
const patient = (w: World, row: Row = {}) =>
  w.insert('patients', { name: 'Ada', born_on: '1990-01-01', ...row });
const slot = (w: World, row: Row = {}) =>
  w.insert('slots', { department_code: 'gp', starts_at: inDays(3), ...row });

async function session(w: World, row: Row = {}, sessionRow: Row = {}) {
  const { id } = await account(w, row);
  const token = randomUUID();
  const defaults = { staff_id: id, token_hash: sha256(token), expires_at: inDays(1) };
  await w.insert('sessions', { ...defaults, ...sessionRow });
  return { id, headers: { cookie: `clinic_session=${token}` } };
}

function takesBody(route: string, headers: (w: World) => Promise<Record<string, string>>) {
  const confirm = on(route);
  confirm(422, 'invalid_body', async (w) =>
    w.send(path(w), { headers: await headers(w), body: {} }),
  );
  confirm(500, 'internal', async (w) => w.send(path(w), { headers: await headers(w), raw: '{"' }), {
    condition: 'cannot be parsed',
  });
  return confirm;
}

function byStaff(route: string) {
  const confirm = on(route);
  confirm(401, 'sign_in_required', (w) => w.send(path(w)), { condition: 'no session cookie' });
  confirm(
    401,
    'sign_in_required',
    (w) => w.send(path(w), { headers: { cookie: 'clinic_session=none' } }),
    { condition: 'no session has' },
  );
  confirm(401, 'session_expired', async (w) =>
    w.send(path(w), await session(w, {}, { expires_at: inDays(-1) })),
  );
  confirm(403, 'suspended', async (w) =>
    w.send(path(w), await session(w, { suspended_at: inDays(-1) })),
  );
  return confirm;
}

on('GET /healthz')(200, null, (w) => w.send('/healthz'));

{
  const nobody = () => Promise.resolve({});
  const register = takesBody('POST /staff', nobody);
  const body = (email: string, password = 'correct horse') => ({ body: { email, password } });
  register(409, 'email_taken', async (w) => w.send(path(w), body((await account(w)).email)));
  register(201, null, (w) => w.send(path(w), body('new@example.com')));

  const signIn = takesBody('POST /sessions', nobody);
  const by = async (w: World, password_hash: string, password = 'correct horse') =>
    w.send(path(w), body((await account(w, { password_hash })).email, password));
  signIn(401, 'bad_credentials', (w) => w.send(path(w), body('nobody@example.com')), {
    condition: 'no account',
  });
  signIn(401, 'bad_credentials', (w) => by(w, scryptHash('correct horse'), 'wrong horse'), {
    condition: 'the password',
  });
  signIn(500, 'internal', (w) => by(w, ''), { condition: 'the stored hash is not' });
  signIn(201, null, (w) => by(w, scryptHash('correct horse')));
}

{
  const says = 'patient_not_found';
  const show = byStaff('GET /desk/patients/:id');
  const shown = async (w: World, id: unknown) => w.send(path(w, id), await session(w));
  show(404, 'patient_not_found', (w) => shown(w, randomUUID()), { condition: 'no patient', says });
  show(
    404,
    'patient_not_found',
    async (w) => shown(w, (await patient(w, { deleted_at: inDays(-1) })).id),
    { condition: 'is deleted', says },
  );
  show(200, null, async (w) => shown(w, (await patient(w)).id));
}

{
  byStaff('POST /desk/appointments');
  const book = takesBody('POST /desk/appointments', async (w) => (await session(w)).headers);
  const booked = async (w: World, slotId: unknown, patientId?: unknown) => {
    const { headers } = await session(w);
    return w.send(path(w), {
      headers,
      body: { slotId, patientId: patientId ?? (await patient(w)).id },
    });
  };
  const appointment = async (w: World, { id: slot_id }: Row, row: Row = {}) =>
    w.insert('appointments', {
      slot_id,
      booked_by: (await account(w)).id,
      ...row,
      patient_id: row.patient_id ?? (await patient(w)).id,
    });
  book(404, 'patient_not_found', async (w) => booked(w, (await slot(w)).id, randomUUID()), {
    condition: 'no patient',
  });
  book(
    404,
    'patient_not_found',
    async (w) => booked(w, (await slot(w)).id, (await patient(w, { deleted_at: inDays(-1) })).id),
    { condition: 'is deleted' },
  );
  book(404, 'slot_not_found', (w) => booked(w, randomUUID()));
  book(409, 'slot_blocked', async (w) => booked(w, (await slot(w, { status: 'blocked' })).id));
  book(422, 'too_late', async (w) => booked(w, (await slot(w, { starts_at: inDays(0.9) })).id));
  book(409, 'slot_full', async (w) => {
    const full = await slot(w);
    await appointment(w, full);
    return booked(w, full.id);
  });
  book(
    500,
    'internal',
    async (w) => {
      const free = await slot(w);
      const { patient_id } = await appointment(w, free, { cancelled_at: inDays(-1) });
      return booked(w, free.id, patient_id);
    },
    { condition: 'a unique constraint' },
  );
  book(201, null, async (w) => {
    const free = await slot(w, { capacity: 2 });
    await appointment(w, free);
    await appointment(w, free, { cancelled_at: inDays(-1) });
    return booked(w, free.id);
  });
}

key.confirm({
  ready: '/healthz',
  codeOf: (body) => body.error,
  untaken: {
    'no route leads there': ["src/app.ts: function (c) => c.json({ error: 'no_such_route' }, 404)"],
    'only drizzle-kit calls them': [
      'src/schema.ts: function () => departments.code',
      'src/schema.ts: function () => patients.id',
      'src/schema.ts: function () => slots.id',
      'src/schema.ts: function () => staff.id (2 times)',
    ],
    'it is for the process, not for a request': [
      'src/db.ts: function () => undefined',
      "src/db.ts: then throw new Error('DATABASE_URL is not set');",
      'src/server.ts: function () => { server.close(); void pool.end(); }',
    ],
  },
});
