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
  /** The row it would hang below if no path were too long; its own number where it is a root. */
  const aimed = (index: number): number => {
    if (index === 0 || bitsAt(key, index) < ROOTS) return index;
    return Math.floor((bitsAt(key, index, 1) / 2 ** 32) * index);
  };
  const placed = (index: number): { readonly parent: number; readonly depth: number } => {
    const aim = aimed(index);
    if (aim === index) return { parent: index, depth: 0 };
    const above = placed(aim);
    // Below the lowest rows there is no room: what aims at one becomes its sibling.
    return above.depth < limit ? { parent: aim, depth: above.depth + 1 } : above;
  };
  const root = (index: number): number => {
    let at = index;
    for (let above = aimed(at); above !== at; above = aimed(at)) at = above;
    return at;
  };
  return { parent: (index) => placed(index).parent, depth: (index) => placed(index).depth, root };
}
