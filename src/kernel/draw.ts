/** Numbers pinned to a key and a path: the same ones in the same order, whatever else was drawn. */
export interface Draw {
  /** An integer from 0 up to, and without, `below` (at most 2³²). */
  int(below: number): number;
  pick<T>(list: readonly T[]): T;
  /** That many hex digits. */
  hex(digits: number): string;
}

/** Draws from a source of integers from 0 up to, and without, 2³². */
export function drawFrom(next: () => number): Draw {
  const int = (below: number) => Math.floor((next() / 2 ** 32) * below);
  return {
    int,
    pick(list) {
      const chosen = list[int(list.length)];
      if (chosen === undefined) throw new RangeError('Nothing to pick from.');
      return chosen;
    },
    hex(digits) {
      let text = '';
      while (text.length < digits) text += next().toString(16).padStart(8, '0');
      return text.slice(0, digits);
    },
  };
}
