import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readState } from '../../../src/db/embedded/home.ts';
import { startEmbedded } from '../../../src/db/embedded.ts';
import { hold, release } from '../../../src/db/holds.ts';
import { openSession } from '../../../src/db/pg.ts';
import type { Job, RunUp } from '../../../src/edges/service/shapes.ts';
import { type Desk, openDesk } from '../../setup/cli.ts';
import { hangingJob } from '../../setup/hanging-job.ts';
import { leftBehind, NOTHING } from '../../setup/left-behind.ts';
import { clinicModel, freshStore, openTestService } from '../../setup/service.ts';

/** A server of the test's own, which may crash. */
async function ownServer() {
  const home = await mkdtemp(join(tmpdir(), 'statewright-crash-'));
  await chmod(home, 0o755);
  const server = await startEmbedded({ home });
  {
    // A crash cuts the session by which the server is known to be in use.
    await using admin = await openSession(server.url);
    await hold(admin, 'faults', 'infinity');
    await admin.query('create database store');
  }
  onTestFinished(async () => {
    {
      await using admin = await openSession(server.url);
      await release(admin, 'faults');
    }
    await server.stop();
    await rm(home, { recursive: true, force: true });
  });
  return { url: server.url, store: server.url.replace(/postgres$/, 'store') };
}

/** One of its processes dies, and the server cuts every session and recovers. */
async function crash(url: string): Promise<void> {
  const victim = await openSession(url);
  const [row] = await victim.query('select pg_backend_pid() as pid');
  process.kill(Number(row?.['pid']), 'SIGKILL');
  await victim.end().catch(() => undefined);
}

test('the database is killed while jobs are at work: each ends, once, and callers hear to come again', async () => {
  const { url, store } = await ownServer();
  const service = await openTestService({ store, workers: 2 });
  const caller = await service.client({ perMinute: 100_000 });
  const model = JSON.parse(clinicModel);
  const jobs = await Promise.all(
    Array.from({ length: 12 }, async (_, at) => {
      const repo = { ...model.repo, commit: `c${at}` };
      const body = { model: { ...model, repo } };
      const response = await caller.post('/v1/plans', body, { prefer: 'respond-async' });
      return (await response.json()) as Job;
    }),
  );
  const stateOf = async ({ id }: Job) => {
    const response = await caller(`/v1/jobs/${id}`);
    if (response.status !== 503) return ((await response.json()) as Job).state;
    expect(response.headers.get('retry-after')).not.toBeNull();
    return 'unknown';
  };
  await expect.poll(async () => Promise.all(jobs.map(stateOf))).toContain('running');
  await crash(url);
  const statesNow = () => Promise.all(jobs.map(stateOf));
  await expect.poll(statesNow, { timeout: 120_000, interval: 500 }).toEqual(jobs.map(() => 'done'));
  await using sql = await openSession(store);
  const ends = await sql.query(
    `select job, count(*)::int as n from statewright_service.job_event where body like '%"kind":"end"%' group by 1`,
  );
  expect(ends.map(({ n }) => n)).toEqual(jobs.map(() => 1));
}, 240_000);

test('with nothing configured, the server it keeps its data in dies: keys, jobs and runs go on', async () => {
  const desk = openDesk();
  desk.checkout('clinic');
  const one = await serve(desk, ['--root', desk.folder]);
  const standing = { repo: 'clinic', plan: 'POST /sessions › 201' };
  const up = () => one.call('/v1/runs', { method: 'POST', body: JSON.stringify(standing) });
  const before = (await (await up()).json()) as RunUp;
  const model = JSON.parse(clinicModel);
  const jobs = await Promise.all(
    Array.from({ length: 6 }, async (_, at) => {
      const body = JSON.stringify({
        model: { ...model, repo: { ...model.repo, commit: `c${at}` } },
      });
      const headers = { prefer: 'respond-async' };
      return (await (await one.call('/v1/plans', { method: 'POST', headers, body })).json()) as Job;
    }),
  );
  process.kill((await readState(desk.home))?.postmaster?.pid ?? 0, 'SIGKILL');
  const stateOf = async ({ id }: Job) =>
    ((await (await one.call(`/v1/jobs/${id}`)).json()) as Partial<Job>).state;
  const states = () => Promise.all(jobs.map(stateOf));
  const patience = { timeout: 120_000, interval: 500 };
  await expect.poll(states, patience).toEqual(jobs.map(() => 'done'));
  const ends = await Promise.all(
    jobs.map(async ({ id }) => (await one.call(`/v1/jobs/${id}/events`)).text()),
  );
  expect(ends.map((text) => text.match(/"kind":"end"/g)?.length)).toEqual(jobs.map(() => 1));
  const was = async () => (await (await one.call(`/v1/runs/${before.id}`)).json()) as RunUp;
  await expect.poll(was, patience).toMatchObject({ state: 'gone' });
  const again = await up();
  expect(again.status, await again.clone().text()).toBe(201);
  one.serving.child.kill('SIGTERM');
  expect((await one.serving.ended).code).toBe(0);
  await expect.poll(() => leftBehind(desk), { timeout: 30_000 }).toEqual(NOTHING);
}, 240_000);

