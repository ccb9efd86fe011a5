import { describe, expect, test } from 'vitest';
import type { Op, Term } from '../../../src/condition/condition.ts';
import { byItsParts, partsBetween } from '../../../src/model/trace/text-parts.ts';

const text = (value: string): Term => ({ kind: 'literal', value });
const segment = (name: string): Term => ({ kind: 'input', from: 'params', path: [name] });
const rest: Term = { kind: 'call', fn: 'string', args: [segment('rest')] };
const concat = (...args: Term[]): Term => ({ kind: 'call', fn: 'concat', args });

function told(left: Term, op: Op, wanted: string): boolean | undefined {
  return byItsParts({ left, op, right: text(wanted) });
}

describe('a path of known parts and parameters', () => {
  const boat = concat(text('/boats/'), segment('id'));
  const deck = concat(text('/boats/'), segment('id'), text('/deck'));
  const docs = concat(text('/docs/'), rest);

  test.each<[Term, Op, string, boolean | undefined]>([
    [boat, '=', '/boats', false],
    [boat, '=', '/boats/', false],
    [boat, '=', '/boats/new', undefined],
    [boat, '!=', '/boats/new/more', true],
    [boat, 'like', '/boats%', true],
    [boat, 'not like', '/boats%', false],
    [boat, 'like', '/boats/new%', undefined],
    [boat, 'like', '/admin%', false],
    [boat, 'like', '%/deck', undefined],
    [boat, 'like', '%.%', undefined],
    [deck, 'like', '%/deck', true],
    [deck, 'like', '%/mast', false],
    [deck, '=', '/boats/deck', false],
    [docs, '=', '/docs/a/b/c', undefined],
    [docs, 'like', '/docs/%', true],
    [boat, 'matches', '^/boats/[^/]+$', true],
    [boat, 'matches', '/boats/.+', true],
    [boat, 'matches', '^\\/boats\\/[^/]+\\/deck$', false],
    [docs, 'matches', '^\\/docs\\/[^/]+$', undefined],
    [boat, 'matches', '^\\/(login|signup)$', false],
    [boat, 'matches', '^\\/boats(\\/|$)', true],
    [boat, 'matches', 'deck|boats', true],
    [boat, 'matches', '(?i)^/BOATS', true],
    [boat, 'not matches', '\\d{2,}', undefined],
    [boat, 'matches', '^/(?!boats)', undefined],
    [boat, 'matches', '(a)\\1', undefined],
  ])('%j %s %s is %s', (left, op, wanted, expected) => {
    expect(told(left, op, wanted)).toBe(expected);
  });

  test('falls into segments where no parameter can hold a slash', () => {
    expect(partsBetween(deck, '/')).toEqual({
      parts: [[], [text('boats')], [segment('id')], [text('deck')]],
      isAll: true,
    });
    expect(partsBetween(docs, '/')).toEqual({ parts: [[], [text('docs')]], isAll: false });
  });

  test('ends for an expression of any shape', () => {
    const nested = `^${'(a|b|[^/]+)*'.repeat(12)}$`;
    expect(told(boat, 'matches', nested)).toBe(false);
  });
});
