import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Database, withDatabase } from '../../../src/db/db.ts';
import { autonoma } from '../../../src/edges/autonoma/handler.ts';
import { addressOf, enroll } from '../../../src/run/guard.ts';
import { startClinic } from '../../run/clinic-app.ts';
import { openDesk } from '../../setup/cli.ts';
import { freshDatabase } from '../../setup/database.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const FULL = 'POST /desk/appointments › slot_full';
/** Nobody signs in for it, so it takes no app. */
const TAKEN = 'POST /staff › email_taken';
const SHARED = 'shared-secret';
const SIGNING = 'signing-secret';

let desk: ReturnType<typeof openDesk>;
let path: string;
beforeAll(async () => {
  desk = openDesk();
  // The fixture's own extends ours, which isn't there.
  path = desk.checkout('clinic', { 'tsconfig.json': '{}' });
  expect(await desk.run(['plan', path])).toMatchObject({ code: 0 });
});
afterAll(() => desk.close());

async function enrolled(): Promise<Database> {
  const database = await freshDatabase();
  const stamp = { environment: 'test', address: addressOf(database.url), days: null };
  await database.session((sql) => enroll(sql, stamp));
  return database;
}

async function endpoint(
  more: { database?: Database; app?: string; db?: string; signingSecret?: string } = {},
) {
  const { database = await enrolled(), ...rest } = more;
  const secrets = { sharedSecret: SHARED, signingSecret: SIGNING };
  const handle = autonoma({ path, db: database.url, ...secrets, ...rest });
  const send = async (body: object | string, signature?: string | null) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const signed = createHmac('sha256', SHARED).update(text).digest('hex');
    const given = signature === undefined ? signed : signature;
    const headers: Record<string, string> = given === null ? {} : { 'x-signature': given };
    const request = new Request('http://app/api/autonoma', { method: 'POST', body: text, headers });
    const response = await handle(request);
    // biome-ignore lint/suspicious/noExplicitAny: each answer has a shape of its own
    const answer: any = await response.json();
    return { status: response.status, body: answer };
  };
  return { database, send };
}

