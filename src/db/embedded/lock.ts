import { StatewrightError } from '../../kernel/errors.ts';
import { takeLock } from '../../kernel/lock.ts';

/** Runs `work` while no other process on this machine is inside the same folder's lock. */
export async function withLock<T>(
  folder: string,
  work: () => Promise<T>,
  timeoutMs = 60_000,
): Promise<T> {
  const stuck = (holders: readonly string[]) => stuckIn(folder, holders);
  await using _ = await takeLock(folder, { patience: { ms: timeoutMs, stuck } });
  return await work();
}

function stuckIn(folder: string, holders: readonly string[]): StatewrightError {
  return new StatewrightError(
    'db.locked',
    `Another process has been starting or stopping the embedded PostgreSQL for too long: ${holders.join(', ')}.`,
    {
      hint: `End that process (the number before the first dot), or choose another home than ${folder}.`,
      facts: { folder, holders: [...holders] },
    },
  );
}
