import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digest } from '../../src/kernel/digest.ts';
import { openCache } from '../../src/repo/cache.ts';
import { pack, unpack } from '../../src/repo/pack.ts';
import { openProgram } from '../../src/repo/program.ts';
import { repoFromTexts } from '../../src/repo/read.ts';
import type { Looked } from '../../src/repo/repo.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cache-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ROOT = '/somewhere/shop';

type Read = ReturnType<typeof repoFromTexts>;

/** What came of the whole of some files. */
function whole(...files: string[]): { looked: Looked; parts: string[] } {
  return {
    looked: { files: new Set(files), imports: new Map(), outlines: new Map(), matches: new Map() },
    parts: [],
  };
}

function shop(texts: Record<string, string> = {}): Read {
  const all = { 'package.json': '{"name":"shop"}', 'a.ts': 'a', 'b.ts': 'b', ...texts };
  return repoFromTexts(new Map(Object.entries(all)), 'shop');
}

async function keep(repo: Read): Promise<void> {
  const cache = await openCache(folder, ROOT, repo);
  cache.keep('of a', { says: ['a'] }, whole('a.ts'));
  cache.keep('of both', 'a and b', whole('b.ts', 'a.ts'));
  await cache.save();
}

async function found(repo: Read): Promise<unknown[]> {
  const cache = await openCache(folder, ROOT, repo);
  return [cache.find('of a'), cache.find('of both')];
}

const WHOLE = [{ says: ['a'] }, 'a and b'];
const NONE = [undefined, undefined];

function onlyFile(): string {
  const [name = ''] = readdirSync(folder);
  return join(folder, name);
}

test('what was kept is found as long as the files it came of are the same', async () => {
  await keep(shop());
  expect(await found(shop())).toEqual(WHOLE);
  expect(await found(shop({ 'b.ts': 'changed' }))).toEqual([WHOLE[0], undefined]);
  expect(await found(shop({ 'a.ts': 'changed' }))).toEqual(NONE);
});

test('another list of files, other manifests or another checkout know nothing of it', async () => {
  await keep(shop());
  expect(await found(shop({ 'c.ts': '' }))).toEqual(NONE);
  expect(await found(shop({ 'package.json': '{"name":"shop","dependencies":{"x":"1"}}' }))).toEqual(
    NONE,
  );
  const other = await openCache(folder, '/elsewhere', shop());
  expect(other.find('of a')).toBeUndefined();
});

test('what came of one answer about a file holds while the answer is the same', async () => {
  const keepAnswers = async () => {
    const read = shop();
    const program = openProgram(read.repo, read.files);
    program.imports('a.ts');
    program.matches('b.ts', /b/);
    const cache = await openCache(folder, ROOT, read);
    cache.keep('answers', 'no imports, a b', { looked: program.looked(), parts: [] });
    cache.keep('on answers', 'more', { ...whole(), parts: ['answers'] });
    await cache.save();
  };
  const holds = async (texts: Record<string, string>) => {
    await keepAnswers();
    const cache = await openCache(folder, ROOT, shop(texts));
    return [cache.find('answers') !== undefined, cache.find('on answers') !== undefined];
  };
  expect(await holds({ 'a.ts': 'c', 'b.ts': 'abc' })).toEqual([true, true]);
  expect(await holds({ 'a.ts': "import 'b'" })).toEqual([false, false]);
  expect(await holds({ 'a.ts': 'const = }' })).toEqual([false, false]);
  expect(await holds({ 'b.ts': 'c' })).toEqual([false, false]);
});

test('what a reading did not ask for is forgotten', async () => {
  await keep(shop());
  const changed = shop({ 'b.ts': 'changed' });
  const cache = await openCache(folder, ROOT, changed);
  cache.find('of a');
  await cache.save();
  expect(await found(shop())).toEqual([WHOLE[0], undefined]);
});

test.each([
  ['cut off', (text: string) => text.slice(0, -3)],
  ['changed inside', (text: string) => text.replace('a and b', 'b and a')],
  ['of another version', (text: string) => text.replace(/^./, (one) => (one === '0' ? '1' : '0'))],
  ['empty', () => ''],
])('a file that is %s counts as none and is written anew', async (_, spoil) => {
  await keep(shop());
  writeFileSync(onlyFile(), spoil(readFileSync(onlyFile(), 'utf8')));
  expect(await found(shop())).toEqual(NONE);
  await keep(shop());
  expect(await found(shop())).toEqual(WHOLE);
});

test('what is kept again with the same answers takes no more room', async () => {
  const again = async () => {
    const cache = await openCache(folder, ROOT, shop());
    const matches = new Map([['/a/', new Map([['a.ts', true]])]]);
    cache.keep('of a', 'a', { ...whole('a.ts'), looked: { ...whole('a.ts').looked, matches } });
    await cache.save();
    return readFileSync(onlyFile(), 'utf8');
  };
  expect(await again()).toBe(await again());
});

test('a whole file of another shape counts as none', async () => {
  await keep(shop());
  const [head = '', ...rest] = readFileSync(onlyFile(), 'utf8').split('\n');
  const { units, ...others } = unpack(rest.join('\n')) as Record<string, unknown>;
  expect(units).toHaveLength(2);
  const text = pack(others);
  writeFileSync(onlyFile(), `${head.split(' ')[0]} ${digest(text)}\n${text}`);
  expect(await found(shop())).toEqual(NONE);
});

test('two at once leave one whole file', async () => {
  await Promise.all(Array.from({ length: 8 }, () => keep(shop())));
  expect(readdirSync(folder)).toHaveLength(1);
  expect(await found(shop())).toEqual(WHOLE);
});

test('a folder that takes no file is told to the caller', async () => {
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'no folder');
  await expect(keep(shop())).rejects.toThrow(/EEXIST|ENOTDIR/);
  rmSync(folder);
  mkdirSync(folder);
});

test('a value is the same after packing, and its equal parts are one', () => {
  const part = { file: 'a.ts', lines: [1, 2] };
  const value = {
    one: part,
    other: { ...part, lines: [1, 2] },
    list: [[], {}, null, 'x', [part]],
    odd: JSON.parse('{"__proto__":{"a":[1]}}'),
  };
  const text = pack({ ...value, gone: undefined });
  const back = unpack(text) as typeof value;
  expect(JSON.stringify(back)).toBe(JSON.stringify(value));
  expect(back.one).toBe(back.other);
  expect(unpack(pack('alone'))).toBe('alone');
});
