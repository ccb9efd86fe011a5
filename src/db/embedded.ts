import { mkdir, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { StatewrightError } from '../kernel/errors.ts';
import { isRunning, ownProcess, type ProcessId } from '../kernel/process.ts';
import type { Session } from './db.ts';
import { defaultHome, readState, type ServerState, writeState } from './embedded/home.ts';
import { withLock } from './embedded/lock.ts';
import { findPostmaster } from './embedded/postmaster.ts';
import { startAgain, startServer, stopServer } from './embedded/start.ts';
import { isNeeded, joinServer, prepareServer } from './embedded/use.ts';
import { ensureWatcher } from './embedded/watcher.ts';

export interface EmbeddedOptions {
  /** The folder that knows the server; one server a home. The user's cache folder when absent. */
  readonly home?: string;
  /** Whether its data is this process's alone to keep: should the server die, it is started again on it. */
  readonly keep?: boolean;
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
export async function startEmbedded({
  home: given,
  keep = false,
}: EmbeddedOptions = {}): Promise<Server> {
  const home = await openHome(given ?? defaultHome());
  return withLock(join(home, 'lock'), async () => {
    const found = await findRunning(home);
    const running = found ?? (await startServer(home));
    const state = keep ? await keepIn(home, running) : running;
    const use = await joinServer(serverUrl(state));
    await prepareServer(use);
    await ensureWatcher(home, state);
    return serverFrom(home, state, { use, keep, started: !found });
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
    if (isKept(state) || (await isNeeded(serverUrl(state)))) return 'running';
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
  { use, keep, started }: { use: Session; keep: boolean; started: boolean },
): Server {
  let stopped: Promise<void> | undefined;
  const stop = () =>
    (stopped ??= use
      .end()
      .then(() => (keep ? letGo(home) : undefined))
      .then(() => stopIfIdle({ home }))
      .then(() => undefined));
  const { version } = state;
  const pid = state.postmaster?.pid ?? 0;
  return { url: serverUrl(state), pid, home, version, started, stop, [Symbol.asyncDispose]: stop };
}

/** Writes down that this process keeps data there. */
function keepIn(home: string, state: ServerState): Promise<ServerState> {
  const keepers = [...state.keepers.filter(isRunning), ownProcess()];
  return writeState(home, { ...state, keepers });
}

function isKept({ keepers }: ServerState): boolean {
  return keepers.some(isRunning);
}

async function letGo(home: string): Promise<void> {
  const own = ownProcess();
  const isOther = ({ pid, start }: ProcessId) => pid !== own.pid || start !== own.start;
  if (!(await stat(home).catch(() => null))) return;
  await withLock(join(home, 'lock'), async () => {
    const state = await readState(home);
    if (state) await writeState(home, { ...state, keepers: state.keepers.filter(isOther) });
  });
}

/** The server the home names, if it runs. What a dead or half-started one left is removed, unless it is kept. */
async function findRunning(home: string): Promise<ServerState | null> {
  const state = await readState(home);
  if (!state) return null;
  const running = await findPostmaster(state.dataDir);
  if (running?.ready && state.postmaster && isRunning(state.postmaster)) return state;
  const again = !running && isKept(state) ? await startAgain(home, state) : null;
  if (again) return again;
  await stopServer(home, { ...state, postmaster: running ?? state.postmaster });
  return null;
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
