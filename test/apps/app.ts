// A fixture app as its own README runs it: a database of its own, migrated by its script, and the
// app's process. Nothing of Statewright takes part.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { inject } from 'vitest';
import { freePort, type Group, startGroup } from '../setup/process-group.ts';

export type Row = pg.QueryResultRow;
type Command = readonly [string, ...string[]];

export interface Setup {
  readonly name: string;
  readonly migrate: Command;
  readonly start: Command;
  readonly ready: string;
  readonly env?: Record<string, string>;
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  /** Sent as JSON, or as it is where it is a text or a form. */
  readonly body?: unknown;
}

/** How a request ended; `text` is what a page shows. */
export interface Outcome {
  readonly status: number;
  readonly code: string | null;
  readonly body: Row;
  readonly text: string;
  readonly location: string | null;
  /** The body as it came. */
  readonly raw: string;
  readonly headers: Headers;
}

export class RunningApp {
  private readonly processes = new Map<string, Promise<{ base: string; group: Group }>>();
  private readonly setup: Setup;
  private readonly url: string;
  private readonly pool: pg.Pool;
  private readonly database: string;

  private constructor(setup: Setup, url: string) {
    this.setup = setup;
    this.url = url;
    this.database = new URL(url).pathname.slice(1);
    this.pool = new pg.Pool({ connectionString: url, max: 4 });
  }

  static async open(setup: Setup): Promise<RunningApp> {
    const server = inject('serverUrl');
    const database = `${setup.name}_${randomBytes(4).toString('hex')}`;
    await onServer(`create database ${database}`);
    const url = Object.assign(new URL(server), { pathname: `/${database}` }).href;
    const app = new RunningApp(setup, url);
    await app.migrate();
    await app.base();
    return app;
  }

  private environment(more: Record<string, string> = {}) {
    const { PATH, HOME } = process.env;
    return { PATH, HOME, DATABASE_URL: this.url, ...this.setup.env, ...more };
  }

  private get folder() {
    return new URL(`../../fixtures/apps/${this.setup.name}`, import.meta.url).pathname;
  }

  private async migrate() {
    const env = this.environment();
    await using group = startGroup(this.setup.migrate, { cwd: this.folder, env });
    const code = await group.ended;
    if (code !== 0) throw new Error(`migrate ended with ${code}\n${group.output()}`);
  }

  /** Where the app listens, in a process of its own for each environment. */
  async base(env: Record<string, string> = {}): Promise<string> {
    const key = JSON.stringify(env);
    const starting = this.processes.get(key) ?? this.start(env);
    this.processes.set(key, starting);
    return (await starting).base;
  }

  private async start(env: Record<string, string>) {
    const port = await freePort();
    const base = `http://127.0.0.1:${port}`;
    const group = startGroup(this.setup.start, {
      cwd: this.folder,
      env: this.environment({ ...env, PORT: String(port) }),
    });
    for (let waited = 0; ; waited += 50) {
      const ready = await fetch(`${base}${this.setup.ready}`).catch(() => null);
      if (ready?.ok) return { base, group };
      if (waited > 60_000) {
        await group.stop();
        throw new Error(`${this.setup.name} is not ready\n${group.output()}`);
      }
      await sleep(50);
    }
  }

  async call({ method = 'GET', path, headers = {}, body }: Call, env = {}): Promise<Outcome> {
    const sent = contentOf(body);
    const response = await fetch(`${await this.base(env)}${path}`, {
      method,
      redirect: 'manual',
      ...sent,
      headers: { ...sent.headers, ...headers },
    });
    const content = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    const answer = isJson && content ? JSON.parse(content) : {};
    return {
      status: response.status,
      code: response.status >= 400 ? (answer?.code ?? answer?.error ?? null) : null,
      body: answer,
      text: isJson ? content : visibleText(content),
      location: response.headers.get('location'),
      raw: content,
      headers: response.headers,
    };
  }

  async query(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query(text, values)).rows;
  }

  async insert(table: string, row: Row): Promise<Row> {
    const names = Object.keys(row);
    const marks = names.map((_, i) => `$${i + 1}`);
    const text = `INSERT INTO ${table} (${names}) VALUES (${marks}) RETURNING *`;
    const [inserted] = await this.query(text, Object.values(row));
    return inserted ?? {};
  }

  async stop(): Promise<void> {
    await this.pool.end();
    const groups = await Promise.allSettled(this.processes.values());
    await Promise.all(groups.map((it) => it.status === 'fulfilled' && it.value.group.stop()));
    await onServer(`drop database ${this.database} with (force)`);
  }
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('serverUrl') });
  await client.connect();
  await client.query(statement);
  await client.end();
}

function contentOf(body: unknown) {
  if (body === undefined) return {};
  if (body instanceof FormData || body instanceof URLSearchParams) return { body };
  const headers = { 'content-type': 'application/json' };
  return { headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

/** The text of a page without its scripts and comments. */
function visibleText(html: string): string {
  return html
    .replace(/<(script|style)\b.*?<\/\1>/gs, '')
    .replace(/<!--.*?-->/gs, '')
    .replace(/<[^>]+>/g, '\n')
    .replaceAll('&#x27;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
