import { PgBoss } from 'pg-boss';
import type { Jobs } from '../service.ts';

const QUEUE = 'plan';
const LOST = 'plan-lost';
const GATHER_MS = 15_000;

export interface BossOptions {
  readonly url: string;
  /** How many jobs this process works on at once. */
  readonly workers: number;
  readonly work: (job: string, signal: AbortSignal) => Promise<void>;
  /** Ends a job that could not be brought to an end. */
  readonly lost: (job: string) => Promise<void>;
  /** Jobs that have not ended and that no queue knows: who took them on died before it could hand them over. */
  readonly strays: () => Promise<readonly string[]>;
  readonly warn: (error: unknown) => void;
}

/**
 * Jobs over pg-boss: any number of processes share a storage's queue. One that dies stops its heartbeat,
 * and its job goes on with another.
 */
export async function openBossJobs(options: BossOptions): Promise<Jobs> {
  const { url, workers, work, lost, strays, warn } = options;
  const boss = new PgBoss({
    connectionString: url,
    schema: 'statewright_jobs',
    application_name: 'statewright-jobs',
    max: 4,
    superviseIntervalSeconds: 2,
    monitorIntervalSeconds: 2,
    schedule: false,
  });
  boss.on('error', warn);
  await boss.start();
  await boss.createQueue(LOST);
  await boss.createQueue(QUEUE, {
    deadLetter: LOST,
    retryLimit: 5,
    retryDelay: 1,
    heartbeatSeconds: 10,
    expireInSeconds: 3_600,
  });
  const running = new Map<string, AbortController>();
  const run = async (job: string, stop: AbortSignal): Promise<void> => {
    const cancel = new AbortController();
    running.set(job, cancel);
    try {
      await work(job, AbortSignal.any([stop, cancel.signal]));
    } finally {
      running.delete(job);
    }
  };
  const stopping = new AbortController();
  await boss.work<{ job: string }>(
    QUEUE,
    // Told by NOTIFY it would poll every half a minute only, and take one job each time.
    {
      localConcurrency: workers,
      heartbeatRefreshSeconds: 3,
      pollingIntervalSeconds: 0.5,
      burstWhenBatchFull: true,
    },
    async (batch) => {
      for (const { data, signal } of batch) {
        await run(data.job, AbortSignal.any([signal, stopping.signal]));
      }
    },
  );
  await boss.work<{ job: string }>(LOST, async (batch) => {
    for (const { data } of batch) await lost(data.job);
  });
  const add = async (job: string) => void (await boss.send(QUEUE, { job }));
  const gather = async () => {
    for (const job of await strays()) await add(job);
  };
  const gathering = setInterval(() => void gather().catch(warn), GATHER_MS).unref();
  return {
    add,
    cancel: async (job) => running.get(job)?.abort(),
    async close() {
      clearInterval(gathering);
      stopping.abort();
      await boss.stop({ graceful: true, timeout: 5_000 });
    },
  };
}
