import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { analyze } from '../../src/model/analyze.ts';
import type { Crew, Helped } from '../../src/model/crew.ts';
import { openCrew } from '../../src/operations/crew.ts';
import { openCache } from '../../src/repo/cache.ts';
import { openProgram } from '../../src/repo/program.ts';
import { readRepo } from '../../src/repo/read.ts';

const APP = join(import.meta.dirname, '../../fixtures/apps/tracker');
const emit = () => undefined;

/** The same crew, which this thread waits for: all is theirs, but for the last endpoint. */
function waitedFor(crew: Crew, arrived: Helped[]): Crew {
  return {
    afterMs: 0,
    share: (root, places) => {
      const share = crew.share(root, places);
      const still = new Int32Array(new SharedArrayBuffer(4));
      const until = performance.now() + 60_000;
      return {
        ...share,
        next: () => undefined,
        arrived: () => {
          while (arrived.length < places.length && performance.now() < until) {
            arrived.push(...share.arrived());
            Atomics.wait(still, 0, 0, 20);
          }
          return arrived;
        },
      };
    },
  };
}

async function read(folder: string, crewOf?: (crew: Crew | undefined) => Crew | undefined) {
  const { repo, files } = await readRepo(APP, { emit });
  const cache = await openCache(folder, APP, { repo, files });
  const crew = crewOf?.(openCrew({ repo, files, threads: 3, emit }));
  const model = analyze(openProgram(repo, files, cache.imports), { emit, cache, crew });
  await cache.save();
  return { model, isKept: cache.current };
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'crew-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

test('what other threads find of endpoints is what this one would have found', async () => {
  const arrived: Helped[] = [];
  const kept = folder();
  const shared = await read(kept, (crew) => crew && waitedFor(crew, arrived));
  const alone = await read(folder());
  expect(arrived.length).toBeGreaterThan(12);
  expect(shared.model).toEqual(alone.model);
  const again = await read(kept);
  expect(again.isKept).toBe(true);
  expect(again.model).toEqual(alone.model);
}, 120_000);

test('where there is no third core there is no crew', async () => {
  const { repo, files } = await readRepo(APP, { emit });
  expect(openCrew({ repo, files, threads: 2, emit })).toBeUndefined();
});
