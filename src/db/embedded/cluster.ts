import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StatewrightError } from '../../kernel/errors.ts';
import type { Binaries } from './binaries.ts';
import { makeWhole } from './draft.ts';
import { dataRoot, defaultHome, type ServerUser } from './home.ts';
import { giveIdentity } from './identity.ts';

/** Where a new cluster of that id will live; nothing is made yet. */
export async function clusterPath(id: string): Promise<string> {
  return join(await dataRoot(), id);
}

/**
 * Makes a cluster at `dataDir`: a copy of one initdb that is cached for each PostgreSQL version, with a
 * system identifier of its own.
 */
export async function makeCluster(
  dataDir: string,
  binaries: Binaries,
  user: ServerUser | null,
): Promise<void> {
  const cached = await cachedInitdb(binaries, user);
  await openFolder(dirname(dataDir));
  await ownFolder(dataDir, user);
  await run('cp', ['-Rp', `${cached}/.`, dataDir], user);
  await giveIdentity(dataDir);
}

async function cachedInitdb(binaries: Binaries, user: ServerUser | null): Promise<string> {
  const owner = user ? user.uid : 'own';
  const folder = join(defaultHome(), 'initdb');
  const cached = join(folder, `${binaries.version.replace(/[^\w.]+/g, '-')}-${owner}-2`);
  await openFolder(folder);
  await makeWhole(cached, async (draft) => {
    await ownFolder(draft, user);
    await run(binaries.initdb, [...initdbOptions, '-D', draft], user);
  });
  return cached;
}

/** One locale on every machine (sorting by code point), small WAL segments (less to copy). */
const initdbOptions = [
  '--username=postgres',
  '--auth=trust',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--wal-segsize=1',
  '--no-sync',
  '--no-data-checksums',
  '--no-instructions',
];

async function openFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true });
  if (made) await chmod(folder, 0o755);
}

async function ownFolder(folder: string, user: ServerUser | null): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  if (user) await chown(folder, user.uid, user.gid);
}

async function run(command: string, args: string[], user: ServerUser | null): Promise<void> {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  const child = spawn(command, args, { cwd: '/', env, ...user, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  }
  const [code] = await once(child, 'close').catch((cause: unknown) => {
    throw failed(command, String(cause));
  });
  if (code !== 0) throw failed(command, output);
}

function failed(command: string, output: string): StatewrightError {
  return new StatewrightError('db.embeddedFailed', `${command} failed: ${output.trim()}`, {
    hint: 'Check free space and rights in the temp and cache folders, or use your own server with --db URL.',
    facts: { command },
  });
}
