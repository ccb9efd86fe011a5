import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { pairwise, type Row } from '../../src/kernel/pairwise.ts';

const levelsOf = fc.array(fc.integer({ min: 2, max: 5 }), { minLength: 2, maxLength: 7 });

function pairs(rows: readonly Row[]): Set<string> {
  const all = rows.flatMap((row) =>
    row.flatMap((a, i) => row.slice(i + 1).map((b, j) => [i, a, i + 1 + j, b].join(' '))),
  );
  return new Set(all.filter((pair) => !pair.includes('-1')));
}

function allPairs(levels: readonly number[]): number {
  return levels.reduce(
    (sum, a, at) => sum + levels.slice(at + 1).reduce((more, b) => more + a * b, 0),
    0,
  );
}

test('every two levels of two factors stand together in some row', async () => {
  await fc.assert(
    fc.property(levelsOf, (levels) => {
      const rows = pairwise(levels, () => true);
      expect(pairs(rows).size).toBe(allPairs(levels));
    }),
  );
});

test('is far smaller than the product', () => {
  const levels = [4, 3, 3, 3, 2, 2, 2, 2];
  expect(pairwise(levels, () => true).length).toBeLessThanOrEqual(20);
});

test('leaves out what cannot stand together, and no row holds it', async () => {
  await fc.assert(
    fc.property(levelsOf, (levels) => {
      const allows = (row: Row) => !(row[0] === 0 && row[1] === 1);
      const rows = pairwise(levels, allows);
      expect(rows.every(allows)).toBe(true);
      expect(pairs(rows).size).toBe(allPairs(levels) - 1);
    }),
  );
});

test('rows that are given need not be made again', () => {
  const given = [
    [0, 0],
    [1, 1],
  ];
  expect(pairwise([2, 2], () => true, given)).toEqual([
    [0, 1],
    [1, 0],
  ]);
});
