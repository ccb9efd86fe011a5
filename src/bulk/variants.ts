import type { Draw } from '../kernel/draw.ts';
import { escaped } from './copy-text.ts';
import { bitsAt, drawAt, type Key } from './random.ts';
import { put, putRange, type Write } from './sink.ts';

/** How many different values a column's word list or type gives at most. */
const VARIANTS_BITS = 12;

/** The number of the value that a row gets; the same whichever of them were made before. */
export function variantAt(key: Key, index: number): number {
  return bitsAt(key, index) >>> (32 - VARIANTS_BITS);
}

/** Each value is made and encoded when it is first needed, and copied from then on. */
export function variantsOf(key: Key, make: (draw: Draw) => string | null): Write {
  const texts = textsOf(2 ** VARIANTS_BITS, (at) => make(drawAt(key, at)));
  return (sink, index) => texts(sink, variantAt(key, index));
}

/** One of a few values, each as likely. */
export function oneOf(key: Key, list: readonly (string | null)[]): Write {
  const texts = textsOf(list.length, (at) => list[at] ?? null);
  return (sink, index) => texts(sink, Math.floor((bitsAt(key, index) / 2 ** 32) * list.length));
}

export function constantly(text: string | null): Write {
  const bytes = encoded(text);
  return (sink) => {
    if (bytes === null) return false;
    put(sink, bytes);
    return true;
  };
}

export function encoded(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(escaped(text));
}

const [UNKNOWN, NOTHING] = [-1, -2];

/** Texts by number, encoded once and behind each other: close together, they stay in the processor's cache. */
export function textsOf(count: number, text: (at: number) => string | null): Write {
  const starts = new Int32Array(count).fill(UNKNOWN);
  const ends = new Int32Array(count);
  let bytes = new Uint8Array(1024);
  let used = 0;
  const learn = (at: number): number => {
    const found = encoded(text(at));
    if (found === null) {
      starts[at] = NOTHING;
      return NOTHING;
    }
    if (used + found.length > bytes.length) {
      const more = new Uint8Array(Math.max(bytes.length * 2, used + found.length));
      more.set(bytes);
      bytes = more;
    }
    bytes.set(found, used);
    starts[at] = used;
    used += found.length;
    ends[at] = used;
    return used - found.length;
  };
  return (sink, at) => {
    let from = starts[at] ?? NOTHING;
    if (from === UNKNOWN) from = learn(at);
    if (from === NOTHING) return false;
    putRange(sink, bytes, { from, to: ends[at] as number });
    return true;
  };
}