describe('version 2.0', () => {
  test('tells the plans as scenarios, sets one up, signs in, and takes it down', async () => {
    const database = await enrolled();
    const app = await startClinic(database.url);
    const { send } = await endpoint({ database, app: app.url });
    const before = await database.checksums();
    const found = await send({ action: 'discover' });
    expect(found.status, JSON.stringify(found.body)).toBe(200);
    expect(found.body).toMatchObject({
      version: '2.0',
      sdk: { language: 'typescript', orm: 'unknown', server: 'web' },
    });
    expect(found.body.scenarios).toContainEqual({ name: FULL, description: expect.any(String) });

    const up = await send({ action: 'up', scenario: { name: FULL }, testRunId: 'run-1' });
    expect(up.status, JSON.stringify(up.body)).toBe(200);
    expect(up.body).toEqual({
      version: '2.0',
      sdk: expect.any(Object),
      auth: { cookies: expect.any(Array), headers: expect.any(Object), credentials: {} },
      teardownToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      expiresInSeconds: 7_200,
    });
    expect(await database.checksums()).not.toEqual(before);
    const [cookie] = up.body.auth.cookies;
    const [slot] = await database.session((sql) => sql.query('select id from slots'));
    const [patient] = await database.session((sql) => sql.query('select id from patients'));
    const answer = await fetch(`${app.url}/desk/appointments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: `${cookie.name}=${cookie.value}` },
      body: JSON.stringify({ slotId: slot?.['id'], patientId: patient?.['id'] ?? 1 }),
    });
    expect(answer.status).toBe(409);

    const down = { action: 'down', teardownToken: up.body.teardownToken, testRunId: 'run-1' };
    expect(await send(down)).toMatchObject({ status: 200, body: { version: '2.0', ok: true } });
    expect(await database.checksums()).toEqual(before);
    expect(await send(down)).toMatchObject({ status: 200, body: { ok: true } });
  });
});

describe('version 1.0', () => {
  test('makes the rows of a graph, answers with them, and takes them down', async () => {
    const { database, send } = await endpoint();
    const before = await database.checksums();
    const { body } = await send({ action: 'discover' });
    expect(body.schema).toMatchObject({ edges: [], relations: [], scopeField: expect.any(String) });
    const patients = body.schema.models.find(({ name }: { name: string }) => name === 'patients');
    expect(patients.fields).toContainEqual({
      name: 'id',
      type: expect.any(String),
      isRequired: false,
      isId: true,
      hasDefault: true,
    });
    const create = {
      Slot: [{ _alias: 's1', capacity: 3, starts_at: '2030-01-01T10:00:00Z' }],
      Patient: [{ _alias: 'p1', name: 'Ada {{testRunShortId}}' }],
      Appointment: [{ slot_id: { _ref: 's1' }, patient_id: { _ref: 'p1' } }],
    };
    const up = await send({ action: 'up', create, testRunId: 'run-2' });
    expect(up.status, JSON.stringify(up.body)).toBe(200);
    expect(up.body).toMatchObject({ version: '1.0', expiresInSeconds: 7_200 });
    const { refs, refsToken } = up.body;
    expect(refs.Appointment[0]).toMatchObject({ slot_id: refs.Slot[0].id });
    expect(refs.Patient[0].name).toMatch(/^Ada [0-9a-f]{8}$/);
    const down = await send({ action: 'down', refsToken, refs, testRunId: 'run-2' });
    expect(down).toMatchObject({ status: 200, body: { version: '1.0', ok: true } });
    expect(await database.checksums()).toEqual(before);
  });

  test.each([
    ['an unknown model', { Ghost: [{}] }, 'INVALID_BODY'],
    ['an unknown field', { Slot: [{ hat: 1 }] }, 'INVALID_BODY'],
    ['a dangling reference', { Appointment: [{ slot_id: { _ref: 'x' } }] }, 'INVALID_BODY'],
    ['a token it does not know', { Patient: [{ name: '{{now}}' }] }, 'UNRESOLVED_TOKEN'],
    ['a value of another type', { Slot: [{ capacity: 'many' }] }, 'INVALID_BODY'],
  ])('refuses %s, and writes nothing', async (_, create, code) => {
    const { database, send } = await endpoint();
    const before = await database.checksums();
    expect(await send({ action: 'up', create, testRunId: 'r' })).toMatchObject({
      status: 400,
      body: { code, error: expect.any(String) },
    });
    expect(await database.checksums()).toEqual(before);
  });
});

describe('an attack', () => {
  test('by a forged, missing or foreign signature is refused before the body is read', async () => {
    const { send } = await endpoint();
    const discover = { action: 'discover' };
    const foreign = createHmac('sha256', 'other').update(JSON.stringify(discover)).digest('hex');
    const refusal = { status: 401, body: { code: 'INVALID_SIGNATURE' } };
    for (const signature of [null, '', 'zz', foreign, foreign.slice(2)]) {
      expect(await send(discover, signature)).toMatchObject(refusal);
    }
    expect(
      await send(
        '{"action":"discover" }',
        createHmac('sha256', SHARED).update('{"action":"discover"}').digest('hex'),
      ),
    ).toMatchObject(refusal);
    expect(await send('no json', 'x')).toMatchObject(refusal);
  });

  test('by a replayed up makes nothing more, even after the state is down or in another process', async () => {
    const { database, send } = await endpoint();
    const up = { action: 'up', scenario: { name: TAKEN }, testRunId: 'once' };
    const [first, second] = await Promise.all([send(up), send(up)]);
    expect([first.status, second.status].sort()).toEqual([200, 409]);
    const { body } = first.status === 200 ? first : second;
    await send({ action: 'down', teardownToken: body.teardownToken });
    const before = await database.checksums();
    const other = autonoma({
      path,
      db: database.url,
      sharedSecret: SHARED,
      signingSecret: SIGNING,
    });
    const text = JSON.stringify(up);
    const headers = { 'x-signature': createHmac('sha256', SHARED).update(text).digest('hex') };
    const again = await other(new Request('http://a/', { method: 'POST', body: text, headers }));
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ code: 'REPLAYED' });
    expect(await database.checksums()).toEqual(before);
  });

  test('by a token that was not given out here is refused', async () => {
    const { send } = await endpoint();
    const up = await send({ action: 'up', scenario: { name: TAKEN }, testRunId: 't' });
    const [header, payload, signature] = up.body.teardownToken.split('.');
    const held = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const other = Buffer.from(JSON.stringify({ ...held, testRunId: 'x' })).toString('base64url');
    for (const token of ['', 'a.b.c', `${header}.${other}.${signature}`, `${header}.${payload}.`]) {
      expect(await send({ action: 'down', teardownToken: token })).toMatchObject({
        status: 403,
        body: { code: 'INVALID_TEARDOWN_TOKEN' },
      });
      expect(await send({ action: 'down', refsToken: token })).toMatchObject({
        status: 403,
        body: { code: 'INVALID_REFS_TOKEN' },
      });
    }
    expect(await send({ action: 'down', teardownToken: up.body.teardownToken })).toMatchObject({
      status: 200,
    });
  });

  test.each([
    ['no JSON', '{', 400, 'INVALID_BODY'],
    ['no action', {}, 400, 'INVALID_BODY'],
    ['another action', { action: 'drop' }, 400, 'UNKNOWN_ACTION'],
    ['an up of nothing', { action: 'up' }, 400, 'INVALID_BODY'],
    ['a down of nothing', { action: 'down' }, 400, 'INVALID_BODY'],
    ['an unknown scenario', { action: 'up', scenario: { name: 'x' } }, 400, 'UNKNOWN_ENVIRONMENT'],
    ['a huge body', `"${'x'.repeat(5_000_001)}"`, 400, 'INVALID_BODY'],
  ])('or mistake: %s', async (_, body, status, code) => {
    const { send } = await endpoint();
    expect(await send(body)).toMatchObject({ status, body: { code } });
  });

  test('equal secrets, or a database without a stamp, answer nothing else', async () => {
    const { send } = await endpoint({ signingSecret: SHARED });
    expect(await send({ action: 'discover' })).toMatchObject({
      status: 500,
      body: { code: 'SAME_SECRETS' },
    });
    const bare = await freshDatabase();
    const unstamped = await endpoint({ db: withDatabase(bare.url, bare.name) });
    const up = await unstamped.send({ action: 'up', scenario: { name: TAKEN }, testRunId: 'u' });
    expect(up).toMatchObject({ status: 503, body: { code: 'CONFIGURATION_ERROR' } });
  });
});
