import { createServer, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { ControlLedger } from '../../src/run/ledger.ts';
import type { Run } from '../../src/run/run.ts';
import { bindRequest } from '../../src/state/bind.ts';
import { freshDatabase } from '../setup/database.ts';
import { planOf } from '../state/plans.ts';
import { startClinic } from './clinic-app.ts';
import { compiled, enrolled, ledgerAt, takeDown, up, upOptions } from './setup.ts';

let ledger: ControlLedger;
beforeAll(async () => {
  ledger = await ledgerAt();
});
afterAll(() => ledger.close());

/** Fires the plan's last request as its persona, as proof does. */
async function fire(plan: Plan, run: Run): Promise<{ status: number; body: unknown }> {
  const last = plan.when.at(-1);
  if (!last || !run.app) throw new Error('Nothing to fire.');
  const request = bindRequest(last, { refs: run.refs, now: new Date(), namespace: '', seed: '1' });
  const cookies = Object.entries(run.personas[request.as ?? '']?.cookies ?? {});
  const response = await fetch(new URL(request.path, run.app.url), {
    method: request.method,
    headers: {
      'content-type': 'application/json',
      cookie: cookies.map(([name, value]) => `${name}=${value}`).join('; '),
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  });
  return { status: response.status, body: await response.json() };
}

async function stage(plan: Plan) {
  const database = await enrolled(await freshDatabase());
  const app = await startClinic(database.url);
  const before = await database.checksums();
  const run = await up(await compiled(plan, database, true), upOptions(database, ledger, { app }));
  return { database, before, run };
}

const asStaff = { personas: { clerk: { row: 'clerk' } } };

test('a persona signs up and in through the app, acts, and leaves nothing', async () => {
  const plan: Plan = {
    ...planOf(
      {
        clerk: { table: 'staff', set: { role: 'physician' } },
        patient: { table: 'patients', set: { name: 'Ada' } },
      },
      asStaff,
    ),
    when: [{ as: 'clerk', method: 'GET', path: '/desk/patients/{patient.id}' }],
  };
  const { database, before, run } = await stage(plan);
  expect(run.refs['clerk']).toMatchObject({ role: 'physician', password: expect.any(String) });
  expect(run.origins).toMatchObject({
    clerk: { via: 'api', because: 'clerk signs in as it' },
    patient: { via: 'sql' },
  });
  expect(Object.keys(run.personas['clerk']?.cookies ?? {})).toEqual(['clinic_session']);
  expect(run.personas['clerk']?.storageState).toMatchObject({
    cookies: [
      { name: 'clinic_session', domain: '127.0.0.1', path: '/', httpOnly: true, expires: -1 },
    ],
  });
  expect(await fire(plan, run)).toMatchObject({ status: 200, body: { name: 'Ada' } });
  expect(await takeDown(run.handle, ledger)).toMatchObject({
    appRows: [{ table: 'sessions', rows: 1 }],
  });
  expect(await database.checksums()).toEqual(before);
});

type Asked = (about: { path: string; body: string; response: ServerResponse }) => unknown;

/** An app in this process, until the test ends. */
async function answering(asked: Asked): Promise<{ url: string; pid: number }> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    await asked({ path: request.url ?? '', body, response });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, pid: 0 };
}

const join = (database: Database, body: string) =>
  database.session((sql) =>
    sql.query("insert into staff (email, password_hash) values ($1, 'x')", [
      JSON.parse(body).email,
    ]),
  );

test('a row that the app makes after its answer is waited for', async () => {
  const database = await enrolled(await freshDatabase());
  const before = await database.checksums();
  const app = await answering(async ({ path, body, response }) => {
    response.writeHead(201, { 'set-cookie': 'clinic_session=s' }).end('{}');
    if (path !== '/staff') return;
    await new Promise((resolve) => setTimeout(resolve, 600));
    await join(database, body);
  });
  const plan = planOf({ clerk: { table: 'staff', set: {} } }, asStaff);
  const state = await compiled(plan, database, true);
  const run = await up(state, upOptions(database, ledger, { app }));
  expect(run.refs['clerk']).toMatchObject({ id: expect.any(String) });
  await takeDown(run.handle, ledger);
  expect(await database.checksums()).toEqual(before);
});

test('whom the app answers without its cookie is not signed in, and the rows made before go', async () => {
  const database = await enrolled(await freshDatabase());
  const before = await database.checksums();
  const app = await answering(async ({ path, body, response }) => {
    if (path === '/staff') await join(database, body);
    response.writeHead(302, { location: '/login?error=x' }).end();
  });
  const plan = planOf({ clerk: { table: 'staff', set: {} } }, asStaff);
  const state = await compiled(plan, database, true);
  await expect(up(state, upOptions(database, ledger, { app }))).rejects.toMatchObject({
    code: 'run.signInFailed',
    message: expect.stringMatching(
      /302.*leads to \/login, .*no cookie "clinic_session".*taken away/,
    ),
  });
  expect(await database.checksums()).toEqual(before);
});

