import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { analyze } from '../../src/model/analyze.ts';
import type { Model } from '../../src/model/model.ts';
import { openCache } from '../../src/repo/cache.ts';
import { openProgram } from '../../src/repo/program.ts';
import { repoFromTexts } from '../../src/repo/read.ts';
import type { Cache } from '../../src/repo/repo.ts';

const APPS = join(import.meta.dirname, '../../fixtures/apps');
const folder = mkdtempSync(join(tmpdir(), 'kept-'));
const emit = () => undefined;

afterAll(() => rmSync(folder, { recursive: true }));

/** Apps side by side in one workspace, by path. */
function workspace(names: readonly string[]): Map<string, string> {
  const texts = new Map([['package.json', '{"name":"all","workspaces":["apps/*"]}']]);
  for (const name of names) {
    const root = join(APPS, name);
    for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (/node_modules/.test(path) || !/\.(?:[jt]sx?|sql|prisma|json)$/.test(path)) continue;
      texts.set(`apps/${name}/${path}`, readFileSync(join(root, path), 'utf8'));
    }
  }
  return texts;
}

function cold(texts: ReadonlyMap<string, string>): Model {
  const { repo, files } = repoFromTexts(texts, 'all');
  return analyze(openProgram(repo, files), { emit });
}

/** The model with what was kept before, how much of it held, and what was kept anew. */
async function warm(texts: ReadonlyMap<string, string>) {
  const { repo, files } = repoFromTexts(texts, 'all');
  const stored = await openCache(folder, '/all', { repo, files });
  const held: string[] = [];
  const kept: string[] = [];
  const cache: Cache = {
    find: (name) => {
      const found = stored.find(name);
      if (found !== undefined) held.push(name);
      return found;
    },
    keep: (name, ...rest) => {
      kept.push(name);
      stored.keep(name, ...rest);
    },
  };
  const model = analyze(openProgram(repo, files, stored.imports), { emit, cache });
  await stored.save();
  return { model, held, kept };
}

const texts = workspace(['clinic', 'library', 'workshop']);
const first = new Map(texts);
const SOURCE = /\.(?:[jt]sx?|sql|prisma)$/;
const sources = [...texts.keys()].filter((path) => SOURCE.test(path));

interface Edit {
  readonly at: number;
  readonly line: number;
  readonly edit: string;
}

const edits: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(10_000),
  line: fc.nat(400),
  edit: fc.constantFrom(
    ...['drop', 'double', 'number', 'word', 'compare', 'break', 'import'],
    ...['copy', 'delete', 'rename', 'restore'],
  ),
});

/** What an edit makes of the files; `first` are those that the workspace began with. */
function edit(texts: Map<string, string>, { at, line, edit }: Edit) {
  const paths = [...texts.keys()].filter((path) => SOURCE.test(path)).sort();
  const path = paths[at % paths.length] ?? '';
  const text = texts.get(path) ?? '';
  const beside = path.replace(/\.([^./]+)$/, '-too.$1');
  if (edit === 'restore') for (const [each, before] of first) texts.set(each, before);
  else if (edit === 'copy') texts.set(beside, text);
  else if (edit === 'delete' || edit === 'rename') texts.delete(path);
  else texts.set(path, edited(text, { line, edit }));
  if (edit === 'rename') texts.set(beside, text);
}

function edited(text: string, { line, edit }: { line: number; edit: string }): string {
  const lines = text.split('\n');
  const at = line % lines.length;
  const said = lines[at] ?? '';
  const change: Record<string, string[]> = {
    drop: [],
    double: [said, said],
    number: [said.replace(/\d+/, (digits) => String(Number(digits) + 1))],
    word: [said.replace(/'(\w+)'/, "'$1x'")],
    compare: [said.replace(/===|!==/, (sign) => (sign === '===' ? '!==' : '==='))],
    break: [`${said} }`],
    import: line % 2 ? [said.replace(/^import .*/, '')] : ["import 'hono';", said],
  };
  lines.splice(at, 1, ...(change[edit] ?? []));
  return lines.join('\n');
}

