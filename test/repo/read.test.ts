import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Event } from '../../src/kernel/events.ts';
import { openProgram } from '../../src/repo/program.ts';
import { readRepo } from '../../src/repo/read.ts';
import { Repo } from '../../src/repo/repo.ts';

const folders: string[] = [];
const emit = () => undefined;

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function checkout(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'checkout-'));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test('reads sources, SQL, manifests and the commit, sorted, and nothing others wrote', async () => {
  const commit = 'a'.repeat(40);
  const root = checkout({
    '.git/HEAD': 'ref: refs/heads/main\n',
    '.git/packed-refs': `# pack-refs\n${commit} refs/heads/main\n`,
    'package.json': '{"name":"shop","dependencies":{"hono":"4"},"scripts":{"start":"node ."}}',
    'tsconfig.json': '{\n// where from\n"compilerOptions": {"strict": true,},}',
    'src/b.ts': 'export const b = 1;',
    'src/a.js': '',
    'src/types.d.ts': '',
    'drizzle/0000_first.sql': 'select 1;',
    'node_modules/hono/package.json': '{}',
    'node_modules/hono/index.ts': '',
    'dist/a.js': '',
    '.next/server.js': '',
    'README.md': '',
  });
  const events: Event[] = [];
  const { repo, files } = await readRepo(root, { emit: (event) => events.push(event) });
  expect(repo.files.map((file) => file.path)).toEqual([
    'drizzle/0000_first.sql',
    'src/a.js',
    'src/b.ts',
  ]);
  expect(repo).toMatchObject({
    name: 'shop',
    commit,
    packages: [{ name: 'shop', root: '.', dependencies: ['hono'], scripts: { start: 'node .' } }],
    manifests: { 'tsconfig.json': { compilerOptions: { strict: true } } },
    findings: [],
  });
  expect(Repo.parse(repo)).toEqual(repo);
  expect(files.read('src/b.ts')).toBe('export const b = 1;');
  expect(events.at(-1)).toEqual({ kind: 'done', stage: 'read', note: '3 files' });
});

test('links are followed once and never out of the checkout', async () => {
  const outside = checkout({ 'secret.ts': '' });
  const root = checkout({ 'package.json': '{}', 'code/a.ts': '' });
  symlinkSync(join(root, 'code'), join(root, 'alias'));
  symlinkSync(root, join(root, 'code/loop'));
  symlinkSync(outside, join(root, 'code/outside'));
  const { repo } = await readRepo(root, { emit });
  expect(repo.files.map((file) => file.path)).toEqual(['alias/a.ts', 'code/a.ts']);
});

test('a huge file is a finding, and so is a broken manifest', async () => {
  const root = checkout({
    'package.json': '{"name":"shop"}',
    'tsconfig.json': '{ "compilerOptions": ',
    'src/bundle.js': ' '.repeat(1_000_001),
  });
  const { repo } = await readRepo(root, { emit });
  expect(repo.findings.map(({ code, at }) => [code, at.file])).toEqual([
    ['repo.tooLarge', 'src/bundle.js'],
    ['repo.unparsable', 'tsconfig.json'],
  ]);
  expect(repo.files).toEqual([]);
});

test('every package of a workspace is known, and an alias leads into it', async () => {
  const root = checkout({
    'package.json': '{"name":"root","workspaces":["packages/*"]}',
    'packages/db/package.json': '{"name":"@shop/db","main":"dist/index.js"}',
    'packages/db/src/index.ts': 'export const users = 1;',
    'packages/api/package.json': '{"name":"@shop/api"}',
    'packages/api/src/main.ts': '',
    'packages/api/test/package.json': '{"type":"module"}',
  });
  const { repo, files } = await readRepo(root, { emit });
  expect(repo.packages.map((one) => one.root)).toEqual(['.', 'packages/api', 'packages/db']);
  const program = openProgram(repo, files);
  expect(program.resolve('packages/api/src/main.ts', '@shop/db')).toBe('packages/db/src/index.ts');
});

test('without a package.json it says what to give instead', async () => {
  const root = checkout({ 'a.ts': '' });
  await expect(readRepo(root, { emit })).rejects.toMatchObject({ code: 'repo.noPackage' });
  await expect(readRepo(join(root, 'nowhere'), { emit })).rejects.toMatchObject({
    code: 'repo.notFound',
  });
});

test('below the only package.json of a repo it says where that is', async () => {
  const root = checkout({ 'package.json': '{"name":"all"}', 'apps/server/a.ts': '' });
  await expect(readRepo(join(root, 'apps/server'), { emit })).rejects.toMatchObject({
    code: 'repo.noPackage',
    hint: `Give the folder that has the app's package.json: ${realpathSync(root)}`,
  });
});

test('folders of code that begin with a dot are read, hidden ones are not', async () => {
  const root = checkout({
    'package.json': '{"name":"shop"}',
    'app/.well-known/security/route.ts': 'export const GET = () => new Response();',
    'app/.server/db.ts': '',
    'app/.client/chart.ts': '',
    'app/.cache/route.ts': '',
  });
  const { repo } = await readRepo(root, { emit });
  expect(repo.files.map(({ path }) => path)).toEqual([
    'app/.client/chart.ts',
    'app/.server/db.ts',
    'app/.well-known/security/route.ts',
  ]);
});

test('a submodule that is not checked out is a finding; one that is belongs to the repo', async () => {
  const root = checkout({
    '.gitmodules': '[submodule "a"]\n\tpath = libs/a\n[submodule "b"]\n\tpath = libs/b\n',
    'package.json': '{"name":"shop"}',
    'libs/a/index.ts': '',
    'libs/a/.git': 'gitdir: ../../.git/modules/a',
  });
  mkdirSync(join(root, 'libs/b'));
  const { repo } = await readRepo(root, { emit });
  expect(repo.files.map(({ path }) => path)).toEqual(['libs/a/index.ts']);
  expect(repo.findings.map(({ code, at }) => [code, at.file])).toEqual([
    ['repo.missingSubmodule', 'libs/b'],
  ]);
});

test('thousands of files are read with progress, and whoever waits gets a turn', async () => {
  const root = checkout({ 'package.json': '{"name":"many"}' });
  for (let folder = 0; folder < 30; folder++) {
    mkdirSync(join(root, `src/${folder}`), { recursive: true });
    for (let file = 0; file < 100; file++)
      writeFileSync(join(root, `src/${folder}/${file}.ts`), '');
  }
  const done: number[] = [];
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const { repo } = await readRepo(root, {
    emit: (event) => event.kind === 'progress' && done.push(event.done),
  });
  clearInterval(timer);
  expect(repo.files).toHaveLength(3_000);
  expect(done).toEqual([500, 1000, 1500, 2000, 2500, 3000]);
  expect(turns).toBeGreaterThan(0);
});
