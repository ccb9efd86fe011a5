import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLog } from '../../../src/edges/service/log.ts';
import { openRunner } from '../../../src/edges/service/runner/runner.ts';
import type { Planning } from '../../../src/edges/service/shapes.ts';
import { saveRun } from '../../../src/edges/service/store/runs.ts';
import { digest } from '../../../src/kernel/digest.ts';
import {
  type Client,
  clinicModel,
  openTestService,
  problemOf,
  type TestService,
} from '../../setup/service.ts';
import { tar } from '../../setup/tar.ts';

let service: TestService;
let mine: Client;
let theirs: Client;
const root = mkdtempSync(join(tmpdir(), 'statewright-root-'));
const outside = mkdtempSync(join(tmpdir(), 'statewright-outside-'));

beforeAll(async () => {
  writeFileSync(join(outside, 'package.json'), '{"name":"secret"}');
  symlinkSync(outside, join(root, 'link'));
  const place = {
    ...{ clock: { now: () => new Date() }, home: '', env: {}, emit: () => undefined },
    ...{ terminal: { colour: false, width: 80 }, signal: new AbortController().signal },
  };
  service = await openTestService({
    roots: [root],
    runner: (storage) =>
      openRunner({
        ...{ db: 'postgres://127.0.0.1:1/none', apps: ['http://127.0.0.1:3000'], roots: [root] },
        ...{ place, storage, clones: 2, warn: () => undefined },
      }),
  });
  mine = await service.client({ tenant: 'mine' });
  theirs = await service.client({ tenant: 'theirs' });
});
afterAll(() => service.close());

const send = (body: Buffer, type = 'application/x-tar') =>
  mine('/v1/plans', {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { 'content-type': type },
  });
const code = async (response: Response) => `${response.status} ${(await problemOf(response)).code}`;

describe('other tenants', () => {
  test('see nothing of a model, a planning, a job or a run, and learn nothing from the answer', async () => {
    const planned = await mine.post('/v1/plans', `{"model":${clinicModel}}`, { prefer: 'wait=60' });
    const { id, model } = (await planned.json()) as Planning;
    const job = await mine.post('/v1/plans', { files: {} }, { prefer: 'respond-async' });
    const { id: jobId } = (await job.json()) as { id: string };
    await service.running.storage.with((db) =>
      saveRun(db, {
        ...{
          id: 'r-mine',
          tenant: 'mine',
          key: mine.key.id,
          plan: 'x',
          place: 'clone',
          holder: '',
        },
        ...{ handleHash: digest('r-mine.secret'), app: null, expiresAt: null },
      }),
    );
    const paths = [`/v1/plans/${id}`, `/v1/models/${model}`, `/v1/scenarios?planning=${id}`];
    paths.push(`/v1/jobs/${jobId}`, `/v1/jobs/${jobId}/events`, '/v1/runs/r-mine');
    for (const path of paths) {
      const there = await problemOf(await theirs(path));
      expect([path, there.status, there.code]).toEqual([path, 404, 'service.notFound']);
      const never = await problemOf(
        await theirs(path.replaceAll(/(p_|m_|job_|r-)[\w-]+/g, '$1never')),
      );
      expect([never.status, never.code]).toEqual([there.status, there.code]);
    }
    for (const list of ['plans', 'models', 'runs']) {
      expect(await (await theirs(`/v1/${list}`)).json()).toEqual({ items: [], next: null });
    }
    const cancel = await theirs(`/v1/jobs/${jobId}`, { method: 'DELETE' });
    expect(await code(cancel)).toBe('404 service.notFound');
    const down = { method: 'DELETE', headers: { 'statewright-handle': 'r-mine.secret' } };
    expect(await code(await theirs('/v1/runs/r-mine', down))).toBe('404 service.notFound');
    const up = await theirs.post('/v1/runs', { planning: id, plan: 'any' });
    expect(await code(up)).toBe('404 service.notFound');
  });
});

