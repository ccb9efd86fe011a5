import { expect, test } from 'vitest';
import { ts } from '../../../src/kernel/syntax.ts';
import { runConcretely } from '../../../src/model/concrete/run.ts';
import { programOf } from '../../setup/code.ts';

function run(code: string, ...args: readonly unknown[]) {
  const program = programOf({ 'package.json': '{"name":"app"}', 'a.ts': code });
  const found = program.source('a.ts')?.statements.find(ts.isFunctionDeclaration);
  if (!found) throw new Error('no function');
  return runConcretely(program, found, args);
}

test('computes with texts, lists and loops as the language does', () => {
  const code = `
    function slug(text: string) {
      const words = text.normalize('NFKD').toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);
      let made = '';
      for (const [at, word] of words.map((each, index) => [index, each])) {
        if (word === 'the') continue;
        made += (at === 0 ? '' : '-') + word;
      }
      return made || null;
    }`;
  expect(run(code, 'Blue   Mug & the Cup!')).toEqual({ value: 'blue-mug-cup' });
  expect(run(code, '!')).toEqual({ value: null });
});

test.each([
  ['an endless loop', 'function f() { while (true) {} }'],
  ['endless recursion', 'function f(n: number): number { return f(n + 1); }'],
  ['text that doubles', "function f() { let t = 'x'; while (true) t += t; }"],
  ['a global that does things', 'function f() { return process.exit(); }'],
  [
    'a way to the Function constructor',
    "function f() { return ''.constructor.constructor('return 1')(); }",
  ],
  ['a prototype', "function f() { return ''['__proto__']; }"],
  ['what is thrown', "function f() { throw new Error('x'); }"],
  ['a variable of the module that changes', 'let n = 1;\nfunction f() { return n; }'],
])('gives up on %s', (_, code) => {
  expect(run(code, 1)).toBeUndefined();
});
