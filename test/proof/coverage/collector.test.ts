// Real processes, started in the ways apps are started, asked what ran between two requests.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { ts } from 'ts-morph';
import { expect, test } from 'vitest';
import { takeRuns } from '../../../src/proof/coverage/take.ts';
import { openTally } from '../../../src/proof/coverage/tally.ts';
import { freePort, startGroup } from '../../setup/process-group.ts';

const COLLECTOR = resolve(import.meta.dirname, '../../../src/proof/collector.js');
const TSX = import.meta.resolve('tsx');
const TEXT = `import { createServer } from 'node:http';
interface Asked { url?: string | undefined }
const answer = async ({ url }: Asked): Promise<string> => {
  await Promise.resolve();
  if (url === '/first') return 'one';
  return url === '/second' ? 'two' : 'none';
};
createServer(async (request, response) => {
  response.end(await answer(request));
}).listen(Number(process.env['PORT']));
`;

const WAYS: readonly [
  string,
  { readonly args: readonly string[]; readonly sourcemap?: boolean },
][] = [
  ['with its types stripped by Node', { args: ['door.ts'] }],
  ['by tsx', { args: ['--import', TSX, 'door.ts'] }],
  ['compiled, with a map', { args: ['dist/door.mjs'], sourcemap: true }],
];

test.each(WAYS)('says what ran for each request of an app run %s', async (_, way) => {
  await using app = await start(way);
  const source = ts.createSourceFile('door.ts', TEXT, ts.ScriptTarget.Latest, true);
  const tally = openTally({
    ...{ root: app.root, paths: ['door.ts'], resolve: () => undefined },
    source: (path) => (path === 'door.ts' ? source : undefined),
  });
  const names = new Map(tally.sides('door.ts').map(({ id, kind }) => [id, kind]));
  const ran = async () =>
    [...tally.reach(await takeRuns(app.sockets)).taken].map((id) => names.get(id));
  await ran();
  expect(await app.ask('/first')).toBe('one');
  expect(await ran()).toEqual(['then']);
  expect(await app.ask('/second')).toBe('two');
  expect(await ran()).toEqual(['no else', '?']);
  expect(await ran()).toEqual([]);
  expect(tally.unmapped()).toEqual([]);
});

test('claims nothing of code that no map leads back from', async () => {
  await using app = await start({ args: ['dist/door.mjs'] });
  const source = ts.createSourceFile('door.ts', TEXT, ts.ScriptTarget.Latest, true);
  const tally = openTally({
    ...{ root: app.root, paths: ['door.ts'], resolve: () => undefined },
    source: (path) => (path === 'door.ts' ? source : undefined),
  });
  await app.ask('/first');
  expect(tally.reach(await takeRuns(app.sockets)).taken.size).toBe(0);
  expect(tally.unmapped()).toEqual([`file://${app.root}/dist/door.mjs`]);
  expect(tally.mapped()).toEqual([]);
});

async function start({ args, sourcemap = false }: (typeof WAYS)[number][1]) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'door-')));
  const sockets = join(root, 's');
  mkdirSync(sockets);
  writeFileSync(join(root, 'door.ts'), TEXT);
  await build({
    ...{ entryPoints: [join(root, 'door.ts')], outfile: join(root, 'dist/door.mjs') },
    ...{ platform: 'node', format: 'esm', sourcemap, sourcesContent: true },
  });
  const port = await freePort();
  const group = startGroup([process.execPath, ...args] as [string, ...string[]], {
    cwd: root,
    env: {
      ...{ PATH: process.env['PATH'], PORT: `${port}`, NODE_OPTIONS: `--import=${COLLECTOR}` },
      ...{ STATEWRIGHT_COVERAGE: sockets, STATEWRIGHT_COVERED: root },
    },
  });
  const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).then((it) => it.text());
  for (let tries = 0; tries < 200 && !(await ask('/ready').catch(() => null)); tries++)
    await new Promise((wake) => setTimeout(wake, 25));
  return {
    ...{ root, sockets, ask },
    async [Symbol.asyncDispose]() {
      await group.stop();
      rmSync(root, { recursive: true });
    },
  };
}
