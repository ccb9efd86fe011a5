import { expect, test } from 'vitest';
import { kappa, type Pair, resampled } from '../../src/eval/agreement.ts';

test('is 1 where two always agree, 0 where one always says the same, below where they are opposed', () => {
  expect(
    kappa([
      [1, 1],
      [3, 3],
      [5, 5],
    ]),
  ).toBe(1);
  expect(
    kappa([
      [1, 5],
      [3, 5],
      [5, 5],
    ]),
  ).toBeCloseTo(0, 12);
  expect(
    kappa([
      [1, 5],
      [3, 3],
      [5, 1],
    ]),
  ).toBeCloseTo(-1, 12);
});

test('is nothing where nothing tells grades apart', () => {
  expect(kappa([])).toBeNull();
  expect(
    kappa([
      [5, 5],
      [5, 5],
    ]),
  ).toBeNull();
});

test('is what the textbook’s sums give: one less the squares seen over those expected', () => {
  const pairs: Pair[] = [
    [1, 2],
    [2, 2],
    [4, 3],
    [5, 5],
    [3, 3],
    [1, 1],
  ];
  const squares = pairs.flatMap(([a]) => pairs.map(([, b]) => (a - b) ** 2));
  const expected = squares.reduce((sum, one) => sum + one, 0) / squares.length;
  expect(kappa(pairs)).toBeCloseTo(1 - 2 / 6 / expected, 12);
});

test('an interval holds what was measured and is the same every time', () => {
  const pairs: Pair[] = [
    [1, 2],
    [2, 2],
    [4, 3],
    [5, 5],
    [3, 3],
    [1, 1],
    [5, 4],
    [2, 1],
  ];
  const interval = resampled(pairs, kappa);
  const [low = 2, high = -2] = interval ?? [];
  expect(low).toBeLessThan(kappa(pairs) ?? 0);
  expect(high).toBeGreaterThan(kappa(pairs) ?? 0);
  expect(resampled(pairs, kappa)).toEqual(interval);
  expect(resampled([], kappa)).toBeNull();
});
