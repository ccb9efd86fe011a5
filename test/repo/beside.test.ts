import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openProgram } from '../../src/repo/program.ts';
import { readRepo } from '../../src/repo/read.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function checkout(files: Record<string, string>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'workspace-')));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

async function read(root: string, app: string, roots?: readonly string[]) {
  const { repo, files } = await readRepo(join(root, app), { emit: () => undefined, roots });
  const program = openProgram(repo, files);
  return {
    repo,
    paths: repo.files.map(({ path }) => path),
    leadsTo: (specifier: string, from = 'src/main.ts') => program.resolve(from, specifier),
    missing: repo.findings.map(({ code, at, facts }) => [code, at.file, facts]),
  };
}

const manifest = (name: string, dependencies: Record<string, string> = {}) =>
  JSON.stringify({ name, dependencies });
const GIT = { '.git/HEAD': 'ref: refs/heads/main\n' };
const YARN = { ...GIT, 'package.json': '{"name":"farm","workspaces":["packages/*"]}' };

test('packages of the workspace that an app depends on are read with it, however far off', async () => {
  const root = checkout({
    ...YARN,
    'packages/api/package.json': manifest('api', { herds: '1.0.0', fastify: '5' }),
    'packages/api/src/main.ts': "import { herd } from 'herds/src/herd';",
    'packages/herds/package.json':
      '{"name":"herds","exports":{"./*":"./dist/*.js"},"dependencies":{"weights":"1.0.0"}}',
    'packages/herds/src/herd.ts': "export * from '../deeper/cow';",
    'packages/herds/schema.prisma': 'model Cow { id Int @id }',
    'packages/weights/package.json': '{"name":"weights","main":"dist/index.js"}',
    'packages/weights/src/index.ts': 'export const kilo = 1000;',
    'packages/unasked/package.json': manifest('unasked'),
    'packages/unasked/src/index.ts': '',
  });
  const { repo, paths, leadsTo } = await read(root, 'packages/api');
  expect(paths).toEqual([
    '../herds/schema.prisma',
    '../herds/src/herd.ts',
    '../weights/src/index.ts',
    'src/main.ts',
  ]);
  expect(leadsTo('herds/src/herd')).toBe('../herds/src/herd.ts');
  expect(leadsTo('herds/dist/src/herd')).toBe('../herds/src/herd.ts');
  expect(leadsTo('weights', '../herds/src/herd.ts')).toBe('../weights/src/index.ts');
  expect(repo.name).toBe('api');
  expect(repo.packages[0]).toMatchObject({ name: 'api', root: '.' });
  expect(repo.findings).toEqual([]);
});

test('a package that is only imported is read too, by any of the workspace managers', async () => {
  for (const says of [
    {
      'pnpm-workspace.yaml':
        "# all\npackages:\n  - 'apps/**' # those\n  - libs/*\n  - '!libs/old'\n",
    },
    { 'pnpm-workspace.yaml': 'packages: ["apps/*", "libs/*"]\n' },
    { 'package.json': '{"workspaces":{"packages":["{apps,libs}/*"]}}' },
    { 'package.json': '{}', 'lerna.json': '{"packages":["apps/*","./libs/*/"]}' },
  ]) {
    const root = checkout({
      ...GIT,
      ...says,
      'apps/shop/package.json': manifest('@farm/shop'),
      'apps/shop/src/main.ts': "const { price } = await import('@farm/prices/per-kilo');",
      'libs/prices/package.json': manifest('@farm/prices'),
      'libs/prices/src/per-kilo.ts': 'export const price = 2;',
      'libs/other/package.json': manifest('@farm/other'),
      'libs/other/src/index.ts': '',
    });
    const { paths, leadsTo } = await read(root, 'apps/shop');
    expect(paths).toEqual(['../../libs/prices/src/per-kilo.ts', 'src/main.ts']);
    expect(leadsTo('@farm/prices/per-kilo')).toBe('../../libs/prices/src/per-kilo.ts');
  }
});

test("compiler options of the repo's root lead to what belongs to no package", async () => {
  const root = checkout({
    ...GIT,
    'package.json': '{"name":"farm"}',
    'tsconfig.base.json':
      '{"compilerOptions":{"baseUrl":".","paths":{"@farm/*":["libs/*/src/index.ts"]}}}',
    'apps/api/package.json': manifest('api'),
    'apps/api/tsconfig.json': '{"extends":"../../tsconfig.base.json"}',
    'apps/api/src/main.ts':
      "import '@farm/fields'; import { seed } from '../../../shared/seed.js';",
    'libs/fields/src/index.ts': "import './wheat';",
    'libs/fields/src/wheat.ts': '',
    'libs/fields/src/unasked.ts': '',
    'shared/seed.ts': '',
    'shared/unasked.ts': '',
  });
  const { paths, leadsTo } = await read(root, 'apps/api');
  expect(paths).toEqual([
    '../../libs/fields/src/index.ts',
    '../../libs/fields/src/wheat.ts',
    '../../shared/seed.ts',
    'src/main.ts',
  ]);
  expect(leadsTo('@farm/fields')).toBe('../../libs/fields/src/index.ts');
});