describe('keys and handles', () => {
  test.each([
    ['none', undefined],
    ['another scheme', 'Basic c3c6c3c='],
    ['an unknown one', 'Bearer sw_0000000000000000000000000000000000000000000'],
    ['SQL', "Bearer ' or 1=1 --"],
    ['its hash', `Bearer ${'a'.repeat(64)}`],
  ])('without a good key nothing is answered: %s', async (_, authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    expect(await code(await fetch(`${service.url}/v1/plans`, { headers }))).toBe(
      '401 service.noKey',
    );
  });

  test('a key of one scope does not open another; revoked, none', async () => {
    const planner = await service.client({ scopes: ['plan'] });
    expect(await code(await planner('/v1/runs'))).toBe('403 service.scope');
    expect(await code(await planner('/v1/keys'))).toBe('403 service.scope');
    const admin = await service.client({ scopes: ['admin'] });
    expect((await admin(`/v1/keys/${planner.key.id}`, { method: 'DELETE' })).status).toBe(200);
    expect(await code(await planner('/v1/plans'))).toBe('401 service.noKey');
    expect(JSON.stringify(await (await admin('/v1/keys')).json())).not.toContain(planner.key.key);
  });

  test.each(['', 'r-mine', 'r-mine.', 'r-mine.forged', `r-mine.${'0'.repeat(64)}`])(
    'a forged handle takes nothing down: "%s"',
    async (handle) => {
      const headers = { 'statewright-handle': handle };
      const response = await mine('/v1/runs/r-mine', { method: 'DELETE', headers });
      expect(await code(response)).toBe('403 run.foreignHandle');
      expect(await (await mine('/v1/runs/r-mine')).json()).toMatchObject({ state: 'up' });
    },
  );

  test('more requests than a key may make are refused, with when to come back', async () => {
    const slow = await service.client({ perMinute: 3 });
    const statuses = [];
    for (let index = 0; index < 5; index++) statuses.push((await slow('/v1/plans')).status);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(1);
    const daily = await service.client({ perDay: 2 });
    for (let index = 0; index < 2; index++) await daily('/v1/plans');
    const over = await daily('/v1/plans');
    expect([over.status, over.headers.get('retry-after')]).toEqual([429, '3600']);
  });

  test('a replayed request is answered as the first time and done once', async () => {
    const headers = { 'idempotency-key': 'replay', prefer: 'respond-async' };
    const both = await Promise.all([
      mine.post('/v1/plans', { files: { 'package.json': '{}' } }, headers),
      mine.post('/v1/plans', { files: { 'package.json': '{}' } }, headers),
    ]);
    const jobs = await Promise.all(both.map((each) => each.json() as Promise<{ id: string }>));
    const ids = new Set(both.flatMap(({ status }, at) => (status === 202 ? [jobs[at]!.id] : [])));
    expect(ids.size).toBe(1);
  });
});

