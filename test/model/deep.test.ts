import { expect, test } from 'vitest';
import { analyze } from '../../src/model/analyze.ts';
import { openProgram } from '../../src/repo/program.ts';
import { repoFromTexts } from '../../src/repo/read.ts';
import { programOf } from '../setup/code.ts';

const emit = () => undefined;
const LEVELS = 3000;

const DEEP = {
  'calls.tsx': `export function Calls() { return <p>{z${'.a(1)'.repeat(LEVELS)}}</p>; }`,
  'sum.ts': `export const sum = ${Array.from({ length: LEVELS }, (_, at) => `'a${at}'`).join(' + ')};`,
  'elements.tsx': `export function Elements() { return ${'<p>'.repeat(LEVELS)}${'</p>'.repeat(LEVELS)}; }`,
  'table.ts': `import { pgTable, text } from 'drizzle-orm/pg-core';
    export const table = pgTable('t', { a: text('a')${'.notNull()'.repeat(LEVELS)} });`,
  'needs.js': `const a = require('b'); module.exports = a${'.a(1)'.repeat(LEVELS)};`,
  'either.ts': `export const either = (n) => { ${'if (n) { n += 1; } else '.repeat(LEVELS)} return n; };`,
};

test.each(Object.keys(DEEP))('code as deep as in %s is a finding, and the rest is read', (path) => {
  const name = path.split('.')[0];
  const model = analyze(
    programOf({
      'package.json': JSON.stringify({
        name: 'shop',
        dependencies: { hono: '4', 'drizzle-orm': '1', react: '19' },
      }),
      [path]: DEEP[path as keyof typeof DEEP],
      'app.ts': `import { Hono } from 'hono';
        import { ${name} } from './${name}';
        const app = new Hono();
        app.get('/ok', (c) => (c.req.query('a') === 'x' ? c.json({}, 400) : c.json({ ${name} })));
        export default app;`,
    }),
    { emit },
  );
  const statuses = model.apps[0]?.routes[0]?.outcomes.map(({ status }) => status);
  expect(statuses?.sort()).toEqual([200, 400]);
  expect(model.findings.map(({ code, at }) => [code, at.file])).toContainEqual([
    'repo.unparsable',
    path,
  ]);
});

test('imports and aliases that lead in circles end', () => {
  const model = analyze(
    programOf({
      'package.json': JSON.stringify({ name: 'shop', dependencies: { hono: '4' } }),
      'tsconfig.json': JSON.stringify({
        extends: './tsconfig.other.json',
        compilerOptions: { paths: { '@/*': ['./@/*', './*'] } },
      }),
      'tsconfig.other.json': JSON.stringify({ extends: './tsconfig.json' }),
      'one.ts': "export * from './two'; export { other as loop } from './two';",
      'two.ts': `export * from '@/one'; export { loop as other } from './one';
        import { loop } from './one'; export const itself = loop, again = itself;
        export const first = () => second(); export const second = () => first();`,
      'app.ts': `import { Hono } from 'hono';
        import { loop, again, first } from '@/one';
        const app = new Hono();
        app.get('/ok', (c) => (loop || first() ? c.json({}, 400) : c.json({ again })));
        export default app;`,
    }),
    { emit },
  );
  const statuses = model.apps[0]?.routes[0]?.outcomes.map(({ status }) => status);
  expect(statuses?.sort()).toEqual([200, 400]);
});

test('fifty thousand files in five hundred packages are read', () => {
  const texts = new Map([['package.json', '{"name":"many","workspaces":["p/*"]}']]);
  for (let number = 0; number < 500; number++) {
    const manifest = { name: `@many/p${number}`, dependencies: { hono: '4' } };
    texts.set(`p/${number}/package.json`, JSON.stringify(manifest));
    for (let file = 0; file < 100; file++) {
      const next = (file + 1) % 100;
      texts.set(
        `p/${number}/src/f${file}.ts`,
        `import { v${next} } from './f${next}'; export const v${file} = () => v${next};`,
      );
    }
  }
  texts.set(
    'p/7/src/app.ts',
    `import { Hono } from 'hono';
    import { v1 } from '@many/p8/src/f1';
    const app = new Hono();
    app.get('/ok', (c) => (c.req.query('a') === 'x' ? c.json({}, 400) : c.json({ v1 })));
    export default app;`,
  );
  const { repo, files } = repoFromTexts(texts, 'many');
  const model = analyze(openProgram(repo, files), { emit });
  expect(model.repo.files).toBe(50_001);
  const statuses = model.apps[0]?.routes[0]?.outcomes.map(({ status }) => status);
  expect(statuses?.sort()).toEqual([200, 400]);
}, 300_000);
