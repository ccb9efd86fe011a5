import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StatewrightError } from '../../kernel/errors.ts';
import { findBinaries } from './binaries.ts';
import { clusterPath, makeCluster } from './cluster.ts';
import { clearState, type ServerState, serverUser, writeState } from './home.ts';
import {
  findPostmaster,
  freePort,
  type Launch,
  launch,
  stopPostmaster,
  untilReady,
} from './postmaster.ts';
import { endWatcher } from './watcher.ts';

/** Writes down where the server will be before anything is made, so that a kill at any point is found. */
export async function startServer(home: string): Promise<ServerState> {
  const user = await serverUser();
  const binaries = await findBinaries(user);
  const id = crypto.randomUUID();
  const logFile = join(home, 'server.log');
  await rm(logFile, { force: true });
  for (let attempt = 0; attempt < 5; attempt++) {
    const dataDir = await clusterPath(id);
    const at: Launch = { dataDir, port: await freePort(), logFile };
    const intent = { id, dataDir, version: binaries.version, port: at.port, keepers: [] };
    await writeState(home, { ...intent, postmaster: null, watcher: null });
    try {
      await makeCluster(dataDir, binaries, user);
      const postmaster = launch(at, binaries, user);
      const state = await writeState(home, { ...intent, postmaster, watcher: null });
      if (await untilReady(postmaster, at)) return state;
    } catch (error) {
      await stopServer(home, {
        ...intent,
        postmaster: await findPostmaster(dataDir),
        watcher: null,
      });
      throw error;
    }
  }
  throw new StatewrightError('db.embeddedFailed', 'Found no free port for PostgreSQL in 5 tries.', {
    hint: 'Try again, or use your own server with --db URL.',
  });
}

/** Starts a server that died on the data it left, where it answered; null where that can't be done. */
export async function startAgain(home: string, state: ServerState): Promise<ServerState | null> {
  const user = await serverUser();
  const binaries = await findBinaries(user);
  const at: Launch = {
    dataDir: state.dataDir,
    port: state.port,
    logFile: join(home, 'server.log'),
  };
  for (let attempt = 0; attempt < 20; attempt++) {
    const postmaster = launch(at, binaries, user);
    // Processes of the one that died may take a moment to notice.
    const ready = await untilReady(postmaster, at).catch(() => false);
    if (ready) return writeState(home, { ...state, postmaster });
    await sleep(250);
  }
  return null;
}

/** Stops a server with its watcher; its data and what was written down of it go. */
export async function stopServer(home: string, state: ServerState): Promise<void> {
  await endWatcher(state);
  await stopPostmaster(state.postmaster, state.dataDir);
  await clearState(home);
}
