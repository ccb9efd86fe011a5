import { openAsker } from './ask.ts';
import type { Asked, Task, Word } from './task.ts';

/** States between two words to the parent, each after a garbage collection. */
const EVERY = 50;

process.once('message', (task) => {
  void work(task as Task).then(
    () => process.disconnect(),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function work({ count, first, step, asks, ...at }: Task): Promise<void> {
  await using asker = await openAsker(at);
  let asked: Asked[] = [];
  for (let n = 0; n < count; n++) {
    const ask = asks[(first + n * step) % asks.length];
    if (ask) asked.push(await asker.ask(ask));
    if (asked.length === EVERY || n === count - 1) {
      tell(asked);
      asked = [];
    }
  }
}

function tell(asked: readonly Asked[]): void {
  gc?.();
  const { heapUsed, heapTotal, external, rss } = process.memoryUsage();
  const mb = (bytes: number) => bytes / 2 ** 20;
  const heap = { heapMB: mb(heapUsed), heapTotalMB: mb(heapTotal), externalMB: mb(external) };
  process.send?.({ asked, ...heap, rssMB: mb(rss) } satisfies Word);
}
