import { describe, expect, test } from 'vitest';
import { ts } from '../../src/kernel/syntax.ts';
import type { Meaning, Program } from '../../src/repo/repo.ts';
import { programOf } from '../setup/code.ts';

/** The meaning of the last identifier `name` in a file. */
function meaningOf(program: Program, file: string, name: string): Meaning | undefined {
  const found: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text === name) found.push(node);
    ts.forEachChild(node, visit);
  };
  const source = program.source(file);
  if (source) visit(source);
  const last = found.at(-1);
  return last && program.meaning(last);
}

function shown(meaning: Meaning | undefined): string {
  if (!meaning) return 'nothing';
  if (meaning.kind === 'package') return `${meaning.package} ${meaning.name}`;
  if (meaning.kind === 'module') return `module ${meaning.file}`;
  return `${meaning.file}: ${meaning.node.getText().replace(/\s+/g, ' ')}`;
}

test('a module’s exports by name, with those that it hands on', () => {
  const program = programOf({
    'all.ts':
      "export * from './a.js'; export { b as c } from './b.js'; export default 1; export const d = 2;",
    'a.ts': "export const a = 1; export default 3; export * from './all.js';",
    'old.js': "module.exports = { ...require('./older'), f: 1 };",
    'older.js': 'exports.e = 1;',
  });
  expect(program.exportNames('all.ts')).toEqual(['c', 'default', 'd', 'a']);
  expect(program.exportNames('old.js')).toEqual(['f', 'e']);
  expect(program.exportNames('none.ts')).toEqual([]);
});

describe('names', () => {
  test('an inner parameter hides the outer constant', () => {
    const program = programOf({ 'a.ts': 'const x = 1; const f = (x: string) => { return x; };' });
    expect(shown(meaningOf(program, 'a.ts', 'x'))).toBe('a.ts: x: string');
  });

  test('destructured, caught, looped and hoisted names are declarations', () => {
    const program = programOf({
      'a.ts':
        'function f({ a: { b } }: T) { b; try {} catch (e) { e; } for (const i of l) i; { var h = 1; } h; }',
    });
    expect(shown(meaningOf(program, 'a.ts', 'b'))).toBe('a.ts: b');
    expect(shown(meaningOf(program, 'a.ts', 'e'))).toBe('a.ts: e');
    expect(shown(meaningOf(program, 'a.ts', 'i'))).toBe('a.ts: i');
    expect(shown(meaningOf(program, 'a.ts', 'h'))).toBe('a.ts: h = 1');
  });

  test('a property name means nothing by itself', () => {
    const program = programOf({ 'a.ts': 'const get = 1; app.get;' });
    expect(meaningOf(program, 'a.ts', 'get')).toBeUndefined();
  });

  test('imports are followed through renames, barrels, stars and cycles', () => {
    const program = programOf({
      'main.ts': "import { users as people } from './all.js'; people;",
      'all.ts': "export * from './all.js'; export * from './renamed.ts';",
      'renamed.ts': "import { table } from './users'; export { table as users };",
      'users/index.ts': 'export const table = pgTable();',
    });
    expect(shown(meaningOf(program, 'main.ts', 'people'))).toBe(
      'users/index.ts: table = pgTable()',
    );
  });

  test('defaults, namespaces and packages keep apart', () => {
    const program = programOf({
      'main.ts':
        "import app from './app'; import * as schema from './schema'; import { Hono as H } from 'hono'; app; schema; H;",
      'app.ts': 'const app = build(); export default app;',
      'schema.ts': 'export default { a: 1 };',
    });
    expect(shown(meaningOf(program, 'main.ts', 'app'))).toBe('app.ts: app = build()');
    expect(shown(meaningOf(program, 'main.ts', 'schema'))).toBe('module schema.ts');
    expect(shown(meaningOf(program, 'main.ts', 'H'))).toBe('hono Hono');
    expect(shown(program.exported('schema.ts', 'default'))).toBe('schema.ts: { a: 1 }');
  });

  test('a required module is the module, its parts are its exports', () => {
    const program = programOf({
      'a.js': "const { Hono } = require('hono'); const zod = require('zod'); Hono; zod;",
    });
    expect(shown(meaningOf(program, 'a.js', 'Hono'))).toBe('hono Hono');
    expect(shown(meaningOf(program, 'a.js', 'zod'))).toBe('zod *');
  });

  test('a module that hands on what it requires exports that', () => {
    const program = programOf({
      'a.js': "const { Refused, sum, own } = require('./all'); Refused; sum; own;",
      'all/index.js': "module.exports = require('./some');",
      'all/some.js':
        "const named = require('./named'); module.exports = { ...require('./errors'), ...named, own: 1 };",
      'all/errors.js': 'class Refused extends Error {} module.exports = { Refused };',
      'all/named.js': 'const sum = add(); module.exports = { sum };',
    });
    expect(shown(meaningOf(program, 'a.js', 'Refused'))).toMatch(/^all\/errors\.js: class Refused/);
    expect(shown(meaningOf(program, 'a.js', 'sum'))).toBe('all/named.js: sum = add()');
    expect(shown(meaningOf(program, 'a.js', 'own'))).toBe('all/some.js: 1');
  });
});

