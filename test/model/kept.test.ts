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

const hono = workspace(['clinic', 'library', 'workshop']);
const screens = workspace(['noticeboard', 'supperclub', 'allotments', 'tracker']);
const start = workspace(['observatory']);
const whole = workspace(['regatta', 'ferry', 'cellar', 'garage']);
const SOURCE = /\.(?:[jt]sx?|sql|prisma)$/;

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
function edit(
  texts: Map<string, string>,
  first: ReadonlyMap<string, string>,
  { at, line, edit }: Edit,
) {
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

test.each([
  ['Hono', hono, 60, 100],
  ['Next.js, React Router and tRPC', screens, 30, 100],
  ['TanStack Start', start, 20, 100],
  ['Express and Fastify', whole, 20, 20],
])(
  'a reading of %s that knows what was kept says the same, byte for byte, whatever was edited',
  async (_, first, numRuns, least) => {
    const texts = new Map(first);
    let held = 0;
    await fc.assert(
      fc.asyncProperty(edits, async (each) => {
        edit(texts, first, each);
        const again = await warm(texts);
        held += again.held.length;
        expect(JSON.stringify(again.model)).toBe(JSON.stringify(cold(texts)));
      }),
      { numRuns, seed: 7, endOnFailure: true },
    );
    expect(held).toBeGreaterThan(least);
  },
  900_000,
);

test('nothing is read again where nothing has changed, and of two apps the one that has', async () => {
  const texts = new Map(hono);
  await warm(texts);
  expect((await warm(texts)).kept).toEqual([]);
  const own = [...texts.keys()].find((path) => /^apps\/library\/src\/.*\.ts$/.test(path));
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

test('a handler written where it is registered leaves the others standing', async () => {
  const texts = small();
  const app = texts.get('app.ts') ?? '';
  texts.set('more.ts', MORE);
  texts.set('app.ts', app.replace('export default', "app.route('/more', more);\nexport default"));
  texts.set('app.ts', `import { more } from './more.ts';\n${texts.get('app.ts')}`);
  await warm(texts);
  texts.set('more.ts', MORE.replace('plum', 'fig'));
  const { kept, model } = await warm(texts);
  expect(followed(kept)).toEqual(['GET /more of .']);
  expect(JSON.stringify(model)).toBe(JSON.stringify(cold(texts)));
});

const MORE =
  "import { Hono } from 'hono';\nexport const more = new Hono();\nmore.get('/', (c) => c.text('plum'));";

test('a procedure leaves those of other routers standing', async () => {
  const router = (name: string, said: string) =>
    `import { TRPCError } from '@trpc/server';\nimport { t } from './trpc.ts';\nexport const ${name} = t.router({ get: t.procedure.query(() => { if (${said}) throw new TRPCError({ code: 'NOT_FOUND' }); return 1; }) });`;
  const texts = new Map(
    Object.entries({
      'package.json': '{"name":"shop","dependencies":{"@trpc/server":"11"}}',
      'trpc.ts': "import { initTRPC } from '@trpc/server';\nexport const t = initTRPC.create();",
      'cups.ts': router('cups', 'Math.random() > 1'),
      'teas.ts': router('teas', 'Math.random() > 1'),
      'server.ts':
        "import { createHTTPServer } from '@trpc/server/adapters/standalone';\nimport { cups } from './cups.ts';\nimport { teas } from './teas.ts';\nimport { t } from './trpc.ts';\nconst router = t.router({ cups, teas });\ncreateHTTPServer({ router }).listen(3000);",
    }),
  );
  await warm(texts);
  texts.set('teas.ts', router('teas', 'Math.random() > 2'));
  const { kept, model } = await warm(texts);
  expect(followed(kept)).toEqual(['GET /teas.get of .']);
  expect(JSON.stringify(model)).toBe(JSON.stringify(cold(texts)));
});

/** What was followed of all that was kept anew. */
function followed(kept: readonly string[]): string[] {
  return kept.filter((name) => /^(GET|POST|ACTION) /.test(name)).sort();
}

/** Routes, pages in a layout and actions of Next.js, each in a file of its own. */
const pages = () =>
  new Map(
    Object.entries({
      'package.json': '{"name":"shop","dependencies":{"next":"16"}}',
      'app/layout.tsx':
        'export default function Layout({ children }) { return <b>{children}</b>; }',
      'app/not-found.tsx': 'export default function NotFound() { return <i>nothing</i>; }',
      'app/page.tsx':
        "import { Form } from './form';\nexport default function Page() { return <Form />; }",
      'app/form.tsx':
        "import { add } from './actions';\nexport function Form() { return <form action={add}><p>Add</p></form>; }",
      'app/actions.ts':
        "'use server';\nexport async function add(form) { return { said: form.get('a') ? 'yes' : 'no' }; }",
      'app/tea/page.tsx':
        "import { notFound } from 'next/navigation';\nexport default function Tea({ searchParams }) { if (searchParams.x) notFound(); return <p>tea</p>; }",
      'app/cups/route.ts':
        "import { full } from '../../full';\nexport const GET = (r) => new Response('', { status: full(r) ? 409 : 200 });",
      'app/pots/route.ts': "export const GET = () => new Response('pots');",
      'full.ts': "export const full = (r) => r.headers.get('full') === 'yes';",
    }),
  );

const swap = (from: string, to: string) => (text: string) => text.replace(from, to);

test.each([
  ['a route', 'app/pots/route.ts', swap("'pots'", "'pans'"), ['GET /pots']],
  ['what a route calls', 'full.ts', swap("'yes'", "'no'"), ['GET /cups']],
  ['a page', 'app/tea/page.tsx', swap('<p>tea', '<p>chai'), ['GET /tea']],
  [
    'a layout',
    'app/layout.tsx',
    swap('<b>{children}</b>', '<i>{children}</i>'),
    ['GET /', 'GET /tea'],
  ],
  ['what is not found', 'app/not-found.tsx', swap('nothing', 'none'), ['GET /tea']],
  ['an action', 'app/actions.ts', swap("'no'", "'never'"), ['ACTION / add']],
])(
  'after %s of Next.js changed only what came of it is followed again',
  async (_, path, change, again) => {
    const texts = pages();
    await warm(texts);
    const before = texts.get(path) ?? '';
    texts.set(path, change(before));
    expect(texts.get(path)).not.toBe(before);
    const { kept, model } = await warm(texts);
    expect(followed(kept)).toEqual(again.map((id) => `${id} of .`));
    expect(JSON.stringify(model)).toBe(JSON.stringify(cold(texts)));
  },
);

test.each([
  [
    'an action written inside a component',
    'app/form.tsx',
    () =>
      "export function Form() { async function more() { 'use server'; return { a: 1 }; } return <form action={more}><p>Add</p></form>; }",
  ],
  [
    'what a form shows of its action',
    'app/form.tsx',
    () =>
      "import { useActionState } from 'react';\nimport { add } from './actions';\nexport function Form() { const [state, act] = useActionState(add, null); return <form action={act}><p>{state.said}</p></form>; }",
  ],
  ['another export', 'app/pots/route.ts', (text: string) => text.replace('GET', 'POST')],
])('%s is seen, though bodies are not what endpoints are known from', async (_, path, change) => {
  const texts = pages();
  await warm(texts);
  texts.set(path, change(texts.get(path) ?? ''));
  const { model } = await warm(texts);
  expect(JSON.stringify(model)).toBe(JSON.stringify(cold(texts)));
  texts.set(path, pages().get(path) ?? '');
  expect(JSON.stringify((await warm(texts)).model)).toBe(JSON.stringify(cold(texts)));
});

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
