import type { Value } from './bulk.ts';
import { bitsAt, type Key } from './random.ts';
import { put, putInteger, putPadded, room, type Write } from './sink.ts';
import { textsOf } from './variants.ts';

type Ruled = Exclude<Value, { kind: 'words' | 'typed' }>;

/** Writes what the user's config asks for; `offset` rows of a series stand there already. */
export function ruledWriter(value: Ruled, key: Key, offset: number): Write {
  switch (value.kind) {
    case 'weighted':
      return weighted(value, key);
    case 'number':
      return numbers(value, key);
    case 'series':
      return series(value, key, offset);
  }
}

function weighted({ texts, upTo }: Extract<Ruled, { kind: 'weighted' }>, key: Key): Write {
  const encoded = textsOf(texts.length, (at) => texts[at] ?? null);
  return (sink, index) => {
    const share = bitsAt(key, index) / 2 ** 32;
    let at = 0;
    while (at < upTo.length - 1 && share >= (upTo[at] ?? 1)) at += 1;
    return encoded(sink, at);
  };
}

function numbers(value: Extract<Ruled, { kind: 'number' }>, key: Key): Write {
  const { min, max, decimals, skew } = value;
  const unit = 10 ** decimals;
  const [low, steps] = [Math.ceil(min * unit), Math.floor(max * unit) - Math.ceil(min * unit) + 1];
  return (sink, index) => {
    const share = bitsAt(key, index) / 2 ** 32;
    const chosen = low + Math.floor((skew === 1 ? share : share ** skew) * steps);
    if (decimals === 0) {
      putInteger(sink, chosen);
      return true;
    }
    if (chosen < 0) {
      room(sink, 1);
      sink.bytes[sink.at++] = 45;
    }
    const whole = Math.abs(chosen);
    putInteger(sink, Math.floor(whole / unit));
    room(sink, 1);
    sink.bytes[sink.at++] = 46;
    putPadded(sink, whole % unit, decimals);
    return true;
  };
}

function series(
  { from, every, jitter, day }: Extract<Ruled, { kind: 'series' }>,
  key: Key,
  offset: number,
): Write {
  return (sink, index) => {
    const strayed = (bitsAt(key, index) / 2 ** 32) * jitter;
    const at = new Date(from + Math.floor((offset + index + strayed) * every)).toISOString();
    put(sink, Buffer.from(day ? at.slice(0, 10) : `${at.slice(0, 10)} ${at.slice(11, 23)}+00`));
    return true;
  };
}
