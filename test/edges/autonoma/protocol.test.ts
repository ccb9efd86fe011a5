import { createHmac } from 'node:crypto';
import { signBody, verifyRefs } from '@autonoma-ai/sdk';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Database } from '../../../src/db/db.ts';
import { startClinic } from '../../run/clinic-app.ts';
import { openDesk } from '../../setup/cli.ts';
import { freshDatabase } from '../../setup/database.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const FULL = 'POST /desk/appointments › slot_full';
const SECRETS = { AUTONOMA_SHARED_SECRET: 'shared', AUTONOMA_SIGNING_SECRET: 'signing' };

let desk: ReturnType<typeof openDesk>;
let clinic: string;
beforeAll(async () => {
  desk = openDesk();
  clinic = desk.checkout('clinic');
  await desk.run(['plan', clinic]);
});
afterAll(() => desk.close());

// biome-ignore lint/suspicious/noExplicitAny: each action answers with a shape of its own
type Answer = { status: number; body: any };

interface Endpoint {
  readonly database: Database;
  readonly app: string;
  send(body: object, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Sends these very characters. */
  post(text: string, headers: Readonly<Record<string, string>>): Promise<Answer>;
  /** Stops it and starts it again on the same database. */
  restart(): Promise<void>;
}

/** The endpoint as the command line serves it, on an enrolled database that the clinic runs on. */
async function openEndpoint(...flags: string[]): Promise<Endpoint> {
  const database = await freshDatabase();
  const enrolled = await desk.run(['enroll', '--db', database.url, '--as', 'test']);
  expect(enrolled.code, enrolled.stderr).toBe(0);
  const app = await startClinic(database.url);
  const start = async () => {
    const args = ['autonoma', clinic, '--db', database.url, '--app', app.url, '--port', '0'];
    const started = desk.start([...args, ...flags], { env: SECRETS });
    let said = '';
    started.child.stderr?.on('data', (text: string) => {
      said += text;
    });
    await started.said('Serving');
    return { ...started, url: /Serving (\S+)\.\n/.exec(said)?.[1] ?? said };
  };
  let served = await start();
  const post: Endpoint['post'] = async (text, headers) => {
    const type = { 'content-type': 'application/json' };
    const answer = await fetch(served.url, {
      method: 'POST',
      body: text,
      headers: { ...type, ...headers },
    });
    return { status: answer.status, body: await answer.json() };
  };
  return {
    database,
    app: app.url,
    post,
    send: (body, headers = {}) => {
      const text = JSON.stringify(body);
      return post(text, { 'x-signature': signBody(text, 'shared'), ...headers });
    },
    async restart() {
      served.child.kill('SIGINT');
      await served.ended;
      served = await start();
    },
  };
}

describe('protocol 1.0', () => {
  test('discovers, sets a planned state up for a person who is signed in, and takes it down', async () => {
    const { send, database, app } = await openEndpoint();
    const before = await database.checksums();
    const { body: found } = await send({ action: 'discover' });
    expect(found).toMatchObject({ version: '1.0', schema: { edges: [], relations: [] } });
    expect(found.sdk).toMatchObject({ language: 'typescript', orm: 'unknown' });
    const slots = found.schema.models.find(({ name }: { name: string }) => name === 'slots');
    expect(slots.fields).toContainEqual({
      ...{ name: 'capacity', type: 'integer', isRequired: false, isId: false, hasDefault: true },
    });

    const create = { PlannedState: [{ ending: FULL }] };
    const up = await send({ action: 'up', testRunId: 'run-1', create });
    expect(up).toMatchObject({ status: 200, body: { version: '1.0', expiresInSeconds: 7_200 } });
    const { auth, refs, refsToken } = up.body;
    expect(Object.keys(refs)).toEqual(expect.arrayContaining(['PlannedState', 'slots', 'staff']));
    const token = verifyRefs(refsToken, 'signing');
    expect(token).toMatchObject({
      testRunId: 'run-1',
      refs: { slots: [{ id: refs.slots[0].id }] },
    });
    const cookie = auth.cookies.map(
      (one: { name: string; value: string }) => `${one.name}=${one.value}`,
    );
    const answer = await fetch(`${app}/desk/appointments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: cookie.join('; ') },
      body: JSON.stringify({ slotId: refs.slots[0].id, patientId: refs.patients[0].id }),
    });
    expect([answer.status, await answer.json()]).toMatchObject([409, { error: 'slot_full' }]);
    const down = { action: 'down', refsToken };
    expect(await send(down)).toMatchObject({ status: 200, body: { ok: true, version: '1.0' } });
    expect(await database.checksums()).toEqual(before);
    expect(await send(down)).toMatchObject({ status: 200, body: { ok: true } });
  });

  test('creates rows that are listed, their references and tokens settled', async () => {
    const { send, database } = await openEndpoint();
    const before = await database.checksums();
    const patients = [0, 1].map((at) => ({
      _alias: `p${at}`,
      name: `Ann {{index}} {{ cycle('tall', short) }} of {{testRunId}}`,
    }));
    const slots = [{ _alias: 'slot', capacity: 2 }];
    const appointments = [{ slot_id: { _ref: 'slot' }, patient_id: { _ref: 'p1' } }];
    const { status, body } = await send({
      ...{ action: 'up', testRunId: 'r7', create: { appointments, slots, patients } },
    });
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body.refs.patients.map((row: { name: string }) => row.name)).toEqual([
      'Ann 0 tall of r7',
      'Ann 1 short of r7',
    ]);
    expect(body.refs.appointments).toMatchObject([
      { slot_id: body.refs.slots[0].id, patient_id: body.refs.patients[1].id },
    ]);
    await send({ action: 'down', refsToken: body.refsToken });
    expect(await database.checksums()).toEqual(before);
  });

  test('refuses in the codes of the protocol, and writes nothing', async () => {
    const { send, post, database } = await openEndpoint();
    const before = await database.checksums();
    const discover = JSON.stringify({ action: 'discover' });
    const said = ({ status, body }: Answer) => [status, body.code];
    for (const signature of ['', 'x'.repeat(64), signBody(discover, 'signing')]) {
      expect(said(await post(discover, { 'x-signature': signature }))).toEqual([
        401,
        'INVALID_SIGNATURE',
      ]);
    }
    expect(said(await post('{', { 'x-signature': signBody('{', 'shared') }))).toEqual([
      400,
      'INVALID_BODY',
    ]);
    expect(said(await send({ action: 'reset' }))).toEqual([400, 'UNKNOWN_ACTION']);
    const up = (create: object) => send({ action: 'up', testRunId: 'x', create }).then(said);
    expect(said(await send({ action: 'up' }))).toEqual([400, 'INVALID_BODY']);
    expect(await up({ rooms: [{}] })).toEqual([400, 'INVALID_BODY']);
    expect(await up({ slots: [{ colour: 1 }] })).toEqual([400, 'INVALID_BODY']);
    expect(await up({ appointments: [{ slot_id: { _ref: 'none' } }] })).toEqual([
      400,
      'INVALID_BODY',
    ]);
    expect(await up({ patients: [{ name: '{{today}}' }] })).toEqual([400, 'UNRESOLVED_TOKEN']);
    expect(await up({ PlannedState: [{ ending: 'GET /none › 1' }] })).toEqual([
      400,
      'UNKNOWN_ENVIRONMENT',
    ]);
    expect(said(await send({ action: 'down' }))).toEqual([400, 'INVALID_BODY']);
    expect(said(await send({ action: 'down', refsToken: 'a.b.c' }))).toEqual([
      403,
      'INVALID_REFS_TOKEN',
    ]);
    expect(await database.checksums()).toEqual(before);
  });
});

test('protocol 2.0 lists planned states, and sets one up by its name', async () => {
  const { send, database } = await openEndpoint('--protocol', '2.0');
  const before = await database.checksums();
  const { body: found } = await send({ action: 'discover' });
  expect(found.version).toBe('2.0');
  expect(found.scenarios).toContainEqual({
    name: FULL,
    description: expect.stringContaining('slot_full'),
  });
  const up = await send({ action: 'up', testRunId: 'a', scenario: { name: FULL } });
  expect(up).toMatchObject({ status: 200, body: { version: '2.0', expiresInSeconds: 7_200 } });
  expect(up.body.auth.cookies).toHaveLength(1);
  const { teardownToken } = up.body;
  const forged = `${teardownToken.slice(0, -4)}AAAA`;
  expect(await send({ action: 'down', teardownToken: forged })).toMatchObject({
    ...{ status: 403, body: { code: 'INVALID_TEARDOWN_TOKEN' } },
  });
  const down = await send({ action: 'down', teardownToken, testRunId: 'a' });
  expect(down).toMatchObject({ status: 200, body: { ok: true, version: '2.0' } });
  expect(await database.checksums()).toEqual(before);
  expect(await send({ action: 'up', scenario: { name: 'none' } })).toMatchObject({
    ...{ status: 400, body: { code: 'UNKNOWN_ENVIRONMENT' } },
  });
});

describe('a replayed request', () => {
  test('sets nothing up a second time, not after a restart either', async () => {
    const { send, database, restart } = await openEndpoint();
    const asked = { action: 'up', testRunId: 'once', create: { slots: [{}] } };
    const [one, other] = await Promise.all([send(asked), send(asked)]);
    expect([one.status, other.status].sort()).toEqual([200, 409]);
    const replayed = { status: 409, body: { code: 'REPLAYED_REQUEST' } };
    expect(await send(asked)).toMatchObject(replayed);
    const { refsToken } = [one, other].find(({ status }) => status === 200)?.body ?? {};
    await send({ action: 'down', refsToken });
    await restart();
    expect(await send(asked)).toMatchObject(replayed);
    const rows = await database.session((sql) => sql.query('select from slots'));
    expect(rows).toHaveLength(0);
  });

  test('is told by its timestamp and nonce, where requests must have them', async () => {
    const { send } = await openEndpoint('--strict');
    const body = { action: 'discover' };
    const dated = (nonce: string, seconds = Date.now() / 1_000) => {
      const timestamp = String(Math.floor(seconds));
      const whole = `${timestamp}.${nonce}.${JSON.stringify(body)}`;
      return {
        'x-statewright-timestamp': timestamp,
        'x-statewright-nonce': nonce,
        'x-statewright-signature': createHmac('sha256', 'shared').update(whole).digest('hex'),
      };
    };
    const first = dated('n1');
    expect(await send(body, first)).toMatchObject({ status: 200 });
    expect(await send(body, first)).toMatchObject({
      status: 409,
      body: { code: 'REPLAYED_REQUEST' },
    });
    const stale = { status: 401, body: { code: 'STALE_REQUEST' } };
    expect(await send(body)).toMatchObject(stale);
    expect(await send(body, dated('n2', Date.now() / 1_000 - 600))).toMatchObject(stale);
    const swapped = { ...dated('n3'), 'x-statewright-nonce': 'n4' };
    expect(await send(body, swapped)).toMatchObject({
      status: 401,
      body: { code: 'INVALID_SIGNATURE' },
    });
  });
});

test('does not start without two secrets that differ', async () => {
  const args = ['autonoma', clinic, '--db', 'postgres://127.0.0.1:1/none'];
  for (const AUTONOMA_SIGNING_SECRET of ['', 'shared']) {
    const told = await desk.run(args, { env: { ...SECRETS, AUTONOMA_SIGNING_SECRET } });
    expect(told).toMatchObject({ code: 3, stdout: '' });
    expect(told.stderr).toContain('autonoma.secrets');
  }
});
