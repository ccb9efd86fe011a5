import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadConfig } from '../../src/config/load.ts';
import { withDatabase } from '../../src/db/db.ts';
import { openSession } from '../../src/db/pg.ts';
import { statewright } from '../../src/edges/client/client.ts';
import { probesOf } from '../../src/operations/probes.ts';
import { readModel } from '../../src/operations/reading.ts';
import { solvePlans } from '../../src/plan/solve.ts';
import { deriveScenarios } from '../../src/scenarios/derive.ts';
import { COMPARED_APP } from './by-hand.ts';
import { type What, work } from './clients.ts';
import { fitting } from './fitting.ts';
import { openGround } from './ground.ts';
import { leftIn } from './left.ts';
import { type Serving, startServing } from './serving.ts';
import { course, watch } from './watch.ts';

/**
 * `node evals/load/service.ts --clients 200 --seconds 300`: that many clients plan and run states of one app
 * through one `statewright serve` at once. Exits with 1 where anything failed or was left.
 */
const { values } = parseArgs({
  options: {
    app: { type: 'string', default: COMPARED_APP },
    clients: { type: 'string', default: '200' },
    /** Of these, how many ask for clones with an app of their own. */
    clones: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '300' },
  },
});
const [clients, clones, seconds] = [values.clients, values.clones, values.seconds].map(Number);
const APPS = fileURLToPath(new URL('../../fixtures/apps', import.meta.url));
const TENANTS = 20;
const say = (words: string) => console.error(words);

const home = await mkdtemp(join(tmpdir(), 'statewright-load-'));
// PostgreSQL runs as another user when we are root.
await chmod(home, 0o755);
try {
  process.exitCode = (await loaded()) ? 0 : 1;
} finally {
  await rm(home, { recursive: true, force: true });
}

async function loaded(): Promise<boolean> {
  const root = join(APPS, values.app);
  const { model } = await readModel(root, { emit: () => undefined });
  const scenarios = deriveScenarios(model);
  const { plans } = solvePlans(model, scenarios);
  const about = { model, scenarios, plans, config: await loadConfig(root) };
  const probes = probesOf(about, { env: {}, now: new Date() });
  await using ground = await openGround(root, { home, probes });
  const { fit } = await fitting(about, ground);
  const before = await ground.database.checksums();
  await using admin = await openSession(ground.url);
  await admin.query('create database store');
  const store = withDatabase(ground.url, 'store');
  const where = ['--store', store, '--db', ground.database.url, '--app', ground.app.url];
  const size = ['--root', APPS, '--clones', '4', '--workers', '2'];
  const serving = await startServing([...where, ...size], { home });
  const keys = await keysFor(serving);
  say(`${fit.length} plans; ${keys.length} keys`);
  // One after the other: keys that the service has not seen yet are refused where many come at once.
  for (const key of keys) {
    await statewright({ url: serving.url, key }).plan({ model });
  }
  say('planned for each tenant; they begin');
  const took = new Map<What, number[]>();
  const failures: string[] = [];
  const watching = watch(serving, say);
  const until = performance.now() + (seconds ?? 0) * 1_000;
  const each = keys.map((key, id) =>
    work({
      ...{ url: serving.url, key, id, model, plans: fit.map(({ plan }) => plan), until },
      repo: id < (clones ?? 0) ? values.app : null,
      took: (what, ms) => void (took.get(what)?.push(ms) ?? took.set(what, [ms])),
      failed: (what) => void failures.push(what),
    }),
  );
  await Promise.all(each);
  const { resident, heap } = watching.end();
  const { code, stderr } = await serving.stop();
  const unfinished = await unfinishedIn(store);
  const left = await leftIn(ground, before);
  const clean = left.tables.length + left.made + left.runs.length + left.databases.length === 0;
  for (const [what, ms] of took) console.log(line(what, ms));
  console.log(`heap after a garbage collection: ${course(heap)}`);
  console.log(`resident: ${course(resident)}`);
  console.log(`failed: ${failures.length}`, [...new Set(failures)].slice(0, 10));
  console.log(`left: ${JSON.stringify(left)}; ${unfinished}; exit code ${code}`);
  if (stderr.includes('"level":50')) console.log(stderr.slice(-2_000));
  return clean && failures.length === 0 && code === 0 && unfinished === '0 jobs, 0 runs';
}

async function keysFor({ url, key }: Serving): Promise<string[]> {
  const keys: string[] = [];
  for (let at = 0; at < (clients ?? 0); at++) {
    const response = await fetch(`${url}/v1/keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ name: `client ${at}`, tenant: `t${at % TENANTS}`, perMinute: 100_000 },
        perDay: 10_000_000,
      }),
    });
    if (!response.ok) throw new Error(await response.text());
    keys.push(((await response.json()) as { key: string }).key);
  }
  return keys;
}

/** What the service's storage has that has not ended. */
async function unfinishedIn(store: string): Promise<string> {
  await using sql = await openSession(store);
  await sleep(0);
  const [row] = await sql.query(`select
    (select count(*) from statewright_service.job where ended_at is null)::int as jobs,
    (select count(*) from statewright_service.run where state = 'up')::int as runs`);
  return `${row?.['jobs']} jobs, ${row?.['runs']} runs`;
}

function line(what: string, samples: readonly number[]): string {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(0);
  return `${what}: ${sorted.length} times, ${at(0.5)} / ${at(0.95)} / ${at(0.99)} ms (p50 / p95 / p99)`;
}
