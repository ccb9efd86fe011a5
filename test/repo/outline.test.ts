import { expect, test } from 'vitest';
import { ts } from '../../src/kernel/syntax.ts';
import { outlineOf } from '../../src/repo/outline.ts';

const outline = (text: string) =>
  outlineOf(ts.createSourceFile('app.ts', text, ts.ScriptTarget.Latest, true));

const MODULE = `
  const path = '/cups';
  export const pour = (size = 1) => size * 2;
  export class Shelf { full = false; add() { return this.full; } }
`;

test.each([
  ['an expression', 'size * 2', 'size * 3'],
  ['a block', 'return this.full;', 'const n = 1;\n return n;'],
])('a body that is %s is no part of the outline', (_, from, to) => {
  expect(outline(MODULE.replace(from, to))).toBe(outline(MODULE));
});

test.each([
  ['a constant', '/cups', '/mugs'],
  ["a parameter's default", 'size = 1', 'size = 2'],
  ["a property's start", 'full = false', 'full = true'],
  ['a name', 'pour', 'brew'],
])('%s is a part of it', (_, from, to) => {
  expect(outline(MODULE.replace(from, to))).not.toBe(outline(MODULE));
});
