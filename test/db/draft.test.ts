import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeWhole } from '../../src/db/embedded/draft.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'statewright-draft-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const fillWith = (text: string) => async (draft: string) => {
  await mkdir(draft);
  await writeFile(join(draft, 'file'), text);
};

test('the first to finish gives the folder its content, nothing else is left', async () => {
  const target = join(folder, 'cache');
  await makeWhole(target, fillWith('first'));
  await makeWhole(target, fillWith('second'));
  expect(await readFile(join(target, 'file'), 'utf8')).toBe('first');
  expect(await readdir(folder)).toEqual(['cache']);
});

test('a failed draft and the draft of a dead process are removed', async () => {
  await mkdir(join(folder, 'cache.draft.999999999.1'));
  const target = join(folder, 'cache');
  const failing = makeWhole(target, async (draft) => {
    await mkdir(draft);
    throw new Error('no space');
  });
  await expect(failing).rejects.toThrow('no space');
  expect(await readdir(folder)).toEqual([]);
});
