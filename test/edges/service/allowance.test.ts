import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { allowWork } from '../../../src/edges/service/jobs/allowance.ts';

const SCRIPT = `
const { parentPort } = require('node:worker_threads');
const cell = new Int32Array(new SharedArrayBuffer(4));
parentPort.on('message', (ms) => {
  if (ms === null) for (;;) JSON.stringify(cell);
  Atomics.wait(cell, 0, 0, ms);
  parentPort.postMessage('done');
});
parentPort.postMessage('ready');
`;

async function startThread(): Promise<Worker> {
  const worker = new Worker(SCRIPT, { eval: true });
  onTestFinished(async () => void (await worker.terminate()));
  await once(worker, 'message');
  return worker;
}

test('a thread that works for too long is told of', async () => {
  const worker = await startThread();
  const over = new Promise<void>((resolve) => allowWork(worker, 100, resolve));
  worker.postMessage(null);
  await over;
});

test.skipIf(!('cpuUsage' in Worker.prototype))(
  'one that only waits, as on a machine with much else to do, may go on',
  async () => {
    const worker = await startThread();
    const told: string[] = [];
    const end = allowWork(worker, 400, () => told.push('over'));
    worker.postMessage(1_200);
    await once(worker, 'message');
    end();
    expect(told).toEqual([]);
  },
);

test('one that waits for ever is told of in the end', async () => {
  const worker = await startThread();
  const began = performance.now();
  const over = new Promise<void>((resolve) => allowWork(worker, 50, resolve));
  worker.postMessage(60_000);
  await over;
  expect(performance.now() - began).toBeGreaterThan(290);
});