describe('paths and archives', () => {
  test.each(['../outside', '/etc', 'link', '..', 'a/../../x', '\\\\host\\share', 'nul\u0000byte'])(
    'a repo outside the roots is not read: %s',
    async (repo) => {
      expect(await code(await mine.post('/v1/plans', { repo }))).toBe('400 service.badPath');
    },
  );

  test.each(['../x.ts', '/etc/passwd', 'a/../../x.ts', 'c:/x.ts', 'a\\b.ts', ''])(
    'a posted file outside the repo is refused: "%s"',
    async (path) => {
      expect(await code(await mine.post('/v1/plans', { files: { [path]: 'x' } }))).toBe(
        '400 service.badPath',
      );
    },
  );

  test.each([
    ['a path that climbs', tar('../../etc/cron.d/x', 'x'), '400 service.badPath'],
    ['an absolute path', tar('/etc/passwd', 'x'), '400 service.badPath'],
    ['a symbolic link', tar('link', '', '2'), '400 service.badArchive'],
    ['a hard link', tar('link', '', '1'), '400 service.badArchive'],
    ['a device', tar('null', '', '3'), '400 service.badArchive'],
    [
      'a long name that climbs',
      Buffer.concat([tar('x', '../../y\0', 'L'), tar('x', 'x')]),
      '400 service.badPath',
    ],
    [
      'a pax path that climbs',
      Buffer.concat([tar('x', '18 path=../../y.ts\n', 'x'), tar('x', 'x')]),
      '400 service.badPath',
    ],
    ['a cut-off file', tar('a.ts', 'x'.repeat(2_000)).subarray(0, 1_024), '400 service.badArchive'],
    ['noise', Buffer.alloc(2_048, 7), '400 service.badArchive'],
  ])('an archive with %s is refused', async (_, archive, expected) => {
    expect(await code(await send(archive))).toBe(expected);
    expect(await code(await send(gzipSync(archive), 'application/gzip'))).toBe(expected);
  });

  test('a bomb is refused without being unpacked', async () => {
    const before = process.memoryUsage().rss;
    const bomb = await promisify(gzip)(Buffer.alloc(140 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(1024 * 1024);
    expect(await code(await send(bomb, 'application/gzip'))).toBe('413 service.tooLarge');
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  });
});

describe('bodies', () => {
  test('too large, too deep, not JSON, not UTF-8, of another type: each is named', async () => {
    const post = (body: string | Uint8Array<ArrayBuffer>, type = 'application/json') =>
      mine('/v1/plans', { method: 'POST', body, headers: { 'content-type': type } });
    expect(await code(await post(`{"files":"${'x'.repeat(33 * 1024 * 1024)}"}`))).toBe(
      '413 service.tooLarge',
    );
    expect(await code(await post('['.repeat(1_000_000)))).toBe('400 service.badBody');
    expect(await code(await post('{"model":'))).toBe('400 service.badBody');
    expect(await code(await post(new Uint8Array([0xff, 0xfe])))).toBe('400 service.badBody');
    expect(await code(await post('<model/>', 'text/xml'))).toBe('415 service.badType');
    expect(await code(await post('{"model":{},"repo":"x"}'))).toBe('400 service.badRequest');
    expect(await code(await post('{"model":{"__proto__":{"version":1}}}'))).toMatch(
      /service.badModel/,
    );
  });

  test('a client that is cut off in the middle of an upload leaves nothing behind', async () => {
    const jobs = async () => {
      const { rows } = await service.running.storage.with((db) =>
        db.execute<{ jobs: string }>('select count(*) as jobs from statewright_service.job'),
      );
      return rows[0]?.jobs;
    };
    const before = await jobs();
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1/plans HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${mine.key.key}\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{"files":{"a`,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await jobs()).toBe(before);
    expect((await mine('/v1/plans')).status).toBe(200);
  });
});

describe('other places', () => {
  test('no request names a database, a model provider or an app that the service was not started with', async () => {
    const planned = await mine.post('/v1/plans', `{"model":${clinicModel}}`, { prefer: 'wait=60' });
    const { id, plans } = (await planned.json()) as Planning;
    const run = { planning: id, plan: plans[0]?.id };
    for (const app of [
      'http://169.254.169.254/latest',
      'http://127.0.0.1:3000@evil.test',
      'http://127.0.0.1:3001',
      'file:///etc/passwd',
    ]) {
      expect(await code(await mine.post('/v1/runs', { ...run, app })), app).toBe(
        '403 service.foreignApp',
      );
    }
    const ofRepo = { repo: '.', plan: plans[0]?.id, app: 'http://127.0.0.1:3000' };
    expect(await code(await mine.post('/v1/runs', ofRepo))).toBe('403 service.foreignApp');
    expect(await code(await mine.post('/v1/runs', { ...run, db: 'postgres://x' }))).toBe(
      '400 service.badRequest',
    );
    const asked = { model: JSON.parse(clinicModel), llm: true, baseUrl: 'http://169.254.169.254' };
    expect(await code(await mine.post('/v1/plans', asked))).toBe('400 service.badModel');
  });

  test('no page may frame an answer or run a script in it', async () => {
    for (const path of ['/docs', '/openapi.json', '/healthz', '/nowhere']) {
      const { headers } = await fetch(`${service.url}${path}`);
      expect(headers.get('content-security-policy'), path).toContain("default-src 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });
});

describe('the log', () => {
  test('has no bodies, keys, queries or broken lines in it', async () => {
    const written: string[] = [];
    const write = process.stderr.write;
    const lines = openLog('info', { write: (line: string) => void written.push(line) });
    expect(process.stderr.write).toBe(write);
    const odd = 'x\n{"level":30,"msg":"forged"}\u001b[31m';
    lines.request({
      ...{ request: 'r', method: 'POST', endpoint: '/v1/plans', status: 500, ms: 1 },
      ...{ key: null, tenant: odd, code: null },
      error: new Error('Failed query: insert\nparams: sw_secret', {
        cause: new Error('connect postgres://me:hunter2@db failed'),
      }),
    });
    expect(written).toHaveLength(1);
    expect(written[0]?.trim().split('\n')).toHaveLength(1);
    expect(written[0]).not.toMatch(/sw_secret|hunter2/);
    expect(written[0]).not.toContain('\u001b');
  });
});
