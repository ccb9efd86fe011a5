import { escaped } from './copy-text.ts';
import { bitsAt, type Draw, drawAt, type Key } from './random.ts';
import { put, type Write } from './sink.ts';

/** How many different values a column's word list or type gives at most. */
const VARIANTS_BITS = 14;

/** The number of the value that a row gets; the same whichever of them were made before. */
export function variantAt(key: Key, index: number): number {
  return bitsAt(key, index) >>> (32 - VARIANTS_BITS);
}

/** Each value is made and encoded when it is first needed, and copied from then on. */
export function variantsOf(key: Key, make: (draw: Draw) => string | null): Write {
  const known: (Buffer | null | undefined)[] = [];
  return (sink, index) => {
    const at = variantAt(key, index);
    let bytes = known[at];
    if (bytes === undefined) {
      bytes = encoded(make(drawAt(key, at)));
      known[at] = bytes;
    }
    if (bytes === null) return false;
    put(sink, bytes);
    return true;
  };
}

/** One of a few values, each as likely. */
export function oneOf(key: Key, texts: readonly (string | null)[]): Write {
  const list = texts.map(encoded);
  return (sink, index) => {
    const bytes = list[Math.floor((bitsAt(key, index) / 2 ** 32) * list.length)];
    if (!bytes) return false;
    put(sink, bytes);
    return true;
  };
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
