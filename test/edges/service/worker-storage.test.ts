import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Job, KeyRequest, type Planning } from '../../../src/edges/service/shapes.ts';
import { openStorage, type Storage } from '../../../src/edges/service/store/db.ts';
import { createKey } from '../../../src/edges/service/store/keys.ts';
import { migrate } from '../../../src/edges/service/store/migrate.ts';
import { frozenGiftCard, giftCardAnswers } from '../../setup/gift-card.ts';
import { goesOnWhereItWasKilled, keepsWhatItPlanned } from '../../setup/job-contract.ts';
import { freePort, type Group, startGroup } from '../../setup/process-group.ts';
import { startProvider } from '../../setup/provider.ts';
import { clinicModel, freshStore, problemOf } from '../../setup/service.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const scratch = mkdtempSync(join(tmpdir(), 'statewright-worker-'));
const config = join(scratch, 'wrangler.toml');
const gifts = frozenGiftCard();
/** What the provider says, reply by reply. */
const replies: Parameters<typeof startProvider>[0] = giftCardAnswers(gifts).map((text) => ({
  text,
}));

let storage: Storage;
let worker: Group;
let url: string;
let provider: Awaited<ReturnType<typeof startProvider>>;
let drop: () => Promise<void>;

beforeAll(async () => {
  const store = await freshStore();
  drop = store.drop;
  storage = openStorage(store.url, { max: 2 });
  await storage.with(migrate);
  provider = await startProvider(replies);
  writeFileSync(
    config,
    `name = "statewright"
main = "${ROOT}/src/edges/service/worker.ts"
compatibility_date = "2026-10-01"
compatibility_flags = ["nodejs_compat"]
rules = [{ type = "Text", globs = ["**/*.md"], fallthrough = true }]
[[workflows]]
name = "statewright-planning"
binding = "PLANNING"
class_name = "PlanWorkflow"
[[hyperdrive]]
binding = "HYPERDRIVE"
id = "00000000000000000000000000000000"
localConnectionString = "${store.url.replace('postgres@', 'postgres:unused@')}"
[vars]
LLM_PROVIDER = "openai"
LLM_MODEL = "test"
LLM_BASE_URL = "${provider.url}/v1"
LLM_API_KEY = "not-a-secret"
STALE_SECONDS = "10"
`,
  );
  await startWorker();
}, 120_000);

async function startWorker(): Promise<void> {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const env = { PATH: process.env['PATH'], HOME: scratch, CI: '1', WRANGLER_SEND_METRICS: 'false' };
  const wrangler = resolve(ROOT, 'node_modules/wrangler/bin/wrangler.js');
  const at = ['--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0'];
  const command = [process.execPath, wrangler, 'dev', '-c', config, ...at, '--persist-to', scratch];
  worker = startGroup(command as [string], { cwd: ROOT, env });
  const healthy = () => fetch(`${url}/healthz`).then(({ ok }) => ok);
  for (let tries = 0; !(await healthy().catch(() => false)); tries++) {
    if (tries > 300) throw new Error(worker.output());
    await new Promise((again) => setTimeout(again, 300));
  }
}

afterAll(async () => {
  await worker?.stop();
  await provider?.close();
  await storage?.close();
  await drop?.();
  rmSync(scratch, { recursive: true, force: true });
});

async function client(tenant: string) {
  const request = KeyRequest.parse({ name: tenant, tenant });
  const { key } = await storage.with((db) => createKey(db, request));
  return (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        ...init.headers,
      },
    });
}

/** Asks, and follows the job where there is one, to the planning. */
async function planned(
  call: Awaited<ReturnType<typeof client>>,
  body: string,
): Promise<{ planning: Planning; job: Job | null }> {
  const response = await call('/v1/plans', {
    method: 'POST',
    body,
    headers: { prefer: 'respond-async' },
  });
  const first = await response.json();
  if (response.status === 200) return { planning: first as Planning, job: null };
  expect(response.status, JSON.stringify(first) + worker.output()).toBe(202);
  const { id } = first as Job;
  const state = async () => (await (await call(`/v1/jobs/${id}`)).json()) as Job;
  await expect
    .poll(async () => (await state()).state, { timeout: 60_000, interval: 300 })
    .toBe('done');
  const job = await state();
  return { planning: (await (await call(job.result ?? '')).json()) as Planning, job };
}

test('a Workflow keeps what it planned through Hyperdrive, for its tenant alone', async () => {
  const mine = await client('mine');
  await keepsWhatItPlanned({ call: mine, killAndStart });
  const planned = await (
    await mine('/v1/plans', { method: 'POST', body: `{"model":${clinicModel}}` })
  ).json();
  const theirs = await client('theirs');
  const path = `/v1/plans/${(planned as Planning).id}`;
  expect((await problemOf(await theirs(path))).code).toBe('service.notFound');
  expect((await fetch(`${url}/v1/plans`)).status).toBe(401);
}, 120_000);

test('a Workflow asks a provider about what the solver leaves open, once for each ending', async () => {
  const call = await client('asker');
  const [first] = gifts.open;
  const only = first?.scenario.id ?? '';
  const body = JSON.stringify({ model: gifts.model, llm: true, only });
  const { planning } = await planned(call, body);
  const plan = planning.plans.find(({ id }) => id === only);
  expect(plan?.planner).toEqual({ kind: 'llm', version: 'test' });
  expect(provider.asked.map(({ path, authorization }) => [path, authorization])).toEqual([
    ['/v1/responses', 'Bearer not-a-secret'],
  ]);
}, 90_000);

test('a Workflow whose process was killed goes on where it was', async () => {
  const [first = '', second = ''] = giftCardAnswers(gifts);
  const before = provider.asked.length;
  replies.splice(before, replies.length, { text: first }, { broken: 'hang' }, { text: second });
  await goesOnWhereItWasKilled({ call: await client('killed'), killAndStart }, { provider, gifts });
}, 240_000);

async function killAndStart(): Promise<void> {
  process.kill(-worker.pid, 'SIGKILL');
  await worker.ended;
  await startWorker();
}

test('what the Worker can’t do it answers with the place that can', async () => {
  const call = await client('runner');
  const response = await problemOf(await call('/v1/runs', { method: 'POST', body: '{}' }));
  expect([response.status, response.code]).toEqual([501, 'service.notHere']);
  expect(response.hint).toContain('statewright serve');
}, 30_000);
