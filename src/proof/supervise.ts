import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { StatewrightError } from '../kernel/errors.ts';
import { isRunning, type ProcessId, processStart } from '../kernel/process.ts';
import { keepLogs, type Logs, secretsOf } from './logs.ts';

/**
 * Writes the process into the control ledger, committed before the command runs; what it returns takes
 * the entry back once the process is gone. The pid leads a process group: kill the group.
 */
export type RecordProcess = (process: ProcessId) => Promise<() => Promise<void>>;

export interface Order {
  /** Run without a shell. */
  readonly command: readonly string[];
  readonly cwd: string;
  /** The whole environment of the command; it does not show in process listings. */
  readonly env: Readonly<Record<string, string>>;
  /** A folder, absolute and not there yet, that is made for the command and removed when it has ended. */
  readonly scratch?: string;
  readonly record: RecordProcess;
}

/** How a command ended; `error` is the system's code when it could not be started (`ENOENT`). */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly error: string | null;
}

/** A command in a process group of its own. It ends when `stop` is called or this process ends, however. */
export interface Supervised {
  readonly process: ProcessId;
  readonly logs: Logs;
  readonly exited: Promise<Exit>;
  /** Null while it runs. */
  exit(): Exit | null;
  /** Terminates the group, by force after 1.5 s, and resolves when it is gone. */
  stop(): Promise<void>;
}

const SUPERVISOR = fileURLToPath(new URL('./supervisor.js', import.meta.url));
const DRAIN_MS = 250;

/** Starts a command under the supervisor, recorded first. A command that can't start has `exit().error`. */
export async function supervise(order: Order): Promise<Supervised> {
  const child = spawn(process.execPath, [SUPERVISOR], {
    detached: true,
    env: {},
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  const logs = keepLogs(secretsOf(order.env));
  const { exited, exit } = watch(child, logs);
  const id = await identify(child);
  child.stdin?.on('error', () => undefined);
  let closed: (() => Promise<void>) | null = null;
  const stop = once(async () => {
    child.stdin?.end();
    await exited;
    await closed?.();
  });
  try {
    closed = await order.record(id);
  } catch (error) {
    await stop();
    throw error;
  }
  const { command, cwd, env, scratch = null } = order;
  child.stdin?.write(`${JSON.stringify({ command, cwd, env, scratch })}\n`);
  return { process: id, logs, exited, exit, stop };
}

async function identify(child: ChildProcess): Promise<ProcessId> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const start = processStart(child.pid ?? 0);
  if (child.pid === undefined || start === null) {
    child.stdin?.end();
    throw new StatewrightError('app.noProcess', "The app's supervisor ended at once.", {
      hint: 'Check the limits on processes and memory of this machine.',
    });
  }
  return { pid: child.pid, start };
}

function watch(child: ChildProcess, logs: Logs) {
  let ended: Exit | null = null;
  let told = '';
  const status = child.stdio[3] as Readable;
  status.setEncoding('utf8').on('data', (chunk: string) => {
    told += chunk;
    ended ??= parseExit(told);
  });
  status.on('error', () => undefined);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => logs.append(chunk));
  }
  const exited = new Promise<Exit>((resolve) => {
    let drain: NodeJS.Timeout | undefined;
    const settle = (signal: string | null) => {
      clearTimeout(drain);
      ended ??= { code: null, signal, error: null };
      resolve(ended);
    };
    child.once('close', (_code, signal) => settle(signal));
    // A daemon that left the group may hold the output open: don't wait for it.
    child.once('exit', (_code, signal) => {
      killGroup(child.pid);
      drain = setTimeout(settle, DRAIN_MS, signal);
    });
  });
  return { exited, exit: () => ended };
}

/** The supervisor takes its group along; when it was killed itself, nobody else does. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: the group is empty, as it should be.
  }
}

function parseExit(told: string): Exit | null {
  const end = told.indexOf('\n');
  return end < 0 ? null : (JSON.parse(told.slice(0, end)) as Exit);
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= work());
}

/** True while the command's supervisor, and so the command, may still run. */
export function isAlive(supervised: Supervised): boolean {
  return supervised.exit() === null && isRunning(supervised.process);
}
