import { setTimeout as sleep } from 'node:timers/promises';
import { serverUrl, stopIfIdle } from '../embedded.ts';
import { openSession } from '../pg.ts';
import { readState, ServerState } from './home.ts';
import { findPostmaster, stopPostmaster } from './postmaster.ts';
import { isNeededBy } from './use.ts';

const [home = '', given = ''] = process.argv.slice(2);
const server = ServerState.parse(JSON.parse(given));
await watch();
// By now it is gone, unless somebody removed the home from under it.
await stopPostmaster(await findPostmaster(server.dataDir), server.dataDir);

/**
 * The watcher's life: look once a second whether anybody needs the server it was started for; stop it
 * and clear up when nobody does, or when it died. Ends when the home no longer names that server.
 */
async function watch(): Promise<void> {
  do {
    const session = await openSession(serverUrl(server), { applicationName: 'watcher' }).catch(
      () => null,
    );
    if (session) await untilUnneeded(session).catch(() => undefined);
    await session?.end().catch(() => undefined);
    if ((await readState(home))?.id !== server.id) return;
    if ((await stopIfIdle({ home })) === 'none') return;
    await sleep(1000);
  } while ((await readState(home))?.id === server.id);
}

async function untilUnneeded(session: Parameters<typeof isNeededBy>[0]): Promise<void> {
  while (await isNeededBy(session)) await sleep(1000);
}
