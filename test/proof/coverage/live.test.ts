import { ts } from 'ts-morph';
import { expect, test } from 'vitest';
import { liveFunctions } from '../../../src/proof/coverage/live.ts';

const names = (texts: Record<string, string>, roots: string[] = []) => {
  const sources = new Map(
    Object.entries(texts).map(([path, text]) => [
      path,
      ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true),
    ]),
  );
  const code = { source: (path: string) => sources.get(path) };
  const live = liveFunctions([...sources.keys()], { roots: new Set(roots), code });
  return [...live].map(nameOf).sort();
};

function nameOf(node: ts.Node): string {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  const named = 'name' in node && node.name ? node : node.parent;
  return 'name' in named ? (named.name as ts.Node).getText() : 'nameless';
}

test('code is live by way of the names that live code mentions', () => {
  expect(
    names({
      'app.ts': `import { open as enter } from './door';
        function first() { second(); } function second() {} function never() { alsoNever(); } function alsoNever() {}
        serve(first, enter);`,
      'door.ts': 'export function open() {} export function shut() {}',
    }),
  ).toEqual(['first', 'open', 'second']);
});

test('a class brings its constructor and what a framework calls, a method waits for its name', () => {
  expect(
    names({
      'a.ts': `@Controller() class Desk { constructor() {} @Get() list() { this.rows.find(); } gone() {} }
        class Rows { find() {} drop() {} }
        class Guard implements CanActivate { canActivate() {} }
        modules.push(Desk, Rows, Guard); class Unused { list() {} }`,
    }),
  ).toEqual(['Desk', 'Guard', 'Rows', 'canActivate', 'constructor', 'find', 'list']);
});

test('what a root exports may be called by a framework, what another exports waits', () => {
  const texts = {
    'page.tsx': 'export function GET() { helper(); } function helper() {} function own() {}',
    'lib.ts': 'export const unused = () => 1;',
  };
  expect(names(texts, ['page.tsx'])).toEqual(['GET', 'helper']);
});

test('a function that is handed out as it stands is live, one held by a variable waits', () => {
  expect(
    names({
      'a.ts':
        'app.get("/", async function one () {}); const two = () => three(); const rows = { four() {} }; rows["four"]();',
    }),
  ).toEqual(['four', 'one']);
});
