import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { takeLock } from '../../src/kernel/lock.ts';
import { ownProcess } from '../../src/kernel/process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  return () => rmSync(folder, { recursive: true, force: true });
});

test('one is inside at a time, and each gets its turn', async () => {
  let [inside, most, done] = [0, 0, 0];
  const enter = async () => {
    await using _ = await takeLock(folder);
    inside += 1;
    most = Math.max(most, inside);
    await new Promise(setImmediate);
    inside -= 1;
    done += 1;
  };
  await Promise.all(Array.from({ length: 8 }, enter));
  expect({ most, done }).toEqual({ most: 1, done: 8 });
  expect(readdirSync(folder)).toEqual([]);
});

test('a dead owner is passed over, a live one is waited for', async () => {
  mkdirSync(folder, { recursive: true });
  const { pid, start } = ownProcess();
  writeFileSync(join(folder, `${pid}.${start}0.of-an-earlier-process`), '');
  const held = await takeLock(folder);
  const stuck = (holders: readonly string[]) => new Error(`held by ${holders.length}`);
  await expect(takeLock(folder, { patience: { ms: 50, stuck } })).rejects.toThrow('held by 1');
  await held[Symbol.asyncDispose]();
  await (await takeLock(folder))[Symbol.asyncDispose]();
  expect(readdirSync(folder)).toEqual([]);
});

test('who is inside for too long is passed over where that is asked for', async () => {
  await takeLock(folder);
  const [name = ''] = readdirSync(folder);
  const long = Date.now() / 1_000 - 61;
  utimesSync(join(folder, name), long, long);
  const stuck = () => new Error('held');
  const patience = { ms: 50, stuck };
  await expect(takeLock(folder, { patience })).rejects.toThrow('held');
  await expect(takeLock(folder, { patience, mostMs: 120_000 })).rejects.toThrow('held');
  await takeLock(folder, { patience, mostMs: 60_000 });
});

test('a wait ends with its signal, and tells once that it waits', async () => {
  await takeLock(folder);
  const told: string[] = [];
  const over = new AbortController();
  const waiting = takeLock(folder, {
    onWait: () => told.push('waits'),
    signal: over.signal,
  });
  setTimeout(() => over.abort(), 150);
  await expect(waiting).rejects.toThrow('aborted');
  expect(told).toEqual(['waits']);
  expect(readdirSync(folder)).toHaveLength(1);
});
