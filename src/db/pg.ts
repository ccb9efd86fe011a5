import pg from 'pg';
import { StatewrightError } from '../kernel/errors.ts';
import { rememberBaseline } from './baseline.ts';
import { checksums } from './checksums.ts';
import type { Database, Sql } from './db.ts';
import { resetToBaseline } from './reset.ts';

export interface ConnectOptions {
  /** Seen in pg_stat_activity; `statewright/<pid>` when absent. */
  readonly applicationName?: string;
  /** Statements that take longer are cancelled; no limit when absent. */
  readonly statementTimeoutMs?: number;
  /** Sessions open at once, 4 when absent. */
  readonly max?: number;
  /** Replaces what `close` does after the sessions are closed (a clone drops itself). */
  readonly onClose?: () => Promise<void>;
}

/** One open session; its owner ends it. A connection the server drops is an error of the next query only. */
export interface Session extends Sql, AsyncDisposable {
  end(): Promise<void>;
}

/** Opens one session; throws `db.unreachable` when the server doesn't answer or refuses. */
export async function openSession(url: string, options: ConnectOptions = {}): Promise<Session> {
  const client = new pg.Client(settings(url, options));
  client.on('error', ignoreDropped);
  try {
    await client.connect();
  } catch (cause) {
    throw unreachable(url, cause);
  }
  let ended: Promise<void> | undefined;
  const end = () => (ended ??= client.end());
  return { ...sqlOf(client), end, [Symbol.asyncDispose]: end };
}

/** The database behind a URL; throws `db.unreachable` when it can't be reached. */
export async function connect(url: string, options: ConnectOptions = {}): Promise<Database> {
  const pool = new pg.Pool({ ...settings(url, options), max: options.max ?? 4 });
  pool.on('error', ignoreDropped);
  pool.on('connect', (client) => client.on('error', ignoreDropped));
  const session = sessionsOf(pool, url);
  try {
    await session((sql) => sql.query('select 1'));
  } catch (error) {
    await pool.end();
    throw error;
  }
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= pool.end().then(() => options.onClose?.()));
  return {
    url,
    name: databaseName(url),
    session,
    baseline: () => session(rememberBaseline),
    reset: () => session(resetToBaseline),
    checksums: () => session(checksums),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The URL with its password, wherever it stands, replaced by `***`; fit for messages. */
export function redact(url: string): string {
  try {
    const parsed = new URL(url);
    if (parsed.password) parsed.password = '***';
    for (const key of ['password', 'sslpassword']) {
      if (parsed.searchParams.has(key)) parsed.searchParams.set(key, '***');
    }
    return parsed.toString();
  } catch {
    return '(not a URL)';
  }
}

/** The same server and credentials, another database. */
export function withDatabase(url: string, name: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${encodeURIComponent(name)}`;
  return parsed.toString();
}

/** The database a URL names; PostgreSQL's own default is the user's name. */
export function databaseName(url: string): string {
  const parsed = new URL(url);
  return decodeURIComponent(parsed.pathname.slice(1)) || decodeURIComponent(parsed.username);
}

function sessionsOf(pool: pg.Pool, url: string): Database['session'] {
  return async (work, { applicationName } = {}) => {
    const client = await pool.connect().catch((cause: unknown) => {
      throw unreachable(url, cause);
    });
    let broken = true;
    try {
      const sql = sqlOf(client);
      if (applicationName) await rename(sql, applicationName);
      const result = await work(sql);
      if (applicationName) await sql.query('reset application_name');
      broken = false;
      return result;
    } finally {
      // After a failure the session may be inside a transaction or hold settings: don't reuse it.
      client.release(broken);
    }
  };
}

function rename(sql: Sql, applicationName: string): Promise<unknown> {
  return sql.query("select set_config('application_name', $1, false)", [applicationName]);
}

function sqlOf(client: pg.ClientBase): Sql {
  return {
    async query(text, params, name) {
      // Without parameters and name the text may hold several statements (simple protocol).
      const simple = params === undefined && name === undefined;
      const values = [...(params ?? [])];
      const result: unknown = simple
        ? await client.query(text)
        : await client.query({ text, values, ...(name === undefined ? {} : { name }) });
      return rowsOf(result);
    },
  };
}

/** Of several statements, the rows of the last. */
function rowsOf(result: unknown): readonly Record<string, unknown>[] {
  const last = Array.isArray(result) ? (result.at(-1) as unknown) : result;
  return (last as pg.QueryResult<Record<string, unknown>>).rows;
}

function settings(url: string, options: ConnectOptions): pg.ClientConfig {
  try {
    new URL(url);
  } catch {
    throw new StatewrightError('db.badUrl', 'The database URL is not a URL.', {
      hint: 'Give it as postgres://user:password@host:5432/name.',
    });
  }
  return {
    connectionString: url,
    application_name: options.applicationName ?? `statewright/${process.pid}`,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    ...(options.statementTimeoutMs ? { statement_timeout: options.statementTimeoutMs } : {}),
  };
}

function unreachable(url: string, cause: unknown): StatewrightError {
  const { hostname, port } = new URL(url);
  const facts = { host: hostname, port: port || '5432', database: databaseName(url) };
  const why = cause instanceof Error ? cause.message || errorCode(cause) : String(cause);
  return new StatewrightError(
    'db.unreachable',
    `Can't reach database "${facts.database}" at ${facts.host}:${facts.port}: ${why}`,
    { hint: 'Check that the server runs and that the URL is right.', facts, cause },
  );
}

/** A refused connection to a name with several addresses is an AggregateError without a message. */
function errorCode(error: Error): string {
  return 'code' in error ? String(error.code) : error.name;
}

/** A server that stops drops idle sessions (57P01); whoever queries next gets the error. */
function ignoreDropped(): void {
  return;
}
