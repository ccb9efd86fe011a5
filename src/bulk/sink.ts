/** Bytes that grow as values are written behind each other; whoever takes them sets `at` back. */
export interface Sink {
  bytes: Buffer;
  at: number;
}

/** Writes a value as COPY's text format has it; false for NULL, and then nothing is written. */
export type Write = (sink: Sink, index: number) => boolean;

export function sinkOf(size: number): Sink {
  return { bytes: Buffer.allocUnsafeSlow(size), at: 0 };
}

/** Makes room for that many bytes more. */
export function room(sink: Sink, more: number): void {
  if (sink.at + more <= sink.bytes.length) return;
  const bytes = Buffer.allocUnsafeSlow(Math.max(sink.bytes.length * 2, sink.at + more));
  sink.bytes.copy(bytes, 0, 0, sink.at);
  sink.bytes = bytes;
}

/** Short runs of bytes are copied faster one by one than by a call. */
export function put(sink: Sink, from: Uint8Array): void {
  const { length } = from;
  room(sink, length);
  const { bytes, at } = sink;
  if (length > 64) bytes.set(from, at);
  else for (let i = 0; i < length; i++) bytes[at + i] = from[i] as number;
  sink.at = at + length;
}

/** `put` of a part. */
export function putRange(
  sink: Sink,
  from: Uint8Array,
  range: { readonly from: number; readonly to: number },
): void {
  const { from: start, to } = range;
  room(sink, to - start);
  const { bytes } = sink;
  let { at } = sink;
  for (let i = start; i < to; i++) bytes[at++] = from[i] as number;
  sink.at = at;
}

const ZERO = 48;
const MINUS = 45;

/** A whole number in digits. */
export function putInteger(sink: Sink, value: number): void {
  room(sink, 24);
  if (value < 0) {
    sink.bytes[sink.at++] = MINUS;
    value = -value;
  }
  if (value > 2 ** 31 - 1) {
    sink.at += sink.bytes.write(String(value), sink.at, 'latin1');
    return;
  }
  let rest = value | 0;
  let digits = 1;
  for (let limit = 10; rest >= limit && digits < 10; limit *= 10) digits += 1;
  for (let at = sink.at + digits - 1; at >= sink.at; at--) {
    const next = (rest / 10) | 0;
    sink.bytes[at] = ZERO + rest - next * 10;
    rest = next;
  }
  sink.at += digits;
}

/** That many digits, with zeros before them. */
export function putPadded(sink: Sink, value: number, digits: number): void {
  room(sink, digits);
  let rest = value | 0;
  for (let at = sink.at + digits - 1; at >= sink.at; at--) {
    const next = (rest / 10) | 0;
    sink.bytes[at] = ZERO + rest - next * 10;
    rest = next;
  }
  sink.at += digits;
}

const HEX = Buffer.from('0123456789abcdef');

/** That many of the lowest hex digits of 32 bits; there has to be room for them. */
export function putHex(sink: Sink, bits: number, digits = 8): void {
  const { bytes } = sink;
  let { at } = sink;
  for (let shift = digits * 4 - 4; shift >= 0; shift -= 4) {
    bytes[at++] = HEX[(bits >>> shift) & 15] as number;
  }
  sink.at = at;
}
