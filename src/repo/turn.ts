import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { digest } from '../kernel/digest.ts';
import { type LockOptions, takeLock } from '../kernel/lock.ts';

/** Nobody waits longer for what another process reads. */
const MOST_MS = 120_000;

/**
 * The turn to read the checkout at `root` anew and keep it in a folder: one process at a time has it, the others wait for
 * what that one keeps. Where no turn can be taken everybody has it. Throws once the signal is aborted.
 */
export async function takeTurn(
  folder: string,
  root: string,
  options: Pick<LockOptions, 'onWait' | 'signal'>,
): Promise<AsyncDisposable> {
  const lock = join(folder, 'turns', digest(root).slice(0, 32));
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return await takeLock(lock, { ...options, mostMs: MOST_MS });
  } catch {
    options.signal?.throwIfAborted();
    return { [Symbol.asyncDispose]: async () => undefined };
  }
}
