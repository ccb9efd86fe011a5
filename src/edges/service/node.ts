import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { StatewrightError } from '../../kernel/errors.ts';
import { listenOn } from '../../kernel/listen.ts';
import type { Llm } from '../../llm/llm.ts';
import { openService } from './app.ts';
import { openGate } from './auth.ts';
import { openBusy } from './busy.ts';
import { openBodyCache } from './cache.ts';
import { openBossJobs } from './jobs/boss.ts';
import { storedSteps } from './jobs/steps.ts';
import { parseInThread, prepareInThread } from './jobs/threads.ts';
import { type Planner, workOn } from './jobs/work.ts';
import { openKnownPlannings } from './known.ts';
import type { Log } from './log.ts';
import { openMetrics } from './metrics.ts';
import { loadPage } from './page.ts';
import { problemFrom } from './problem.ts';
import { locateRepo } from './roots.ts';
import type { Runner } from './service.ts';
import { openStorage, type Storage } from './store/db.ts';
import { endJob, strayJobs } from './store/jobs.ts';
import { migrate } from './store/migrate.ts';
import { tidy } from './store/tidy.ts';

export interface NodeOptions {
  readonly host: string;
  readonly port: number;
  /** The storage's URL. */
  readonly store: string;
  readonly roots: readonly string[];
  readonly workers: number;
  readonly llm: Llm | null;
  /** The folder that keeps what was read of checkouts for the next time; null: nothing is kept. */
  readonly cache: string | null;
  readonly runner: ((storage: Storage) => Runner) | null;
  readonly version: string;
  readonly log: Log;
}

export interface Running {
  readonly url: string;
  readonly storage: Storage;
  /** Lets what is at work finish for a while, then ends the rest. */
  close(): Promise<void>;
}

const CACHE_BYTES = 128 * 1024 * 1024;
/** Of text; as values it takes several times as much. */
const KNOWN_BYTES = 24 * 1024 * 1024;
const LIMITS = { workMs: 10 * 60_000, memoryMb: 3_072 };
const PARSING = { workMs: 20_000, memoryMb: 1_536 };
const FLUSH_MS = 5_000;
const TIDY_MS = 10 * 60_000;
const GRACE_MS = 10_000;

/** Starts the service on this machine: storage migrated, jobs taken up, port open. */
export async function startService(options: NodeOptions): Promise<Running> {
  const { log, roots, version, workers } = options;
  const storage = openStorage(options.store);
  await storage.with(migrate);
  const gate = openGate(storage);
  const metrics = openMetrics();
  const stopping = new AbortController();
  const planner: Planner = {
    reads: true,
    llm: options.llm,
    locate: (repo) => locateRepo(repo, roots),
    parse: parseInThread(PARSING),
    prepare: prepareInThread(LIMITS, { cache: options.cache, roots }),
  };
  const jobs = await openBossJobs({
    url: options.store,
    workers,
    warn: log.warn,
    work: (id, signal) =>
      workOn(id, { storage, planner, version, signal, step: storedSteps(id, storage) }),
    strays: () => storage.with(strayJobs),
    lost: async (id) => {
      const problem = problemFrom(lostJob(), id);
      await storage.with((db) => endJob(db, id, { state: 'failed', problem }));
    },
  });
  const runner = options.runner?.(storage) ?? null;
  metrics.gauge('resident_bytes', () => process.memoryUsage.rss());
  const app = openService({
    ...{ serves: 'checkout', version, storage, gate, planner, jobs, metrics, runner },
    ...{ busy: openBusy(), stopping: stopping.signal },
    cache: openBodyCache(CACHE_BYTES),
    known: openKnownPlannings(KNOWN_BYTES),
    pollMs: 100,
    log: log.request,
    page: await loadPage(),
  });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.headersTimeout = 15_000;
  server.requestTimeout = 120_000;
  // Longer than callers keep theirs, or one is closed just as it is used again.
  server.keepAliveTimeout = 75_000;
  const shut = async () => {
    await jobs.close();
    await runner?.close();
    await gate.flush().catch(log.warn);
    await storage.close();
  };
  const { host } = options;
  const port = await listenOn(server, options).catch(async (error: unknown) => {
    await shut();
    throw error;
  });
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const flushing = setInterval(() => void gate.flush().catch(log.warn), FLUSH_MS);
  const tidying = setInterval(() => void storage.with(tidy).catch(log.warn), TIDY_MS);
  for (const timer of [flushing, tidying]) timer.unref();
  return {
    url,
    storage,
    async close() {
      stopping.abort();
      clearInterval(flushing);
      clearInterval(tidying);
      await drain(server);
      await shut();
    },
  };
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearTimeout(timer);
}

function lostJob(): StatewrightError {
  return new StatewrightError(
    'service.jobLost',
    'The job was begun several times and never ended.',
    {
      hint: 'Its input may need more memory than a worker has. Plan it with npx statewright plan.',
    },
  );
}
