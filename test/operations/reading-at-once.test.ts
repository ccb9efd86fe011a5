import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, onTestFinished, test } from 'vitest';

const APP = join(import.meta.dirname, '../../fixtures/apps/clinic');
const READER = join(import.meta.dirname, '../setup/read-checkout.ts');

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'reading-'));
  return () => rmSync(cache, { recursive: true, force: true });
});

interface Reader {
  readonly child: ChildProcess;
  readonly said: Promise<readonly string[]>;
}

function startReader(): Reader {
  const child = spawn(process.execPath, ['--no-warnings', READER, APP, cache], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, said: text(child.stdout).then((all) => all.trim().split('\n')) };
}

/** Who is inside the turn to read, or about to be. */
function inside(): string[] {
  const turns = join(cache, 'turns');
  return existsSync(turns)
    ? readdirSync(turns).flatMap((name) => readdirSync(join(turns, name)))
    : [];
}

test('of many processes one reads a checkout, the others take what it kept', async () => {
  const said = await Promise.all(Array.from({ length: 6 }, () => startReader().said));
  // Whoever keeps a reading replaces the file: had a second one read, they would not all have seen the same.
  expect(new Set(said.map((lines) => lines.at(-1)))).toHaveLength(1);
  expect(JSON.parse(said[0]?.at(-1) ?? '')).toEqual({
    kept: expect.any(Number),
    model: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(inside()).toEqual([]);
}, 120_000);

test('when the one that reads is killed, another goes on', async () => {
  const first = startReader();
  while (inside().length === 0) await sleep(5);
  const second = startReader();
  // Stopped it stands inside for as long as the test needs.
  first.child.kill('SIGSTOP');
  const { stdout } = second.child;
  await once(stdout ?? process.stdin, 'data');
  first.child.kill('SIGKILL');
  expect(await second.said).toEqual([
    'Another process reads this checkout; waiting for it.',
    expect.stringContaining('"model"'),
  ]);
  expect(inside()).toEqual([]);
}, 120_000);
