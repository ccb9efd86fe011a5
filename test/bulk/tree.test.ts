import { expect, test } from 'vitest';
import { keyOf } from '../../src/bulk/random.ts';
import { forestOf } from '../../src/bulk/tree.ts';

test.each([1, 3, 9])('a forest %i deep has parents before children, far down as well', (limit) => {
  const forest = forestOf(keyOf('7', 'nodes', 'forest'), limit);
  const depths = new Set<number>();
  for (let index = 0; index < 100_000; index++) {
    const parent = forest.parent(index);
    const depth = forest.depth(index);
    depths.add(depth);
    const agrees =
      parent === index
        ? depth === 0 && forest.root(index) === index
        : parent < index &&
          depth === forest.depth(parent) + 1 &&
          forest.root(index) === forest.root(parent);
    if (!agrees) expect.fail(`row ${index} below ${parent}, ${depth} deep`);
  }
  expect([...depths].sort()).toEqual(Array.from({ length: limit + 1 }, (_, at) => at));
});
