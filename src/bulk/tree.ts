import { bitsAt, type Key } from './random.ts';

/** A forest over the row numbers: a parent comes before its children, no path is longer than `limit`. */
export interface Forest {
  /** The parent's number; the row's own where it is a root. */
  parent(index: number): number;
  depth(index: number): number;
  root(index: number): number;
}

const ROOTS = 2 ** 32 / 16;

export function forestOf(key: Key, limit: number): Forest {
  const parent = (index: number): number => {
    const bits = bitsAt(key, index);
    if (index === 0 || bits < ROOTS) return index;
    let chosen = Math.floor((bitsAt(key, index, 1) / 2 ** 32) * index);
    while (depth(chosen) >= limit) chosen = parent(chosen);
    return chosen;
  };
  const depth = (index: number): number => {
    let [at, steps] = [index, 0];
    for (;;) {
      const above = parent(at);
      if (above === at) return steps;
      at = above;
      steps += 1;
    }
  };
  const root = (index: number): number => {
    let at = index;
    for (let above = parent(at); above !== at; above = parent(at)) at = above;
    return at;
  };
  return { parent, depth, root };
}
