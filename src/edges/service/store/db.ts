import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { StatewrightError } from '../../../kernel/errors.ts';

export type Db = NodePgDatabase;

/** How the service reaches its storage: `with` lends a database for one piece of work. */
export interface Storage {
  with<T>(work: (db: Db) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;

/** Storage over a pool, for a process that lives. */
export function openStorage(url: string, { max = 8 }: { readonly max?: number } = {}): Storage {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: 'statewright-service',
    connectionTimeoutMillis: TIMEOUT_MS,
    statement_timeout: 30_000,
    keepAlive: true,
    // What a caller was told outlives the server's crash: the embedded one answers before it writes.
    onConnect: async (client) => void (await client.query('set synchronous_commit = on')),
  });
  // A server that stops drops idle sessions: whoever asks next gets the error.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = drizzle(pool);
  return { with: (work) => work(db).catch(rethrow), close: () => pool.end() };
}

/** Storage over one session, opened when it is first needed: an isolate must not share sockets between requests. */
export function openPerRequest(url: string): Storage {
  let opening: Promise<pg.Client> | undefined;
  const open = async () => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: TIMEOUT_MS });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  // On one session, what is inside a transaction is nobody else's: one piece of work after the other.
  let last: Promise<unknown> = Promise.resolve();
  const lent = async <T>(work: (db: Db) => Promise<T>): Promise<T> => {
    try {
      opening ??= open();
      return await work(drizzle(await opening));
    } catch (error) {
      return rethrow(error);
    }
  };
  return {
    with(work) {
      const mine = last.then(() => lent(work));
      last = mine.catch(() => undefined);
      return mine;
    },
    async close() {
      const client = await opening?.catch(() => undefined);
      await client?.end().catch(() => undefined);
    },
  };
}

/** Not reached, or gone in the middle: the caller may try again. */
const GONE = /^(ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|57P0[123]$|08|53300$)/;

function rethrow(error: unknown): never {
  if (error instanceof StatewrightError) throw error;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause ? String(cause.code) : '';
    const dropped = /connection (terminated|timeout)|timeout exceeded when trying/i;
    if (GONE.test(code) || dropped.test(cause.message)) throw storageGone(error);
  }
  throw error;
}

function storageGone(cause: unknown): StatewrightError {
  return new StatewrightError('service.storageGone', 'The storage does not answer.', {
    hint: 'Try again in a moment; nothing was lost that had been answered.',
    cause,
  });
}