test('a reading that knows what was kept says the same, byte for byte, whatever was edited', async () => {
  let held = 0;
  await fc.assert(
    fc.asyncProperty(edits, async (each) => {
      edit(texts, each);
      const again = await warm(texts);
      held += again.held.length;
      expect(JSON.stringify(again.model)).toBe(JSON.stringify(cold(texts)));
    }),
    { numRuns: 60, seed: 7, endOnFailure: true },
  );
  expect(held).toBeGreaterThan(100);
}, 300_000);

test('nothing is read again where nothing has changed, and of two apps the one that has', async () => {
  const texts = new Map(first);
  await warm(texts);
  expect((await warm(texts)).kept).toEqual([]);
  const own = sources.find((path) => /^apps\/library\/src\/.*\.ts$/.test(path));
  texts.set(own ?? '', `\n${texts.get(own ?? '')}`);
  const { kept } = await warm(texts);
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.filter((name) => !name.includes('apps/library'))).toEqual([]);
});

/** Two handlers mounted by one file, each with a helper of its own, and one table both know. */
const small = () =>
  new Map(
    Object.entries({
      'package.json': '{"name":"shop","dependencies":{"hono":"4","drizzle-orm":"1"}}',
      'schema.ts':
        "import { integer, pgTable } from 'drizzle-orm/pg-core';\nexport const cups = pgTable('cups', { id: integer() });",
      'app.ts':
        "import { Hono } from 'hono';\nimport { cups } from './cups.ts';\nimport { tea } from './tea.ts';\nconst app = new Hono();\napp.get('/cups', cups).get('/tea', tea);\nexport default app;",
      'cups.ts':
        "import { full } from './full.ts';\nexport const cups = (c) => c.json({}, full(c) ? 409 : 200);",
      'tea.ts': 'export const tea = (c) => c.text("tea");',
      'full.ts': "export const full = (c) => c.req.query('full') === 'yes';",
    }),
  );

test.each([
  ['a handler', 'tea.ts', 'export const tea = (c) => c.text("black tea");', ['GET /tea']],
  ['what one handler calls', 'full.ts', 'export const full = (c) => false;', ['GET /cups']],
  ['nothing that was read', 'schema.ts', '// no tables', ['GET /cups', 'GET /tea']],
])(
  'after %s changed only the endpoints that came of it are followed again',
  async (_, path, text, again) => {
    const texts = small();
    await warm(texts);
    texts.set(path, text);
    const { kept, model } = await warm(texts);
    expect(kept.filter((name) => name.startsWith('GET'))).toEqual(again.map((id) => `${id} of .`));
    expect(JSON.stringify(model)).toBe(JSON.stringify(cold(texts)));
  },
);

test('after a component changed only those of its file are read again', async () => {
  const texts = small();
  texts.set('cup.tsx', 'export const Cup = () => <b>cup</b>;');
  texts.set('tea.tsx', "import { Cup } from './cup.tsx';\nexport const Tea = () => <Cup />;");
  await warm(texts);
  texts.set(
    'tea.tsx',
    "import { Cup } from './cup.tsx';\nexport const Tea = () => <i><Cup /> tea</i>;",
  );
  const { kept, model } = await warm(texts);
  expect(kept.filter((name) => name.includes('.tsx'))).toEqual(['components of tea.tsx']);
  expect(JSON.stringify(model)).toBe(JSON.stringify(cold(texts)));
  texts.set('cup.tsx', 'export const Pot = () => <b>pot</b>;\nexport const Cup = Pot;');
  const renamed = await warm(texts);
  expect(renamed.kept.filter((name) => name.includes('.tsx'))).toHaveLength(2);
  expect(JSON.stringify(renamed.model)).toBe(JSON.stringify(cold(texts)));
});

test('a file that comes before another one of the name is seen', async () => {
  const texts = small();
  texts.set(
    'cups.ts',
    "import { full } from './full.js';\nexport const cups = (c) => c.json({}, full(c) ? 409 : 200);",
  );
  texts.delete('full.ts');
  texts.set('full.js', 'export const full = () => false;');
  await warm(texts);
  texts.set('full.ts', 'export const full = () => true;');
  const { model } = await warm(texts);
  expect(model.apps[0]?.routes[0]?.outcomes.map(({ status }) => status)).toEqual([409]);
});
