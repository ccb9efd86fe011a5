import { baseOf, dateText, literalOf, scaleOf, type Typed, type Types } from './literal.ts';
import { bitsAt, type Key } from './random.ts';
import { put, putHex, putInteger, putPadded, room, type Write } from './sink.ts';
import { oneOf, textsOf, variantsOf } from './variants.ts';

/** Writes values of a type: common ones digit by digit, any other through its texts. */
export function typedWriter(typed: Typed, types: Types, key: Key): Write {
  const samples = types.get(typed.type)?.samples;
  if (samples && samples.length > 0) return oneOf(key, samples);
  const { base, typmod } = baseOf(typed, types);
  if (!base.array && base.kind === 'e') return oneOf(key, base.labels ?? []);
  const direct = base.array ? undefined : DIRECT[base.name];
  return direct?.(key, typmod) ?? variantsOf(key, (draw) => literalOf(typed, types, draw));
}

const below = (bits: number, limit: number) => Math.floor((bits / 2 ** 32) * limit);

const DIRECT: Readonly<Record<string, (key: Key, typmod: number) => Write | undefined>> = {
  bool: (key) => oneOf(key, ['f', 't']),
  int2: (key) => wholeUpTo(key, 1000),
  int4: (key) => wholeUpTo(key, 1000),
  int8: (key) => wholeUpTo(key, 100_000),
  numeric: numericWriter,
  date: (key) => (sink, index) => putDay(sink, below(bitsAt(key, index), DAYS)),
  timestamp: (key) => instantWriter(key, null),
  timestamptz: (key) => instantWriter(key, Buffer.from('+00')),
  uuid: (key) => (sink, index) => {
    putUuid(sink, key, index);
    return true;
  },
};

function wholeUpTo(key: Key, limit: number): Write {
  return (sink, index) => {
    putInteger(sink, 1 + below(bitsAt(key, index), limit));
    return true;
  };
}

function numericWriter(key: Key, typmod: number): Write | undefined {
  const { whole, scale } = scaleOf(typmod);
  if (scale <= 0 || whole < 1) return undefined;
  const integers = 10 ** Math.min(4, whole);
  const digits = Math.min(scale, 6);
  return (sink, index) => {
    putInteger(sink, below(bitsAt(key, index), integers));
    room(sink, 1);
    sink.bytes[sink.at++] = 46;
    putPadded(sink, below(bitsAt(key, index, 1), 10 ** digits), digits);
    return true;
  };
}

const DAYS = 700;
const putDay = textsOf(DAYS, dateText);

function instantWriter(key: Key, zone: Buffer | null): Write {
  return (sink, index) => {
    putDay(sink, below(bitsAt(key, index), DAYS));
    putClock(sink, below(bitsAt(key, index, 1), 86_400));
    if (zone) put(sink, zone);
    return true;
  };
}

/** A date or time up to a month after that of another column of the row. */
export function laterWriter(
  typed: Typed,
  types: Types,
  { key, after }: { key: Key; after: Key },
): Write | null {
  const { name } = baseOf(typed, types).base;
  if (!/^(date|timestamp|timestamptz)$/.test(name)) return null;
  const zone = name === 'timestamptz' ? Buffer.from('+00') : null;
  const dayLater = textsOf(DAYS + 40, dateText);
  return (sink, index) => {
    const day = below(bitsAt(after, index), DAYS);
    if (name === 'date') return dayLater(sink, day + 1 + below(bitsAt(key, index), 30));
    const start = below(bitsAt(after, index, 1), 86_400);
    const second = start + 1 + below(bitsAt(key, index), 30 * 86_400);
    dayLater(sink, day + Math.floor(second / 86_400));
    putClock(sink, second % 86_400);
    if (zone) put(sink, zone);
    return true;
  };
}

/** A blank, hours, minutes and seconds. */
function putClock(sink: Parameters<Write>[0], second: number): void {
  room(sink, 9);
  sink.bytes[sink.at++] = 32;
  putPadded(sink, (second / 3600) | 0, 2);
  sink.bytes[sink.at++] = 58;
  putPadded(sink, ((second / 60) | 0) % 60, 2);
  sink.bytes[sink.at++] = 58;
  putPadded(sink, second % 60, 2);
}

const DASH = 45;
const VERSION = 52;

/** 122 bits of a row's own as a version 4 UUID. */
export function putUuid(sink: Parameters<Write>[0], key: Key, index: number): void {
  room(sink, 36);
  const { bytes } = sink;
  const [second, third] = [bitsAt(key, index, 1), bitsAt(key, index, 2)];
  putHex(sink, bitsAt(key, index));
  bytes[sink.at++] = DASH;
  putHex(sink, second >>> 16, 4);
  bytes[sink.at++] = DASH;
  bytes[sink.at++] = VERSION;
  putHex(sink, second, 3);
  bytes[sink.at++] = DASH;
  putHex(sink, ((third >>> 16) & 0x3fff) | 0x8000, 4);
  bytes[sink.at++] = DASH;
  putHex(sink, third, 4);
  putHex(sink, bitsAt(key, index, 3));
}