test('an app that is busy is asked again, one that says no is not', async () => {
  const answers = new Map<string, number[]>();
  const database = await enrolled(await freshDatabase());
  const app = await answering(async ({ path, body, response }) => {
    const status = answers.get(path)?.shift() ?? 201;
    if (status === 201 && path === '/staff') await join(database, body);
    const cookie = path === '/sessions' ? { 'set-cookie': 'clinic_session=s' } : {};
    response.writeHead(status, { 'retry-after': '0', ...cookie }).end('{}');
  });
  const before = await database.checksums();
  const state = await compiled(
    planOf({ clerk: { table: 'staff', set: {} } }, asStaff),
    database,
    true,
  );
  const options = upOptions(database, ledger, { app });
  answers.set('/staff', [503, 429]).set('/sessions', [502]);
  const run = await up(state, options);
  expect(run.personas['clerk']?.cookies).toEqual({ clinic_session: 's' });
  await takeDown(run.handle, ledger);
  for (const refusal of [[503, 503, 503], [409]]) {
    answers.set('/staff', [...refusal]);
    await expect(up(state, options)).rejects.toMatchObject({
      code: 'run.callFailed',
      facts: { status: refusal[0] },
    });
    expect(answers.get('/staff')).toEqual([]);
  }
  expect(await database.checksums()).toEqual(before);
});

test('binds the session that signing in made, and ends it', async () => {
  const plan: Plan = {
    ...planOf(
      {
        clerk: { table: 'staff', set: {} },
        session: {
          table: 'sessions',
          match: { staff_id: { ref: 'clerk.id' } },
          update: { expires_at: { now: '-P1D' } },
        },
      },
      asStaff,
    ),
    when: [{ as: 'clerk', method: 'GET', path: '/desk/patients/x' }],
  };
  const { database, before, run } = await stage(plan);
  expect(await fire(plan, run)).toEqual({ status: 401, body: { error: 'session_expired' } });
  await takeDown(run.handle, ledger);
  expect(await database.checksums()).toEqual(before);
});

test('a full slot refuses the booking of a persona, whose requests refer to rows', async () => {
  const plan: Plan = {
    ...planOf(
      {
        clerk: { table: 'staff', set: {} },
        slot: { table: 'slots', set: { starts_at: { now: 'P7D' }, capacity: 1 } },
        taken: {
          table: 'appointments',
          set: { slot_id: { ref: 'slot.id' }, booked_by: { ref: 'clerk.id' }, cancelled_at: null },
        },
        patient: { table: 'patients', set: {} },
      },
      asStaff,
    ),
    when: [
      {
        as: 'clerk',
        method: 'POST',
        path: '/desk/appointments',
        body: { slotId: { ref: 'slot.id' }, patientId: { ref: 'patient.id' } },
      },
    ],
  };
  const { database, before, run } = await stage(plan);
  expect(await fire(plan, run)).toEqual({ status: 409, body: { error: 'slot_full' } });
  await takeDown(run.handle, ledger);
  expect(await database.checksums()).toEqual(before);
});

test('somebody who only signs in has the password the app was told', async () => {
  const plan: Plan = {
    ...planOf({ known: { table: 'staff', set: { email: { unique: 'kim@example.test' } } } }),
    when: [
      {
        as: null,
        method: 'POST',
        path: '/sessions',
        body: { email: { ref: 'known.email' }, password: { ref: 'known.password' } },
      },
    ],
  };
  const { database, before, run } = await stage(plan);
  expect(run.refs['known']?.['email']).toBe(`kim.${run.id}@example.test`);
  expect(await fire(plan, run)).toMatchObject({ status: 201 });
  await takeDown(run.handle, ledger);
  expect(await database.checksums()).toEqual(before);
});

test('a row that is there already is never taken for one the app made', async () => {
  const plan = planOf({ clerk: { table: 'staff', set: { email: 'ann@example.test' } } }, asStaff);
  const database = await enrolled(await freshDatabase());
  const app = await startClinic(database.url);
  await database.session((sql) =>
    sql.query("insert into staff (email, password_hash) values ('ann@example.test', 'x')"),
  );
  const before = await database.checksums();
  const state = await compiled(plan, database, true);
  await expect(up(state, upOptions(database, ledger, { app }))).rejects.toMatchObject({
    code: 'run.collision',
    message: expect.stringContaining('Nothing of it was left behind.'),
  });
  expect(await database.checksums()).toEqual(before);
});

test('what the app refuses is said, and the rows made before go', async () => {
  const plan = planOf(
    {
      slot: { table: 'slots', set: { starts_at: { now: 'P1D' } } },
      clerk: { table: 'staff', set: { email: 'no e-mail' } },
    },
    asStaff,
  );
  const database = await enrolled(await freshDatabase());
  const app = await startClinic(database.url);
  const before = await database.checksums();
  const state = await compiled(plan, database, true);
  await expect(up(state, upOptions(database, ledger, { app }))).rejects.toMatchObject({
    code: 'run.callFailed',
    message: expect.stringContaining(
      'POST /staff for "clerk" answered 422: {"error":"invalid_body"}',
    ),
  });
  expect(await database.checksums()).toEqual(before);
});
