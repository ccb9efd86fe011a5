import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A command in a process group of its own; stopping it stops all it has started. */
export interface Group extends AsyncDisposable {
  readonly pid: number;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
  /** What it has written so far, on either stream. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

export function startGroup(
  command: readonly [string, ...string[]],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Group {
  const [file, ...args] = command;
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  const child = spawn(file, args, { cwd, env, stdio: [...stdio], detached: true });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file} did not start`);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      text += chunk;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const stop = () => stopGroup(child, pid);
  return { pid, ended, output: () => text, stop, [Symbol.asyncDispose]: stop };
}

/** Whether any process of the group is still there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function stopGroup(child: ChildProcess, pid: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isAlive(pid)) break;
    process.kill(-pid, signal);
    for (let waited = 0; waited < 5_000 && isAlive(pid); waited += 50) await sleep(50);
  }
  child.stdout?.destroy();
  child.stderr?.destroy();
}
