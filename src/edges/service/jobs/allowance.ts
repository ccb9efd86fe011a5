import type { Worker } from 'node:worker_threads';

/** On a machine with much else to do, or asleep, a thread may take so many times as long as it works. */
const PATIENCE = 6;

/**
 * Calls `over` once the thread has been at work for so long since now, in CPU time: who waits for a busy machine is not
 * costly. A Node that can't tell, before 24.6, counts the time that went by. The function it gives ends the watch.
 */
export function allowWork(worker: Worker, ms: number, over: () => void): () => void {
  const began = performance.now();
  const before = workedMs(worker);
  let ended = false;
  const end = (): void => {
    ended = true;
    clearTimeout(next);
    clearTimeout(last);
  };
  const exceed = (): void => {
    if (ended) return;
    end();
    over();
  };
  const look = async (): Promise<void> => {
    const [now, then] = await Promise.all([workedMs(worker), before]);
    if (ended) return;
    const worked = now === null || then === null ? performance.now() - began : now - then;
    if (worked >= ms) return exceed();
    next = setTimeout(look, Math.max(20, ms - worked));
  };
  let next = setTimeout(look, ms);
  const last = setTimeout(exceed, ms * PATIENCE);
  return end;
}

/** What a thread has worked since it began, none while it starts; null where that can't be told. */
async function workedMs(worker: Worker): Promise<number | null> {
  if (typeof worker.cpuUsage !== 'function') return null;
  const { user, system } = await worker.cpuUsage().catch(() => ({ user: 0, system: 0 }));
  return (user + system) / 1_000;
}