describe('modules', () => {
  const tsconfig = (text: object) => JSON.stringify(text);

  test('the nearest tsconfig speaks, with what it extends', () => {
    const program = programOf({
      'package.json': '{"name":"root"}',
      'tsconfig.base.json': tsconfig({ compilerOptions: { paths: { '@/*': ['./src/*'] } } }),
      'tsconfig.json': tsconfig({ extends: './tsconfig.base.json' }),
      'src/db.ts': '',
      'api/tsconfig.json': tsconfig({
        compilerOptions: { baseUrl: '.', paths: { '~/*': ['lib/*'] } },
      }),
      'api/lib/x.tsx': '',
      'api/deep/er/main.ts': '',
    });
    expect(program.resolve('src/routes/a.ts', '@/db')).toBe('src/db.ts');
    expect(program.resolve('api/deep/er/main.ts', '~/x.js')).toBe('api/lib/x.tsx');
    expect(program.resolve('api/deep/er/main.ts', 'lib/x')).toBe('api/lib/x.tsx');
    expect(program.resolve('api/deep/er/main.ts', '@/db')).toBeUndefined();
  });

  test('workspace packages lead to their source, even where exports name built files', () => {
    const program = programOf({
      'packages/db/package.json': tsconfig({
        name: '@shop/db',
        exports: { '.': { import: './dist/index.js' }, './tables/*': './src/tables/*.ts' },
      }),
      'packages/db/src/index.ts': '',
      'packages/db/src/tables/users.ts': '',
      'api/package.json': tsconfig({ name: 'api', imports: { '#lib/*': './src/lib/*.js' } }),
      'api/src/lib/log.ts': '',
    });
    expect(program.resolve('api/src/a.ts', '@shop/db')).toBe('packages/db/src/index.ts');
    expect(program.resolve('api/src/a.ts', '@shop/db/tables/users')).toBe(
      'packages/db/src/tables/users.ts',
    );
    expect(program.resolve('api/src/a.ts', '#lib/log')).toBe('api/src/lib/log.ts');
    expect(program.resolve('api/src/a.ts', 'hono')).toBeUndefined();
  });

  test('built files lead to where the options of their compiler say that the source is', () => {
    const program = programOf({
      'packages/db/package.json': tsconfig({ name: '@shop/db', main: 'dist/index.js' }),
      'packages/db/tsconfig.json': tsconfig({
        compilerOptions: { rootDir: 'lib', outDir: './dist' },
      }),
      'packages/db/lib/index.ts': '',
      'packages/mail/package.json': tsconfig({ name: '@shop/mail', exports: './out/main.js' }),
      'packages/mail/tsconfig.build.json': tsconfig({
        compilerOptions: { outDir: 'out' },
        include: ['source/**/*'],
      }),
      'packages/mail/source/main.ts': '',
    });
    expect(program.resolve('api/a.ts', '@shop/db')).toBe('packages/db/lib/index.ts');
    expect(program.resolve('api/a.ts', '@shop/mail')).toBe('packages/mail/source/main.ts');
  });

  test('of a package for browsers and servers it is the servers’ side', () => {
    const sides = { browser: './src/browser.ts', node: './src/index.ts' };
    const program = programOf({
      'logs/package.json': tsconfig({ name: '@shop/logs', exports: { '.': sides } }),
      'logs/src/index.ts': '',
      'logs/src/browser.ts': '',
    });
    expect(program.resolve('api/src/a.ts', '@shop/logs')).toBe('logs/src/index.ts');
  });
});

test('a syntax error is a finding, and what could be read is there', () => {
  const program = programOf({ 'a.ts': 'export const ok = 1;\nconst = ;' });
  expect(shown(program.exported('a.ts', 'ok'))).toBe('a.ts: ok = 1');
  expect(program.findings()).toMatchObject([
    { code: 'repo.unparsable', at: { file: 'a.ts', line: 2 } },
  ]);
});
