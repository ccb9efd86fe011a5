import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isRunning, ownProcess, processStart } from '../../src/kernel/process.ts';

test('a process is known by its pid and its start time', () => {
  const own = ownProcess();
  expect(isRunning(own)).toBe(true);
  expect(isRunning({ ...own, start: `${own.start}1` })).toBe(false);
});

test('a process that ended is not running', async () => {
  const child = spawn('sleep', ['60']);
  const pid = child.pid ?? 0;
  const start = processStart(pid);
  expect(start).not.toBeNull();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(processStart(pid)).toBeNull();
});