test('paths that lead out of the package and into it again are its own, a schema is where the root generates it from', async () => {
  const root = checkout({
    ...GIT,
    'package.json':
      '{"name":"farm","workspaces":["apps/*"],"scripts":{"generate":"prisma generate --schema ./libs/db/schema.prisma"}}',
    'tsconfig.base.json':
      '{"compilerOptions":{"baseUrl":".","paths":{"@farm/api/*":["apps/api/src/*"],"@farm/*":["libs/*/src/index.ts"]}}}',
    'apps/api/package.json': manifest('api'),
    'apps/api/tsconfig.json': '{"extends":"../../tsconfig.base.json"}',
    'apps/api/src/main.ts': "import '@farm/api/barn/cows'; import '@farm/fields';",
    'apps/api/src/barn/cows.ts': '',
    'apps/shop/package.json': manifest('shop'),
    'apps/shop/src/barn/cows.ts': '',
    'libs/fields/src/index.ts': "import '@farm/api/barn/cows';",
    'libs/db/schema.prisma': 'model Cow { id Int @id }',
  });
  const { paths, leadsTo } = await read(root, 'apps/api');
  expect(paths).toEqual([
    '../../libs/db/schema.prisma',
    '../../libs/fields/src/index.ts',
    'src/barn/cows.ts',
    'src/main.ts',
  ]);
  expect(leadsTo('@farm/api/barn/cows')).toBe('src/barn/cows.ts');
  expect(leadsTo('@farm/api/barn/cows', '../../libs/fields/src/index.ts')).toBe('src/barn/cows.ts');
  expect(leadsTo('../../../../apps/api/src/barn/cows')).toBeUndefined();
  expect(leadsTo('../../../apps/api/src/barn/cows')).toBe('src/barn/cows.ts');
});

test('a schema at the root is where Prisma looks for it, if the root has it run', async () => {
  const files = (script: string) => ({
    ...GIT,
    'package.json': `{"name":"farm","workspaces":["apps/*"],"scripts":{"generate":"${script}"}}`,
    'apps/api/package.json': manifest('api'),
    'apps/api/src/main.ts': '',
    'prisma/schema.prisma': 'model Cow { id Int @id }',
  });
  const run = await read(checkout(files('prisma generate')), 'apps/api');
  expect(run.paths).toEqual(['../../prisma/schema.prisma', 'src/main.ts']);
  const other = await read(checkout(files('turbo generate')), 'apps/api');
  expect(other.paths).toEqual(['src/main.ts']);
});

test('a package that no workspace names stands alone, and so does the root of a repo', async () => {
  const neighbours = {
    'packages/api/src/main.ts': "import 'herds';",
    'packages/herds/package.json': manifest('herds'),
    'packages/herds/index.ts': '',
  };
  const unnamed = checkout({
    ...neighbours,
    ...GIT,
    'package.json': '{"workspaces":["packages/*", "!packages/api"]}',
    'packages/api/package.json': manifest('api'),
  });
  expect((await read(unnamed, 'packages/api')).paths).toEqual(['src/main.ts']);
  const submodule = checkout({
    ...YARN,
    ...neighbours,
    'packages/api/.git': 'gitdir: ../../.git/modules/api\n',
    'packages/api/package.json': manifest('api'),
  });
  expect((await read(submodule, 'packages/api')).paths).toEqual(['src/main.ts']);
});

test('nothing outside of the repo is read, nor outside of the roots that are allowed', async () => {
  const outside = checkout({ 'package.json': manifest('secrets'), 'index.ts': '', 'own.ts': '' });
  const root = checkout({
    ...YARN,
    'packages/api/package.json': manifest('api', {
      secrets: `file:${outside}`,
      plans: `link:../../../${outside.split('/').at(-1)}`,
      linked: 'workspace:*',
      herds: 'workspace:*',
    }),
    'packages/api/src/main.ts': `import '../../../../${outside.split('/').at(-1)}/own'; import '../../keys';`,
    'packages/herds/package.json': manifest('herds'),
    'packages/herds/index.ts': '',
  });
  symlinkSync(outside, join(root, 'packages/linked'));
  symlinkSync(join(outside, 'own.ts'), join(root, 'packages/keys.ts'));
  symlinkSync(join(outside, 'own.ts'), join(root, 'packages/herds/own.ts'));
  const { paths, missing } = await read(root, 'packages/api');
  expect(paths).toEqual(['../herds/index.ts', 'src/main.ts']);
  expect(
    missing.map(([code, file, facts]) => [code, file, (facts as { package: string }).package]),
  ).toEqual(
    ['secrets', 'plans', 'linked'].map((name) => ['repo.missingPackage', 'package.json', name]),
  );
  const allowed = await read(root, 'packages/api', [join(root, 'packages/api')]);
  expect(allowed.paths).toEqual(['src/main.ts']);
  const beside = await read(root, 'packages/api', [join(root, 'packages')]);
  expect(beside.paths).toEqual(['src/main.ts']);
});

test('a package that is promised and not there is said; what stands in its place is not', async () => {
  const root = checkout({
    'package.json': manifest('server', { shared: 'file:../shared', parts: 'workspace:^' }),
    'inner/package.json': manifest('inner', { server: 'workspace:*', up: 'link:../' }),
    'src/main.ts': '',
  });
  const { missing } = await read(root, '.');
  expect(missing).toEqual([
    ['repo.missingPackage', 'package.json', { package: 'shared', folder: '../shared' }],
    ['repo.missingPackage', 'package.json', { package: 'parts' }],
  ]);
});
