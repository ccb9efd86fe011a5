import { spawn } from 'node:child_process';
import { closeSync, constants, copyFileSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StatewrightError } from '../../kernel/errors.ts';
import { isRunning, type ProcessId, processStart } from '../../kernel/process.ts';
import type { Binaries } from './binaries.ts';
import type { ServerUser } from './home.ts';

/** The data is disposable, so nothing is made durable; loopback alone is served. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  min_wal_size: '16MB',
  max_wal_size: '256MB',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  // In the data directory, so that it goes with it even after a kill.
  dynamic_shared_memory_type: 'mmap',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

export interface Launch {
  readonly dataDir: string;
  readonly port: number;
  readonly logFile: string;
}

/** Starts PostgreSQL in a session of its own, so that it outlives us and Ctrl-C doesn't reach it. */
export function launch(
  { dataDir, port, logFile }: Launch,
  binaries: Binaries,
  user: ServerUser | null,
): ProcessId {
  const log = openSync(logFile, 'a');
  const method = canCloneFiles(dirname(dataDir)) ? { file_copy_method: 'clone' } : {};
  const options = Object.entries({ ...settings, ...method }).flatMap(([key, value]) => [
    '-c',
    `${key}=${value}`,
  ]);
  const child = spawn(binaries.postgres, ['-D', dataDir, '-p', `${port}`, ...options], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    ...user,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.on('error', () => undefined);
  child.unref();
  const start = child.pid === undefined ? null : processStart(child.pid);
  if (child.pid === undefined || start === null) throw notStarted(logFile, '');
  return { pid: child.pid, start };
}

/** Waits until the server says it is ready; false when another server took the port meanwhile. */
export async function untilReady(server: ProcessId, at: Launch): Promise<boolean> {
  for (const deadline = performance.now() + 30_000; performance.now() < deadline; ) {
    const file = await readPidFile(at.dataDir);
    // One that died has left its own file behind.
    if (file?.ready && file.pid === server.pid) return true;
    if (!isRunning(server)) {
      const log = await readFile(at.logFile, 'utf8').catch(() => '');
      if (/Address already in use/.test(log.slice(-2000))) return false;
      throw notStarted(at.logFile, log);
    }
    await sleep(5);
  }
  throw notStarted(at.logFile, await readFile(at.logFile, 'utf8').catch(() => ''));
}

/**
 * The running server of a data directory, told by its `postmaster.pid`; null when there is none. A pid
 * that has passed to another process is not taken for it: the start times must agree as well.
 */
export async function findPostmaster(
  dataDir: string,
): Promise<(ProcessId & { readonly ready: boolean }) | null> {
  const file = await readPidFile(dataDir);
  const start = file && processStart(file.pid);
  if (!file || !start) return null;
  const command = await readFile(`/proc/${file.pid}/cmdline`, 'utf8').catch(() => null);
  return command === null || command.includes(dataDir) ? { ...file, start } : null;
}

/** Stops the server (sessions are dropped, harder if it doesn't obey) and removes its data. */
export async function stopPostmaster(server: ProcessId | null, dataDir: string): Promise<void> {
  if (server) {
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
      if (await endsAfter(server, signal)) break;
    }
  }
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
}

/** Whether the file system shares blocks between copies: a clone then costs the same at any size. */
function canCloneFiles(folder: string): boolean {
  const probe = join(folder, `probe-${process.pid}`);
  try {
    writeFileSync(probe, 'probe');
    copyFileSync(probe, `${probe}-copy`, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  } finally {
    for (const path of [probe, `${probe}-copy`]) rmSync(path, { force: true });
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function endsAfter(target: ProcessId, signal: NodeJS.Signals): Promise<boolean> {
  if (!isRunning(target)) return true;
  try {
    process.kill(target.pid, signal);
  } catch {
    return !isRunning(target);
  }
  for (const deadline = performance.now() + 5000; performance.now() < deadline; await sleep(5)) {
    if (!isRunning(target)) return true;
  }
  return false;
}

async function readPidFile(dataDir: string): Promise<{ pid: number; ready: boolean } | null> {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => null);
  const lines = text?.split('\n') ?? [];
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, ready: lines[7]?.trim() === 'ready' } : null;
}

function notStarted(logFile: string, log: string): StatewrightError {
  const tail = log.trim().split('\n').slice(-5).join('\n');
  return new StatewrightError('db.embeddedFailed', `PostgreSQL did not start. ${tail}`.trim(), {
    hint: `Its whole log is in ${logFile}. Your own server works too: --db URL.`,
    facts: { logFile },
  });
}
