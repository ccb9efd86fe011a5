import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';

const Process = z.object({ pid: z.number().int(), start: z.string() });

/** The embedded server as written down in its home, before and after it starts. */
export const ServerState = z.object({
  id: z.string(),
  dataDir: z.string(),
  version: z.string(),
  port: z.number().int(),
  /** Null until PostgreSQL was started. */
  postmaster: Process.nullable(),
  /** The process that stops the server when nobody needs it. */
  watcher: Process.nullable(),
  /** Processes that keep what can't be made anew there: while one lives, a server that died is started again on its data. */
  keepers: z.array(Process).default([]),
});
export type ServerState = Readonly<z.infer<typeof ServerState>>;

/** Who PostgreSQL runs as: ourselves (null), or `nobody` where we are root, which it refuses. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

export async function serverUser(): Promise<ServerUser | null> {
  if (userInfo().uid !== 0) return null;
  const line = (await readFile('/etc/passwd', 'utf8')).match(/^nobody:[^:]*:(\d+):(\d+):/m);
  return { uid: Number(line?.[1] ?? 65534), gid: Number(line?.[2] ?? 65534) };
}

/** Where everything is kept that outlives a command: the user's cache, or the temp folder for root. */
export function defaultHome(): string {
  const { uid } = userInfo();
  const temp = join(tmpdir(), `statewright-${uid}`);
  if (uid === 0) return temp;
  const cache = join(homedir(), '.cache');
  return isWritable(cache) ? join(cache, 'statewright') : temp;
}

/** Memory where there is a gigabyte of it to spare, else the disk. */
export async function dataRoot(): Promise<string> {
  const ram = '/dev/shm';
  try {
    const { bavail, bsize } = await statfs(ram);
    accessSync(ram, constants.W_OK);
    if (bavail * bsize >= 2 ** 30) return join(ram, `statewright-${userInfo().uid}`);
  } catch {
    return join(defaultHome(), 'data');
  }
  return join(defaultHome(), 'data');
}

/** Whether any user may pass through every folder on the way to `path`. */
export function isOpenToAll(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

const stateFile = (home: string) => join(home, 'server.json');

/** What the home knows of its server; an unreadable file counts as none. */
export async function readState(home: string): Promise<ServerState | null> {
  try {
    const parsed = ServerState.safeParse(JSON.parse(await readFile(stateFile(home), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export async function writeState(home: string, state: ServerState): Promise<ServerState> {
  const fresh = `${stateFile(home)}.new`;
  await writeFile(fresh, `${JSON.stringify(state, null, 2)}\n`);
  await rename(fresh, stateFile(home));
  return state;
}

export async function clearState(home: string): Promise<void> {
  await rm(stateFile(home), { force: true });
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
