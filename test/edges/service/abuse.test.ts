import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCatalog } from '../../../src/db/catalog.ts';
import { openSession } from '../../../src/db/pg.ts';
import type { Runner } from '../../../src/edges/service/service.ts';
import type { Job, Planning } from '../../../src/edges/service/shapes.ts';
import {
  type Client,
  clinicModel,
  openTestService,
  problemOf,
  type TestService,
} from '../../setup/service.ts';
import { tar } from '../../setup/tar.ts';

/** A runner whose set-ups end when they are told to, and which remembers what stands. */
function heldRunner() {
  const standing = new Set<string>();
  const asked: (() => void)[] = [];
  let count = 0;
  const runner: Runner = {
    async up({ plan }) {
      await new Promise<void>((resolve) => asked.push(resolve));
      const id = `r${count++}`;
      standing.add(id);
      const run = { id, plan, environment: 'test', refs: {}, personas: {}, hold: 'held' as const };
      const where = { expiresAt: null, app: null, database: { name: 'x', url: '' } };
      return {
        run: { ...run, ...where, handle: `${id}.secret` },
        ...{ place: 'clone', holder: 'here', app: null, expiresAt: null, seed: '1' },
        ...{ when: [], requests: [] },
      };
    },
    async down({ id }) {
      const already = !standing.delete(id);
      return { run: id, already, removed: 0, restored: 0 };
    },
    prove: async () => [],
    close: async () => undefined,
  };
  return {
    runner,
    standing,
    asked,
    go: () => {
      for (const end of asked.splice(0)) end();
    },
  };
}

let service: TestService;
let caller: Client;
const held = heldRunner();
const root = mkdtempSync(join(tmpdir(), 'statewright-abuse-'));
const outside = mkdtempSync(join(tmpdir(), 'statewright-secret-'));
const SECRET = `import { Hono } from 'hono';
export const app = new Hono().get('/kept-to-itself', (c) => c.text('secret', 418));
export default app;`;

beforeAll(async () => {
  writeFileSync(join(outside, 'secret.ts'), SECRET);
  service = await openTestService({ roots: [root], runner: () => held.runner });
  caller = await service.client({ perMinute: 100_000 });
});
afterAll(() => service.close());

const code = async (response: Response) => `${response.status} ${(await problemOf(response)).code}`;

/** Everything the storage keeps of kinds that a request could leave behind. */
async function kept(): Promise<unknown> {
  const { rows } = await service.running.storage.with((db) =>
    db.execute(`select (select count(*) from statewright_service.job) as jobs,
      (select count(*) from statewright_service.run where state = 'up') as runs`),
  );
  return rows[0];
}

describe('what would take all of it', () => {
  test('a body made to be slow is read apart: the service goes on answering', async () => {
    const files = Array.from({ length: 400_000 }, (_, at) => `"${at.toString(36)}":""`).join(',');
    let slow = '';
    const post = caller.post('/v1/plans', `{"files":{${files}}}`).then(async (response) => {
      slow = await code(response);
    });
    let answered = 0;
    while (slow === '') {
      expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
      answered += 1;
    }
    await post;
    expect(slow).toBe('413 service.tooLarge');
    expect(answered).toBeGreaterThan(10);
  }, 240_000);

  test('more runs at once than a key may have are refused before they are set up', async () => {
    const few = await service.client({ standing: 2 });
    const posts = Array.from({ length: 8 }, () => few.post('/v1/runs', { plan: 'x', repo: '.' }));
    await expect.poll(() => held.asked.length).toBe(2);
    const refused = await Promise.all(
      posts.map((post) => Promise.race([post.then(code), sleep(2_000, 'in it')])),
    );
    expect(refused.filter((answer) => answer === '429 service.tooMany')).toHaveLength(6);
    held.go();
    await Promise.all(posts);
    expect(held.standing.size).toBe(2);
    held.standing.clear();
    await service.running.storage.with((db) =>
      db.execute(`update statewright_service.run set state = 'down'`),
    );
  });

  test('unknown keys in great number keep nobody out who was known a moment ago', async () => {
    expect((await caller('/v1/plans')).status).toBe(200);
    const unknown = { authorization: `Bearer sw_${'0'.repeat(43)}` };
    const started = performance.now();
    const flood = Array.from({ length: 300 }, () =>
      fetch(`${service.url}/v1/plans`, { headers: unknown }).then(({ status }) => status),
    );
    const statuses = await Promise.all(flood);
    // 50 a second are looked up, however slow the machine.
    const looked = 50 * Math.ceil((performance.now() - started) / 1_000 + 1);
    expect(statuses.filter((status) => status !== 429).length).toBeLessThanOrEqual(looked);
    expect((await caller('/v1/plans')).status).toBe(200);
    // Keys that were never seen are looked up again in the next second.
    await sleep(1_000);
  });

  test('a key’s jobs that have not ended are counted', async () => {
    const many = await service.client({ perMinute: 100_000 });
    await service.running.storage.with((db) =>
      db.execute(`insert into statewright_service.job (id, tenant, key, kind, state)
        select 'job_held' || n, 'default', '${many.key.id}', 'plan', 'queued' from generate_series(1, 50) n`),
    );
    const model = `{"model":${clinicModel},"only":"x"}`;
    expect(await code(await many.post('/v1/plans', model))).toBe('429 service.tooMany');
    await service.running.storage.with((db) =>
      db.execute(`delete from statewright_service.job where id like 'job_held%'`),
    );
    expect((await many.post('/v1/plans', model, { prefer: 'respond-async' })).status).toBeLessThan(
      203,
    );
  });

  test('an archive that unpacks to more text than a body may have is refused; what is no text is not read', async () => {
    const send = (archive: Buffer) =>
      caller('/v1/plans', {
        method: 'POST',
        body: new Uint8Array(gzipSync(archive)),
        headers: { 'content-type': 'application/gzip', prefer: 'wait=30' },
      });
    const large = Buffer.alloc(4 * 1024 * 1024, '\u0001');
    const nine = Array.from({ length: 9 }, (_, at) => tar(`${at}.ts`, large));
    expect(await code(await send(Buffer.concat(nine)))).toBe('413 service.tooLarge');
    const nul = Array.from({ length: 9 }, (_, at) => tar(`${at}.ts`, Buffer.alloc(large.length)));
    expect(await code(await send(Buffer.concat(nul)))).toBe('422 repo.noPackage');
  }, 60_000);
});

