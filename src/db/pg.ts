import pg from 'pg';
import { StatewrightError } from '../kernel/errors.ts';
import { forgetBaseline, rememberBaseline } from './baseline.ts';
import { captureContent, replayContent } from './capture.ts';
import { checksums } from './checksums.ts';
import {
  type ConnectOptions,
  type Database,
  databaseName,
  type Row,
  type Session,
  type SessionOptions,
  type Sql,
} from './db.ts';
import { resetToBaseline } from './reset.ts';

/**
 * Whatever the database or the role has set, values are written in forms that are read back as the same, and a session
 * that waits is not ended: its locks say that a run is alive. Servers before 14 or 17 don't know all of these limits.
 */
const FORMS = `
  set datestyle = 'ISO'; set intervalstyle = 'postgres'; set extra_float_digits = 1;
  select set_config(name, '0', false)
  from unnest('{idle_session_timeout,idle_in_transaction_session_timeout,transaction_timeout}'::text[]) name
  where current_setting(name, true) is not null`;

/** Opens one session; throws `db.unreachable` when the server doesn't answer or refuses. */
export async function openSession(url: string, options: SessionOptions = {}): Promise<Session> {
  const { session } = await openClient(url, settings(url, options));
  return session;
}

/** The session together with the client that it speaks through. */
export async function openClient(
  url: string,
  config: pg.ClientConfig,
): Promise<{ readonly client: pg.Client; readonly session: Session }> {
  const client = new pg.Client(config);
  let alive = true;
  client.on('error', ignoreDropped);
  client.on('end', () => {
    alive = false;
  });
  try {
    await client.connect();
    await client.query(FORMS);
  } catch (cause) {
    throw unreachable(url, cause);
  }
  let ended: Promise<void> | undefined;
  const end = () => (ended ??= client.end());
  const session = { ...sqlOf(client), alive: () => alive, end, [Symbol.asyncDispose]: end };
  return { client, session };
}

/** The database behind a URL; throws `db.unreachable` when it can't be reached. */
export async function connect(url: string, options: ConnectOptions = {}): Promise<Database> {
  const pool = new pg.Pool({ ...settings(url, options), max: options.max ?? 4, min: 1 });
  pool.on('error', ignoreDropped);
  pool.on('connect', (client) => {
    client.on('error', ignoreDropped);
    client.query(FORMS).catch(ignoreDropped);
  });
  const session = sessionsOf(pool, url);
  try {
    await session((sql) => sql.query('select 1'));
  } catch (error) {
    await pool.end();
    throw error;
  }
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= end());
  const end = async () => {
    if (options.forgetOnClose) await session(forgetBaseline);
    await options.onClose?.();
    await pool.end();
  };
  return {
    url,
    name: databaseName(url),
    session,
    baseline: () => session(rememberBaseline),
    reset: (resetting) => session((sql) => resetToBaseline(sql, resetting)),
    capture: (name) => session((sql) => captureContent(sql, name)),
    replay: (name) => session((sql) => replayContent(sql, name)),
    checksums: () => session(checksums),
    close,
    [Symbol.asyncDispose]: close,
  };
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
      // Without parameters and name the text may hold several statements.
      if (!params && name === undefined) return rowsOf(await client.query(text));
      const values = [...(params ?? [])];
      return rowsOf(await client.query({ text, values, ...(name === undefined ? {} : { name }) }));
    },
  };
}

/** Of several statements, the rows of the last. */
function rowsOf(result: unknown): readonly Row[] {
  const last = Array.isArray(result) ? (result.at(-1) as unknown) : result;
  return (last as pg.QueryResult<Record<string, unknown>>).rows;
}

export function settings(url: string, options: SessionOptions = {}): pg.ClientConfig {
  assertUrl(url);
  return {
    connectionString: asRead(url),
    application_name: options.applicationName ?? `statewright/${process.pid}`,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    // Queries asked for at once go out at once, and answer in order.
    pipeline: true,
    ...(options.statementTimeoutMs ? { statement_timeout: options.statementTimeoutMs } : {}),
  };
}

/** The driver leaves codes of characters that may stand in a path as they are: those of a database's name are given plain. */
function asRead(url: string): string {
  const parsed = new URL(url);
  parsed.pathname = encodeURI(decodeURIComponent(parsed.pathname));
  return parsed.toString();
}

/** Before anything is tried: the driver would fill what is missing from its own defaults. */
export function assertUrl(url: string): void {
  const form = 'Give it as postgres://user:password@host:5432/name.';
  if (url.trim() === '') {
    throw new StatewrightError('db.noUrl', 'The database URL is empty. Nothing was written.', {
      hint: `Is the variable it comes from set? ${form}`,
    });
  }
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
    throw new StatewrightError('db.badUrl', 'The database URL is no postgres:// URL.', {
      hint: form,
    });
  }
  if (/%(?![\da-f]{2})/i.test(url)) {
    throw new StatewrightError('db.badUrl', 'A % in the database URL begins no character code.', {
      hint: 'Write % itself as %25, in the password too.',
    });
  }
}

export function unreachable(url: string, cause: unknown): StatewrightError {
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
