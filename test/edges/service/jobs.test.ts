import { describe, expect, onTestFinished, test } from 'vitest';
import { memorySteps, storedSteps } from '../../../src/edges/service/jobs/steps.ts';
import { KeyRequest } from '../../../src/edges/service/shapes.ts';
import { openStorage } from '../../../src/edges/service/store/db.ts';
import {
  createJob,
  endJob,
  eventsAfter,
  readInput,
} from '../../../src/edges/service/store/jobs.ts';
import { addUsage, createKey, listKeys } from '../../../src/edges/service/store/keys.ts';
import { migrate } from '../../../src/edges/service/store/migrate.ts';
import type { Step } from '../../../src/operations/plan-job.ts';
import { openDesk } from '../../setup/cli.ts';
import { hangingJob } from '../../setup/hanging-job.ts';
import {
  goesOnWhereItWasKilled,
  type JobPlace,
  keepsWhatItPlanned,
} from '../../setup/job-contract.ts';
import { freshStore } from '../../setup/service.ts';

async function openStore() {
  const { url, drop } = await freshStore();
  const storage = openStorage(url, { max: 4 });
  await storage.with(migrate);
  onTestFinished(async () => {
    await storage.close();
    await drop();
  });
  return { url, storage };
}

/** What a step adapter promises; `again` is the same job taken up by another worker. */
const ADAPTERS: readonly [string, () => Promise<{ first: Step; again: Step }>][] = [
  [
    'memory',
    async () => {
      const results = new Map();
      return { first: memorySteps(results), again: memorySteps(results) };
    },
  ],
  [
    'storage',
    async () => {
      const { storage, url } = await openStore();
      const job = await storage.with((db) => createJob(db, { tenant: 't', key: 'k' }, '{}'));
      const other = openStorage(url, { max: 2 });
      onTestFinished(() => other.close());
      return { first: storedSteps(job.id, storage), again: storedSteps(job.id, other) };
    },
  ],
];

describe.each(ADAPTERS)('steps kept in %s', (_, open) => {
  test('run each piece of work once, and give its result to whoever goes on', async () => {
    const { first, again } = await open();
    const done: string[] = [];
    const work = (name: string) => async () => {
      done.push(name);
      return { name, nothing: null, list: [1] };
    };
    const result = await first('a', work('a'));
    await first('b', work('b'));
    expect(await again('a', work('a'))).toEqual(result);
    await again('c', work('c'));
    expect(done).toEqual(['a', 'b', 'c']);
  });

  test('keep nothing of work that failed: it is done when asked again', async () => {
    const { first, again } = await open();
    const failing = first('a', async () => {
      throw new Error('gone');
    });
    await expect(failing).rejects.toThrow('gone');
    expect(await again('a', async () => 2)).toBe(2);
    expect(await first('a', async () => 3)).toBe(2);
  });
});

test('two workers on one step agree on one result', async () => {
  const { storage } = await openStore();
  const job = await storage.with((db) => createJob(db, { tenant: 't', key: 'k' }, '{}'));
  const step = storedSteps(job.id, storage);
  const results = await Promise.all([1, 2, 3].map((value) => step('a', async () => value)));
  expect(new Set(results).size).toBe(1);
});

test('a job ends once, however many end it', async () => {
  const { storage } = await openStore();
  const { id } = await storage.with((db) => createJob(db, { tenant: 't', key: 'k' }, '{}'));
  const ends = await Promise.all(
    (['done', 'failed', 'cancelled'] as const).map((state) =>
      storage.with((db) => endJob(db, id, { state })),
    ),
  );
  expect(ends.filter(Boolean)).toHaveLength(1);
  expect(await storage.with((db) => eventsAfter(db, id, 0))).toHaveLength(1);
  expect(await storage.with((db) => readInput(db, id))).toBeNull();
});

test('instances that start at once migrate once, and counts of all add up', async () => {
  const { url, drop } = await freshStore();
  const storages = Array.from({ length: 6 }, () => openStorage(url, { max: 1 }));
  onTestFinished(async () => {
    await Promise.all(storages.map((storage) => storage.close()));
    await drop();
  });
  await Promise.all(storages.map((storage) => storage.with((db) => migrate(db))));
  const key = await storages[0]!.with((db) => createKey(db, KeyRequest.parse({ name: 'x' })));
  await Promise.all(
    storages.map((storage) => storage.with((db) => addUsage(db, key.id, { requests: 7 }))),
  );
  const [shown] = await storages[0]!.with(listKeys);
  expect(shown?.usage.requests).toBe(42);
  await expect(storages[0]!.with((db) => migrate(db, []))).rejects.toThrow('at version');
});

test('jobs on this machine keep what they planned, and a killed worker’s goes on with another', async () => {
  const { provider, store, gifts } = await hangingJob();
  const desk = openDesk();
  const env = { OPENAI_API_KEY: 'not-a-secret' };
  const args = ['serve', '--port', '0', '--store', store, '--llm', 'openai', '--llm-model', 'test'];
  let key: string | null = null;
  const serve = async () => {
    const serving = desk.start([...args, '--llm-url', `${provider.url}/v1`], { env });
    let out = '';
    serving.child.stdout?.on('data', (text) => {
      out += text;
    });
    await expect.poll(() => out, { timeout: 60_000 }).toContain('\n');
    const told = JSON.parse(out) as { url: string; key: string | null };
    key ??= told.key;
    return { serving, url: told.url };
  };
  let now = await serve();
  const place: JobPlace = {
    call: (path, init = {}) => {
      const own = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
      return fetch(`${now.url}${path}`, { ...init, headers: { ...own, ...init.headers } });
    },
    async killAndStart() {
      now.serving.child.kill('SIGKILL');
      await now.serving.ended;
      now = await serve();
    },
  };
  await keepsWhatItPlanned(place);
  await goesOnWhereItWasKilled(place, { provider, gifts });
  now.serving.child.kill('SIGTERM');
  expect((await now.serving.ended).code).toBe(0);
}, 240_000);