describe('who goes away', () => {
  test('while a state is set up leaves none standing', async () => {
    const body = JSON.stringify({ plan: 'x', repo: '.' });
    const headers = {
      authorization: `Bearer ${caller.key.key}`,
      'content-type': 'application/json',
      'content-length': body.length,
    };
    const leaving = request(`${service.url}/v1/runs`, { method: 'POST', headers });
    leaving.on('error', () => undefined);
    leaving.end(body);
    await expect.poll(() => held.asked.length).toBe(1);
    leaving.destroy();
    await sleep(100);
    held.go();
    await expect.poll(() => [held.standing.size, kept()]).toMatchObject([0, {}]);
    await expect.poll(kept).toMatchObject({ runs: '0' });
  });

  test('with an idempotency key finds its run when it comes back', async () => {
    const body = JSON.stringify({ plan: 'x', repo: '.' });
    const name = { 'idempotency-key': 'came-back' };
    const headers = {
      authorization: `Bearer ${caller.key.key}`,
      'content-type': 'application/json',
      'content-length': body.length,
      ...name,
    };
    const leaving = request(`${service.url}/v1/runs`, { method: 'POST', headers });
    leaving.on('error', () => undefined);
    leaving.end(body);
    await expect.poll(() => held.asked.length).toBe(1);
    leaving.destroy();
    held.go();
    await expect.poll(kept).toMatchObject({ runs: '1' });
    const again = await caller.post('/v1/runs', body, name);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const { id, handle } = (await again.json()) as { id: string; handle: string };
    const down = { method: 'DELETE', headers: { 'statewright-handle': handle } };
    expect((await caller(`/v1/runs/${id}`, down)).status).toBe(200);
    expect(held.standing.size).toBe(0);
  });
});

