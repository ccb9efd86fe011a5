import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, ownProcess } from './process.ts';

export interface LockOptions {
  /** How long to wait; then `stuck` says what to throw. Without it there is no end to the wait. */
  readonly patience?: {
    readonly ms: number;
    readonly stuck: (holders: readonly string[]) => Error;
  };
  /** Whoever is inside for longer is passed over; without it as long as its process lives. */
  readonly mostMs?: number;
  /** Called once, when somebody else is inside. */
  readonly onWait?: () => void;
  readonly signal?: AbortSignal;
}

/**
 * Waits until nobody else on this machine is inside the folder's lock, and enters; disposing of it leaves. Each
 * contender puts down a file named after itself (pid, start time, a nonce), then looks: whoever came later sees
 * the earlier one and steps back, so two can't both go on. Files of dead processes are removed; no two
 * contenders ever share a name, so that can't hit a live one.
 */
export async function takeLock(
  folder: string,
  { patience, mostMs, onWait, signal }: LockOptions = {},
): Promise<AsyncDisposable> {
  await mkdir(folder, { recursive: true });
  const { pid, start } = ownProcess();
  const own = { folder, name: `${pid}.${start}.${randomBytes(6).toString('hex')}`, mostMs };
  const began = performance.now();
  const waited = () => performance.now() - began;
  let told = false;
  while (!(await enter(own))) {
    if (patience && waited() > patience.ms) throw patience.stuck(await others(own));
    if (!told) onWait?.();
    told = true;
    // One who waits for long looks less often.
    const pauseMs = 10 + Math.random() * 30 + Math.min(200, waited() / 10);
    await sleep(pauseMs, undefined, signal ? { signal } : {});
  }
  return { [Symbol.asyncDispose]: () => leave(own) };
}

interface Contender {
  readonly folder: string;
  readonly name: string;
  readonly mostMs: number | undefined;
}

async function enter(own: Contender): Promise<boolean> {
  if ((await others(own)).length > 0) return false;
  await writeFile(join(own.folder, own.name), '', { flag: 'wx' });
  if ((await others(own)).length === 0) return true;
  await leave(own);
  return false;
}

function leave({ folder, name }: Contender): Promise<void> {
  return rm(join(folder, name), { force: true });
}

async function others({ folder, name: own, mostMs }: Contender): Promise<string[]> {
  const live: string[] = [];
  for (const name of await readdir(folder)) {
    if (name === own) continue;
    const [pid, start] = name.split('.');
    const path = join(folder, name);
    const runs = pid && start && isRunning({ pid: Number(pid), start });
    if (runs && !(await isOlder(path, mostMs))) live.push(name);
    else await rm(path, { force: true });
  }
  return live;
}

async function isOlder(path: string, mostMs: number | undefined): Promise<boolean> {
  if (mostMs === undefined) return false;
  const found = await stat(path).catch(() => null);
  return found === null || Date.now() - found.mtimeMs > mostMs;
}
