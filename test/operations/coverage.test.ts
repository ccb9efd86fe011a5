import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { proveRepo } from '../../src/operations/prove-repo.ts';

const LIBRARY = new URL('../../fixtures/apps/library', import.meta.url).pathname;

test('proving with coverage says which sides of the branches its requests took', async () => {
  const home = await mkdtemp(join(tmpdir(), 'statewright-sides-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const place = {
    clock: { now: () => new Date() },
    home,
    env: process.env,
    terminal: { colour: false, width: 100 },
    emit: () => undefined,
    signal: new AbortController().signal,
  };
  const asked = { path: LIBRARY, endings: true, workers: 1, report: join(home, 'report.html') };
  const only = 'GET /members/:id';
  const { summary, text } = await proveRepo.run({ ...asked, only, coverage: true }, place);
  const { coverage } = summary;
  expect(summary.verdicts).toEqual({ proven: 4 });
  expect(coverage?.unmapped).toEqual([]);
  // The two branches of its handler both ways, and the one of the error handler; the other routes' were never fired.
  const missed = coverage?.missed.map(({ file, line }) => `${file}:${line}`) ?? [];
  expect(missed.length).toBe((coverage?.sides ?? 0) - 5);
  expect(missed).not.toContain('src/app.ts:43');
  expect(missed).toContain('src/loans.ts:36');
  expect(coverage?.taken).toBe(5);
  expect(text).toContain(`Branch sides 8 %: 5 of the ${coverage?.sides} that requests can reach.`);
}, 120_000);
