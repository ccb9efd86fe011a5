import { expect, it } from 'vitest';
import { cut, pad, widthOf, wrap } from '../../../src/report/text/layout.ts';

it('counts wide characters twice and marks not at all', () => {
  expect(widthOf('日本')).toBe(4);
  expect(widthOf('e\u0301')).toBe(1);
  expect(pad('日', 4)).toBe('日  ');
});

it('cuts to a width with an ellipsis', () => {
  expect(cut('endings', 7)).toBe('endings');
  expect(cut('endings', 4)).toBe('end…');
  expect(cut('日本語', 4)).toBe('日…');
});

it('wraps at blanks, and inside a word that fits no line', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('abcdefgh ij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  expect(wrap('', 4)).toEqual([]);
});