describe('what no database or header takes', () => {
  test.each([
    '/v1/plans/%00',
    '/v1/jobs/a%00b',
    '/v1/scenarios?planning=%00',
    '/v1/plans?cursor=%00',
    '/v1/plans?limit=1e9',
    '/v1/plans?cursor=c999999999999999',
    '/v1/plans/%ED%A0%80',
    '/v1/plans/%E0%A4%A',
    '/v1/runs/%2e%2e%2fkeys',
  ])('is no bug of ours: GET %s', async (path) => {
    expect([200, 400, 404]).toContain((await caller(path)).status);
  });

  test('a NUL or half a character in what is posted neither breaks a job nor a list', async () => {
    const model = JSON.parse(clinicModel);
    model.repo.name = 'a\0b\ud800';
    const planned = await caller.post('/v1/plans', { model }, { prefer: 'wait=60' });
    expect(planned.status, JSON.stringify(await planned.clone().json()).slice(0, 300)).toBe(200);
    expect((await caller('/v1/plans')).status).toBe(200);
    const admin = await service.client({ scopes: ['admin'] });
    expect(await code(await admin.post('/v1/keys', { name: 'a\0b' }))).toBe('400 service.badBody');
    const run = await caller.post('/v1/runs', { plan: 'x\0', repo: '.' });
    expect(await code(run)).toBe('400 service.badBody');
  });

  test('events from beyond the last one there could be are none, and the stream stays whole', async () => {
    const sent = await caller.post('/v1/plans', { files: { 'a.ts': '' } }, { prefer: 'wait=30' });
    expect(sent.status).toBe(422);
    const { rows } = await service.running.storage.with((db) =>
      db.execute<{ id: string }>('select id from statewright_service.job order by created_at desc'),
    );
    const stream = await caller(`/v1/jobs/${rows[0]?.id}/events`, {
      headers: { 'last-event-id': '9007199254740991' },
      signal: AbortSignal.timeout(1_500),
    });
    expect(stream.status).toBe(200);
    await expect(stream.text()).rejects.toThrow(/timeout/);
  });

  test.each([
    ['two lengths', 'content-length: 5\r\ncontent-length: 6\r\n\r\n{"a"}'],
    ['a length and chunks', 'content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a header that breaks its line', 'x-request-id: a\rx: b\r\n\r\n'],
    ['headers without end', `x: ${'a'.repeat(100_000)}\r\n\r\n`],
  ])('a request with %s is not taken for two', async (_, rest) => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', () => undefined);
    const key = `authorization: Bearer ${caller.key.key}\r\n`;
    socket.write(`POST /v1/plans HTTP/1.1\r\nhost: x\r\n${key}${rest}`);
    await expect.poll(() => answer).toMatch(/^HTTP\/1.1 4\d\d /);
    expect(answer.match(/^HTTP/gm)).toHaveLength(1);
    socket.destroy();
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
  });

  test('an idempotency key stands for the whole request, what is asked in its address too', async () => {
    const send = (query: string) =>
      caller(`/v1/plans${query}`, {
        method: 'POST',
        body: new Uint8Array(tar('package.json', '{"name":"a"}')),
        headers: {
          'content-type': 'application/x-tar',
          'idempotency-key': 'same',
          prefer: 'respond-async',
        },
      });
    expect((await send('?only=a')).status).toBe(202);
    expect((await send('?only=a')).headers.get('idempotency-replayed')).toBe('true');
    expect((await problemOf(await send('?only=b'))).code).toBe('service.otherRequest');
  });
});

describe('what lies beside', () => {
  /** What was planned of a job, once it has ended. */
  async function endingsOf(response: Response): Promise<string[]> {
    const planning = (await response.json()) as Planning & Job;
    expect(response.status, JSON.stringify(planning).slice(0, 500)).toBe(200);
    return planning.scenarios.map(({ id }) => id);
  }
  const manifest = '{"name":"a","dependencies":{"hono":"4"}}';

  test('posted sources that point out of themselves read nothing of this machine', async () => {
    const secret = join(outside, 'secret.ts');
    const files = {
      'package.json': manifest,
      'tsconfig.json': JSON.stringify({
        extends: join(outside, 'tsconfig.json'),
        compilerOptions: { baseUrl: outside, paths: { '@/*': [`${outside}/*`] } },
      }),
      'src/app.ts': `import { Hono } from 'hono';
import { app as a } from '${secret}';
import { app as b } from '@/secret';
import { app as c } from '../../../../../../..${secret}';
export default new Hono().get('/own', (c) => c.text('x')).route('/a', a).route('/b', b).route('/c', c);`,
    };
    const ids = await endingsOf(await caller.post('/v1/plans', { files }, { prefer: 'wait=60' }));
    expect(ids).toEqual(['GET /own › x']);
  }, 60_000);

  test('a checkout’s links out of itself are not followed', async () => {
    const repo = join(root, 'linked');
    mkdirSync(join(repo, 'src'), { recursive: true });
    writeFileSync(join(repo, 'package.json'), manifest);
    writeFileSync(
      join(repo, 'src/app.ts'),
      `import { Hono } from 'hono';
import { app } from './linked.ts';
import { app as inside } from './folder/secret.ts';
export default new Hono().get('/own', (c) => c.text('x')).route('/a', app).route('/b', inside);`,
    );
    symlinkSync(join(outside, 'secret.ts'), join(repo, 'src/linked.ts'));
    symlinkSync(outside, join(repo, 'src/folder'));
    const asked = caller.post('/v1/plans', { repo: 'linked' }, { prefer: 'wait=60' });
    expect(await endingsOf(await asked)).toEqual(['GET /own › x']);
  }, 60_000);

  test('the service’s own tables are none a plan could write, where both are in one database', async () => {
    await using sql = await openSession(service.store);
    const { tables } = await readCatalog(sql);
    expect(tables.map(({ id }) => id)).toEqual([]);
  });
});
