import { randomBytes } from 'node:crypto';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withDatabase } from '../../src/db/db.ts';
import { findBinaries } from '../../src/db/embedded/binaries.ts';
import { makeCluster } from '../../src/db/embedded/cluster.ts';
import { serverUser } from '../../src/db/embedded/home.ts';
import { freePort, launch, stopPostmaster, untilReady } from '../../src/db/embedded/postmaster.ts';
import { openSession } from '../../src/db/pg.ts';
import { isRunning, type ProcessId } from '../../src/kernel/process.ts';
import { enroll } from '../../src/run/guard.ts';
import { type Disk, smallDisk } from './disk.ts';
import type { Place } from './faults.ts';
import { SCHEMA } from './scene.ts';

/** The ledger beside the states' database, or in it. */
export type LedgerIs = 'elsewhere' | 'in the target';

/** Makes the database that states are set up in. */
export async function prepared(
  url: string,
  {
    ledger = 'elsewhere',
    disk = null,
    schema = SCHEMA,
  }: { ledger?: LedgerIs; disk?: Disk | null; schema?: string } = {},
): Promise<Place> {
  const name = `faults_${randomBytes(4).toString('hex')}`;
  await using admin = await openSession(url);
  await admin.query(`create database ${name}`);
  const database = withDatabase(url, name);
  await using sql = await openSession(database);
  await sql.query(schema);
  await enroll(sql, { environment: 'faults', address: null, days: null });
  const about = disk ? 'the whole server on it' : `ledger ${ledger}`;
  return { name: about, url: ledger === 'elsewhere' ? url : database, database, disk };
}

/** A database alone on a small disk; the ledger has room. */
export async function onSmallTablespace(
  url: string,
  parent: string,
): Promise<Place & AsyncDisposable> {
  await using made = new AsyncDisposableStack();
  const disk = made.use(await smallDisk(parent, 32));
  const location = join(disk.folder, 'space');
  await mkdir(location, { mode: 0o700 });
  const user = await serverUser();
  if (user) await chown(location, user.uid, user.gid);
  await using admin = await openSession(url);
  await admin.query(`create tablespace small location '${location}'`);
  await admin.query('create database faults_small tablespace small');
  const database = withDatabase(url, 'faults_small');
  await using sql = await openSession(database);
  await sql.query(SCHEMA);
  await enroll(sql, { environment: 'faults', address: null, days: null });
  made.defer(async () => {
    await disk.heal();
    await using last = await openSession(url);
    await last.query('drop database faults_small with (force)');
    await last.query('drop tablespace small');
  });
  const kept = made.move();
  const end = () => kept.disposeAsync();
  return { name: 'the target on it', url, database, disk, [Symbol.asyncDispose]: end };
}

/**
 * A server whose whole data directory is on a small disk. Full, it can't write its log and goes down;
 * with room again it is started again, and recovers.
 */
export async function onSmallServer(parent: string): Promise<Place & AsyncDisposable> {
  await using made = new AsyncDisposableStack();
  // Each time it is filled, the log of what fills it stays a while.
  const disk = made.use(await smallDisk(parent, 192));
  const user = await serverUser();
  const binaries = await findBinaries(user);
  const dataDir = join(disk.folder, 'data');
  await makeCluster(dataDir, binaries, user);
  const at = { dataDir, port: await freePort(), logFile: join(parent, 'small-server.log') };
  let server: ProcessId;
  const start = async () => {
    server = launch(at, binaries, user);
    await untilReady(server, at);
  };
  await start();
  made.defer(() => disk.heal().then(() => stopPostmaster(server, dataDir)));
  const url = `postgres://postgres@127.0.0.1:${at.port}/postgres`;
  let falling: Promise<void> = Promise.resolve();
  const full: Disk = {
    folder: disk.folder,
    fill() {
      falling = disk.fill().then(() => untilDown(url));
      return falling;
    },
    async heal() {
      await falling.catch(() => undefined);
      await disk.heal();
      await untilServing(url, async (attempt) => {
        // One that got stuck in its recovery is ended, as its operator would.
        if (attempt % 60 === 0 && isRunning(server)) process.kill(server.pid, 'SIGQUIT');
        if (!isRunning(server)) await start();
      });
    },
  };
  const place = await prepared(url, { disk: full });
  const kept = made.move();
  return { ...place, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Writes to the server's log until that has no room left either. */
async function untilDown(url: string): Promise<void> {
  await using sql = await openSession(url);
  for (let megabytes = 0; megabytes < 400; megabytes++) {
    try {
      await sql.query(`select pg_logical_emit_message(false, 'full', repeat('x', 1000000))`);
    } catch {
      return;
    }
  }
  throw new Error('the server has room though its disk is full');
}

/** Full, it may die once more in the middle of its recovery. */
async function untilServing(url: string, start: (attempt: number) => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await start(attempt);
    try {
      await using sql = await openSession(url);
      await sql.query('select 1');
      return;
    } catch (error) {
      if (attempt === 400) throw error;
      await sleep(50);
    }
  }
}
