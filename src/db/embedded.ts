import { mkdir, rm, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { StatewrightError } from '../kernel/errors.ts';
import { isRunning } from '../kernel/process.ts';
import type { Session } from './db.ts';
import { findBinaries } from './embedded/binaries.ts';
import { clusterPath, makeCluster } from './embedded/cluster.ts';
import {
  clearState,
  defaultHome,
  readState,
  type ServerState,
  serverUser,
  writeState,
} from './embedded/home.ts';
import { withLock } from './embedded/lock.ts';
import {
  findPostmaster,
  freePort,
  type Launch,
  launch,
  stopPostmaster,
  untilReady,
} from './embedded/postmaster.ts';
import { isNeeded, joinServer, prepareServer } from './embedded/use.ts';
import { endWatcher, ensureWatcher } from './embedded/watcher.ts';

export interface EmbeddedOptions {
  /** The folder that knows the server; one server a home. The user's cache folder when absent. */
  readonly home?: string;
}

/** A real PostgreSQL on this machine, shared by every process that names the same home. */
export interface Server extends AsyncDisposable {
  /** The maintenance database, as superuser. */
  readonly url: string;
  readonly pid: number;
  readonly home: string;
  readonly version: string;
  /** Whether this call started it; false when a running one was found. */
  readonly started: boolean;
  /** Lets go of it. The last user stops it and removes its data, unless a hold stands (db/holds.ts). */
  stop(): Promise<void>;
}

/** Finds the home's server or starts it. Any number of processes may call this at once: one server results. */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<Server> {
  const home = await openHome(options.home ?? defaultHome());
  return withLock(join(home, 'lock'), async () => {
    const found = await findRunning(home);
    const state = found ?? (await startServer(home));
    const use = await joinServer(serverUrl(state));
    await prepareServer(use);
    await ensureWatcher(home, state);
    return serverFrom(home, state, { use, started: !found });
  });
}

/**
 * Stops the home's server when no process uses it and no hold stands, and clears what a dead one left.
 * Returns what is the case afterwards.
 */
export async function stopIfIdle(options: EmbeddedOptions = {}): Promise<'none' | 'running'> {
  const home = options.home ?? defaultHome();
  if (!(await stat(home).catch(() => null))) return 'none';
  return withLock(join(home, 'lock'), async () => {
    const state = await findRunning(home);
    if (!state) return 'none';
    if (await isNeeded(serverUrl(state))) return 'running';
    await stopServer(home, state);
    return 'none';
  });
}

/** The URL of the maintenance database of a written-down server. */
export function serverUrl(state: ServerState): string {
  return `postgres://postgres@127.0.0.1:${state.port}/postgres`;
}

function serverFrom(
  home: string,
  state: ServerState,
  { use, started }: { use: Session; started: boolean },
): Server {
  let stopped: Promise<void> | undefined;
  const stop = () =>
    (stopped ??= use
      .end()
      .then(() => stopIfIdle({ home }))
      .then(() => undefined));
  const { version } = state;
  const pid = state.postmaster?.pid ?? 0;
  return { url: serverUrl(state), pid, home, version, started, stop, [Symbol.asyncDispose]: stop };
}

/** The server the home names, if it runs. What a dead or half-started one left is removed. */
async function findRunning(home: string): Promise<ServerState | null> {
  const state = await readState(home);
  if (!state) return null;
  const running = await findPostmaster(state.dataDir);
  if (running?.ready && state.postmaster && isRunning(state.postmaster)) return state;
  await stopServer(home, { ...state, postmaster: running ?? state.postmaster });
  return null;
}

/** Writes down where the server will be before anything is made, so that a kill at any point is found. */
async function startServer(home: string): Promise<ServerState> {
  const user = await serverUser();
  const binaries = await findBinaries(user);
  const id = crypto.randomUUID();
  const logFile = join(home, 'server.log');
  await rm(logFile, { force: true });
  for (let attempt = 0; attempt < 5; attempt++) {
    const dataDir = await clusterPath(id);
    const at: Launch = { dataDir, port: await freePort(), logFile };
    const intent = { id, dataDir, version: binaries.version, port: at.port };
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

async function stopServer(home: string, state: ServerState): Promise<void> {
  await endWatcher(state);
  await stopPostmaster(state.postmaster, state.dataDir);
  await clearState(home);
}

async function openHome(home: string): Promise<string> {
  await mkdir(home, { recursive: true });
  const { uid } = await stat(home);
  if (uid === userInfo().uid || uid === 0) return home;
  throw new StatewrightError('db.foreignHome', `The folder ${home} belongs to another user.`, {
    hint: 'Remove it, or choose another home.',
    facts: { home },
  });
}
