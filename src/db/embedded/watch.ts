import { setTimeout as sleep } from 'node:timers/promises';
import { serverUrl, stopIfIdle } from '../embedded.ts';
import { openSession } from '../pg.ts';
import { readState } from './home.ts';
import { isNeededBy } from './use.ts';

const [home = '', id = ''] = process.argv.slice(2);
await watch();

/**
 * The watcher's whole life: while the home names the server it was started for, look once a second
 * whether anybody needs it; stop it and clear up when nobody does, or when it died.
 */
async function watch(): Promise<void> {
  for (let state = await readState(home); state?.id === id; state = await readState(home)) {
    const session = await openSession(serverUrl(state), { applicationName: 'watcher' }).catch(
      () => null,
    );
    const needed = session && (await untilUnneeded(session).catch(() => 'gone'));
    await session?.end().catch(() => undefined);
    if (needed !== 'gone' && (await stopIfIdle({ home })) === 'none') return;
    await sleep(1000);
  }
}

async function untilUnneeded(session: Parameters<typeof isNeededBy>[0]): Promise<void> {
  while (await isNeededBy(session)) await sleep(1000);
}
