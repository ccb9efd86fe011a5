import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A file system of a few megabytes, which can be full. */
export interface Disk {
  readonly folder: string;
  /** Not a byte more fits. */
  fill(): Promise<void>;
  /** Makes room again, and brings back whatever could not do without. */
  heal(): Promise<void>;
}

const run = promisify(execFile);

/** Whether this process may mount one. */
export const mayMount = process.platform === 'linux' && userInfo().uid === 0;

/** Mounts it under `parent`; disposing unmounts and removes it. */
export async function smallDisk(
  parent: string,
  megabytes: number,
): Promise<Disk & AsyncDisposable> {
  const folder = await mkdtemp(join(parent, 'small-'));
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', folder]);
  const ballast = join(folder, 'ballast');
  let filling: Promise<void> = Promise.resolve();
  return {
    folder,
    fill() {
      filling = writeUntilFull(ballast);
      return filling;
    },
    async heal() {
      // A file that is still being written takes its room though it has no name any more.
      await filling.catch(() => undefined);
      await rm(ballast, { force: true });
    },
    async [Symbol.asyncDispose]() {
      await run('umount', ['--lazy', folder]);
      await rm(folder, { recursive: true });
    },
  };
}

async function writeUntilFull(path: string): Promise<void> {
  await using file = await open(path, 'a');
  for (let size = 1 << 20; size >= 1; ) {
    try {
      const { bytesWritten } = await file.write(Buffer.alloc(size));
      if (bytesWritten < size) size = Math.floor(size / 2);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      size = Math.floor(size / 2);
    }
  }
}
