import { createHash } from 'node:crypto';
import { type Draw, drawFrom } from '../kernel/draw.ts';

/** 64 bits of key for one path, from which any number of values are drawn by index. */
export interface Key {
  readonly low: number;
  readonly high: number;
}

export function keyOf(...path: readonly (string | number)[]): Key {
  const bytes = createHash('sha256').update(path.join('\u0000')).digest();
  return { low: bytes.readUInt32BE(0), high: bytes.readUInt32BE(4) };
}

/** The pseudo-random 32 bits at an index; a counter-mode mix, the same on any machine. */
export function bitsAt({ low, high }: Key, index: number, lane = 0): number {
  let h = low ^ Math.imul(index | 0, 0x9e3779b1) ^ Math.imul((index / 2 ** 32) | 0, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d) ^ high ^ Math.imul(lane + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  h = Math.imul(h ^ (h >>> 16) ^ low, 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Numbers one after another for one cell. */
export function drawAt(key: Key, index: number): Draw {
  let lane = 0;
  return drawFrom(() => bitsAt(key, index, lane++));
}

/** A bijection of 0 … size-1: four Feistel rounds over the next even power of two, walked until inside. */
export function permute(key: Key, size: number, index: number): number {
  let half = 1;
  while (4 ** half < size) half += 1;
  const mask = 2 ** half;
  let value = index;
  do {
    let left = Math.floor(value / mask);
    let right = value % mask;
    for (let round = 0; round < 4; round++) {
      const mixed = (left ^ (bitsAt(key, right, round) % mask)) >>> 0;
      left = right;
      right = mixed % mask;
    }
    value = left * mask + right;
  } while (value >= size);
  return value;
}
