import { ts } from 'ts-morph';
import { describe, expect, test } from 'vitest';
import { runsOf, sidesOf } from '../../../src/proof/coverage/sides.ts';

const read = (text: string) => ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest, true);
const named = (text: string) =>
  sidesOf(read(text)).map(({ kind, node }) => `${kind} ${node.getText()}`);

describe('the sides of branches', () => {
  test('are two for what has two ways, one for each case and catch', () => {
    expect(named('if (a) b(); else { c(); }')).toEqual(['then b();', 'else { c(); }']);
    expect(named('if (a) b();')).toEqual(['then b();', 'no else a']);
    expect(named('x = a ? b : c;')).toEqual(['? b', ': c']);
    expect(named('a ?? b;')).toEqual(['?? a ?? b', 'not ?? a ?? b']);
    expect(named('switch (a) { case 1: case 2: b(); default: c(); }')).toEqual([
      'case case 2: b();',
      'case default: c();',
    ]);
    expect(named('try { a(); } catch { b(); }')).toEqual(['catch { b(); }']);
  });

  test('are nothing where nothing would run', () => {
    expect(named('if (a) {} try { a(); } catch {} interface A { b?: string }')).toEqual([]);
  });

  test('without code of their own are taken as often as the branch, less the other', () => {
    const [, other] = sidesOf(read('if (a) b();'));
    if (!other) throw new Error('two sides');
    const counts = new Map([
      [4, 5],
      [7, 3],
    ]);
    expect(runsOf(other, ({ start }) => counts.get(start))).toBe(2);
    expect(runsOf(other, () => undefined)).toBeUndefined();
  });
});
