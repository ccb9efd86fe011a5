import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Driver } from '../db/db.ts';
import type { Ledger } from './branch.ts';
import type { Docker } from './docker.ts';

/** A PostgreSQL server that was started for a run; closing it takes it away with its data. */
export interface OwnServer extends AsyncDisposable {
  /** Its maintenance database, as superuser. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a server in a container of its own, its data in memory. The ledger knows it before it is made. */
export async function startContainer(
  image: string,
  { docker, driver, ledger }: { docker: Docker; driver: Driver; ledger: Ledger },
): Promise<OwnServer> {
  const name = `statewright-${randomBytes(6).toString('hex')}`;
  const password = randomBytes(16).toString('hex');
  let closed: Promise<void> | undefined;
  const remove = async () => {
    await docker.remove(name);
    await ledger.strike('container', name);
  };
  const close = () => (closed ??= remove());
  await docker.fetchImage(image);
  await ledger.record('container', name);
  try {
    const port = await docker.start(name, {
      image,
      port: 5432,
      env: { POSTGRES_PASSWORD: password },
      command: ['postgres', ...FAST],
      folder: '/var/lib/postgresql',
    });
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    await untilUp(url, driver);
    return { url, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Nothing in it outlives it: it need not wait for a disk. */
export const FAST: readonly string[] = [
  'fsync=off',
  'full_page_writes=off',
  'max_connections=200',
].flatMap((setting) => ['-c', setting]);

const PATIENCE_MS = 60_000;

/** The image starts its server twice, the first time for itself alone: two answers in a row count. */
export async function untilUp(url: string, driver: Driver): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let answers = 0; answers < 2; ) {
    try {
      await using sql = await driver.open(url);
      await sql.query('select 1');
      answers += 1;
    } catch (error) {
      answers = 0;
      if (performance.now() > deadline) throw error;
      await sleep(100);
    }
  }
}
