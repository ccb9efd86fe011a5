import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isRunning, type ProcessId, processStart } from '../../src/kernel/process.ts';
import { isAlive, type Order, supervise } from '../../src/proof/supervise.ts';

const env = { PATH: process.env.PATH ?? '' };
const unrecorded = async () => async () => undefined;
const order = (source: string, more: Partial<Order> = {}): Order => ({
  command: [process.execPath, '-e', source],
  cwd: tmpdir(),
  env,
  record: unrecorded,
  ...more,
});

/** A folder that is gone after the test. */
async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'statewright-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function until(holds: () => boolean, ms = 6_000): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (!holds() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  return holds();
}

describe('supervise', () => {
  it('records the process group before the command runs, and takes the entry back after its end', async () => {
    const seen: string[] = [];
    let recorded: ProcessId | undefined;
    const child = await supervise(
      order('console.log("running")', {
        record: async (process) => {
          recorded = process;
          await new Promise((resolve) => setTimeout(resolve, 150));
          seen.push('recorded');
          return async () => void seen.push(isRunning(process) ? 'early' : 'closed');
        },
      }),
    );
    expect(child.logs.tail(1)).toEqual([]);
    expect(await child.exited).toEqual({ code: 0, signal: null, error: null });
    expect(child.logs.tail(1)).toEqual(['running']);
    await child.stop();
    expect(seen).toEqual(['recorded', 'closed']);
    expect(recorded).toEqual(child.process);
  });

  it('runs nothing when it cannot be recorded', async () => {
    const file = join(await scratchFolder(), 'ran');
    const source = `require('node:fs').writeFileSync(${JSON.stringify(file)}, '')`;
    const record = () => Promise.reject(new Error('no ledger'));
    await expect(supervise(order(source, { record }))).rejects.toThrow('no ledger');
    expect(existsSync(file)).toBe(false);
  });

  it('tells how a command ended, or why it could not start', async () => {
    const three = await supervise(order('process.exit(3)'));
    expect(await three.exited).toEqual({ code: 3, signal: null, error: null });
    const absent = await supervise(order('', { command: ['no-such-command'] }));
    expect((await absent.exited).error).toBe('ENOENT');
    expect(isAlive(absent)).toBe(false);
  });

  it('gives the command its own environment and nothing of ours', async () => {
    const child = await supervise(
      order('console.log(JSON.stringify(process.env))', { env: { ONLY: 'this' } }),
    );
    await child.exited;
    const given: object = JSON.parse(child.logs.tail(1)[0] ?? '{}');
    expect(Object.keys(given).filter((name) => !name.startsWith('__CF'))).toEqual(['ONLY']);
  });

  it('masks secrets in what is logged', async () => {
    const secret = { env: { ...env, API_TOKEN: 'tok-123456', DB: 'postgres://u:hunter22@h/d' } };
    const child = await supervise(
      order('console.log(process.env.API_TOKEN, process.env.DB, "redis://x:other@y")', secret),
    );
    await child.exited;
    expect(child.logs.tail(1)).toEqual(['*** postgres://u:***@h/d redis://x:***@y']);
  });

  it('ends the whole group, by force where it does not listen', async () => {
    const deaf = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`;
    const child = await supervise(
      order(`
        const kid = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(deaf)}]);
        ${deaf} console.log(kid.pid, process.pid);`),
    );
    await until(() => child.logs.tail(1).length > 0);
    const pids = (child.logs.tail(1)[0] ?? '').split(' ').map(Number);
    expect(pids.map(processStart)).not.toContain(null);
    await child.stop();
    expect(await until(() => pids.every((pid) => processStart(pid) === null))).toBe(true);
    expect(isRunning(child.process)).toBe(false);
  });

  it('ends the command when its supervisor alone is killed', async () => {
    const child = await supervise(order('console.log(process.pid); setInterval(() => {}, 1000)'));
    await until(() => child.logs.tail(1).length > 0);
    const pid = Number(child.logs.tail(1)[0]);
    process.kill(child.process.pid, 'SIGKILL');
    expect((await child.exited).signal).toBe('SIGKILL');
    expect(await until(() => processStart(pid) === null)).toBe(true);
    await child.stop();
  });

  it('leaves neither process nor folder behind when its owner is killed with -9', async () => {
    const scratch = join(await scratchFolder(), 'scratch');
    const supervisor = new URL('../../src/proof/supervise.ts', import.meta.url).href;
    const owner = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { supervise } from ${JSON.stringify(supervisor)};
         const child = await supervise({
           command: [process.execPath, '-e', 'console.log(process.pid); setInterval(() => {}, 1000)'],
           cwd: ${JSON.stringify(scratch)}, env: {}, scratch: ${JSON.stringify(scratch)},
           record: async () => async () => undefined,
         });
         setInterval(() => {
           const [pid] = child.logs.tail(1);
           if (pid) console.log(child.process.pid, pid);
         }, 50);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const line = await new Promise<string>((resolve) => owner.stdout.once('data', resolve));
    const pids = String(line).trim().split('\n')[0]?.split(' ').map(Number) ?? [];
    expect(pids.map(processStart)).not.toContain(null);
    expect(existsSync(scratch)).toBe(true);
    owner.kill('SIGKILL');
    expect(await until(() => pids.every((pid) => processStart(pid) === null))).toBe(true);
    expect(existsSync(scratch)).toBe(false);
  });
});