test('an instance that is asked to stop hands its job over, and what the model was asked is not asked again', async () => {
  const { provider, store, body, scenarios } = await hangingJob();
  const desk = openDesk();
  const one = await serve(desk, [
    ...['--store', store, '--llm', 'openai', '--llm-model', 'test'],
    ...['--llm-url', `${provider.url}/v1`],
  ]);
  const asked = await one.call('/v1/plans', {
    method: 'POST',
    headers: { prefer: 'respond-async' },
    body,
  });
  const { id } = (await asked.json()) as Job;
  await expect.poll(() => provider.asked.length, { timeout: 60_000 }).toBe(2);
  one.serving.child.kill('SIGTERM');
  expect((await one.serving.ended).code).toBe(0);
  const two = await serve(
    desk,
    [
      ...['--store', store, '--llm', 'openai', '--llm-model', 'test'],
      ...['--llm-url', `${provider.url}/v1`],
    ],
    one.key,
  );
  const state = async () => ((await (await two.call(`/v1/jobs/${id}`)).json()) as Job).state;
  await expect.poll(state, { timeout: 90_000, interval: 500 }).toBe('done');
  const told = scenarios();
  expect(told.filter((scenario) => scenario === told[0])).toHaveLength(1);
  expect(told[2]).toBe(told[1]);
}, 240_000);

test.each([
  ['asked to stop', 'SIGTERM'],
  ['killed', 'SIGKILL'],
] as const)(
  'an instance that is %s takes the states it holds with it',
  async (_, signal) => {
    const { url: store, drop } = await freshStore();
    onTestFinished(drop);
    const desk = openDesk();
    desk.checkout('clinic');
    const args = ['--store', store, '--root', desk.folder];
    const one = await serve(desk, args);
    const plan = 'POST /sessions › 201';
    const asked = await one.call('/v1/runs', {
      method: 'POST',
      body: JSON.stringify({ repo: 'clinic', plan }),
    });
    const run = (await asked.json()) as RunUp;
    expect(asked.status, JSON.stringify(run).slice(0, 500)).toBe(201);
    const app = () =>
      fetch(run.app?.url ?? '').then(
        () => true,
        () => false,
      );
    expect(await app()).toBe(true);
    one.serving.child.kill(signal);
    expect((await one.serving.ended).code).toBe(signal === 'SIGTERM' ? 0 : 137);
    await expect.poll(app).toBe(false);
    const two = await serve(desk, args, one.key);
    const status = async () => (await (await two.call(`/v1/runs/${run.id}`)).json()) as RunUp;
    await expect.poll(status).toMatchObject({ state: 'gone' });
    const again = await two.call('/v1/runs', {
      method: 'POST',
      body: JSON.stringify({ repo: 'clinic', plan }),
    });
    expect(again.status).toBe(201);
    two.serving.child.kill('SIGTERM');
    expect((await two.serving.ended).code).toBe(0);
    await expect.poll(() => leftBehind(desk), { timeout: 30_000 }).toEqual(NOTHING);
  },
  240_000,
);

/** `statewright serve` with a key of its first start. */
async function serve(desk: Desk, args: readonly string[], known?: string) {
  const env = { OPENAI_API_KEY: 'not-a-secret' };
  const serving = desk.start(['serve', '--port', '0', ...args], { env });
  let out = '';
  serving.child.stdout?.on('data', (text) => {
    out += text;
  });
  await expect.poll(() => out, { timeout: 60_000 }).toContain('\n');
  const { url, key } = JSON.parse(out) as { url: string; key: string | null };
  const headers = {
    authorization: `Bearer ${key ?? known}`,
    'content-type': 'application/json',
  };
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { ...init, headers: { ...headers, ...init.headers } });
  return { serving, call, key: key ?? known ?? '' };
}

test('a root that is no folder is told of before anything is started', async () => {
  const told = await openDesk().run(['serve', '--port', '0', '--root', './not-there']);
  expect(told.code, told.stderr).toBe(2);
  expect(told.stderr).toContain('service.noSuchRoot');
}, 60_000);

test('where the port is taken, serve says so and ends, with nothing left running', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const desk = openDesk();
  const told = await desk.run(['serve', '--port', String(port)]);
  expect(told.code, told.stderr).toBe(2);
  expect(told.stderr).toContain('service.port');
  expect(told.stderr).not.toContain('57P01');
}, 240_000);
