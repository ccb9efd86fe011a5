import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StatewrightError } from '../../kernel/errors.ts';
import { isRunning, ownProcess } from '../../kernel/process.ts';

/**
 * Runs `work` while no other process on this machine is inside the same folder's lock. Each contender
 * puts down a file named after itself (pid, start time, a nonce), then looks: whoever came later sees
 * the earlier one and steps back, so two can't both go on. Files of dead processes are removed; no two
 * contenders ever share a name, so that can't hit a live one.
 */
export async function withLock<T>(
  folder: string,
  work: () => Promise<T>,
  timeoutMs = 60_000,
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const { pid, start } = ownProcess();
  const own = `${pid}.${start}.${randomBytes(6).toString('hex')}`;
  const deadline = performance.now() + timeoutMs;
  while (!(await enter(folder, own))) {
    if (performance.now() > deadline) throw stuck(folder, await liveOthers(folder, own));
    await sleep(10 + Math.random() * 30);
  }
  try {
    return await work();
  } finally {
    await rm(join(folder, own), { force: true });
  }
}

async function enter(folder: string, own: string): Promise<boolean> {
  if ((await liveOthers(folder, own)).length > 0) return false;
  await writeFile(join(folder, own), '', { flag: 'wx' });
  if ((await liveOthers(folder, own)).length === 0) return true;
  await rm(join(folder, own), { force: true });
  return false;
}

async function liveOthers(folder: string, own: string): Promise<string[]> {
  const live: string[] = [];
  for (const name of await readdir(folder)) {
    if (name === own) continue;
    const [pid, start] = name.split('.');
    if (pid && start && isRunning({ pid: Number(pid), start })) live.push(name);
    else await rm(join(folder, name), { force: true });
  }
  return live;
}

function stuck(folder: string, holders: readonly string[]): StatewrightError {
  return new StatewrightError(
    'db.locked',
    `Another process has been starting or stopping the embedded PostgreSQL for too long: ${holders.join(', ')}.`,
    {
      hint: `End that process (the number before the first dot), or choose another home than ${folder}.`,
      facts: { folder, holders: [...holders] },
    },
  );
}
