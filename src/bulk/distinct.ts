import type { Draw } from '../kernel/draw.ts';
import type { Distinct } from './bulk.ts';
import { baseOf, dateText, lengthOf, type Typed, type Types } from './literal.ts';
import { drawAt, type Key, permute } from './random.ts';
import { put, putInteger, room, type Sink, type Write } from './sink.ts';
import { putUuid } from './typed.ts';
import { encoded, variantAt } from './variants.ts';

const KINDS: Readonly<Record<string, Distinct['kind']>> = {
  text: 'text',
  citext: 'text',
  varchar: 'text',
  bpchar: 'text',
  name: 'text',
  int2: 'number',
  int4: 'number',
  int8: 'number',
  numeric: 'number',
  oid: 'number',
  float8: 'number',
  uuid: 'uuid',
  bytea: 'bytes',
  date: 'day',
  timestamp: 'minute',
  timestamptz: 'minute',
};

/** How a value is made its row's own, in any spelling; null where the type has too few values to be sure. */
export function distinctFor(typed: Typed, types: Types, start: number): Distinct | null {
  const kind = KINDS[baseOf(typed, types).base.name];
  return kind ? { kind, max: lengthOf(typed, types), start } : null;
}

/** `make` gives texts what stands around their own part. */
export function distinctWriter(
  { kind, max, start }: Distinct,
  key: Key,
  make: (draw: Draw) => string | null,
): Write {
  const writing = (text: (number: number) => string): Write => {
    return (sink, index) => {
      put(sink, Buffer.from(text(start + index)));
      return true;
    };
  };
  switch (kind) {
    case 'text':
      return ownText(key, make, { max, start });
    case 'number':
      return (sink, index) => {
        putInteger(sink, start + index);
        return true;
      };
    case 'uuid':
      return (sink, index) => {
        putUuid(sink, key, start + index);
        return true;
      };
    case 'bytes':
      return writing((number) => `\\\\x${(2 ** 48 + number).toString(16).padStart(14, '0')}`);
    case 'day':
      return writing(dateText);
    case 'minute':
      return writing((number) => {
        const at = new Date(Date.UTC(2024, 0, 1) + number * 60_000);
        return `${at.toISOString().slice(0, 19)}+00`;
      });
  }
}

const DIGITS = 6;
const SPREAD = 2 ** (5 * DIGITS);
const LETTERS = Buffer.from('0123456789abcdefghijklmnopqrstuv');

/** The row's number in letters and digits, scattered; before the @ of an address, after anything else. */
function ownText(
  key: Key,
  make: (draw: Draw) => string | null,
  { max, start }: { max: number | null; start: number },
): Write {
  if (max !== null && max < DIGITS) {
    const digits = Math.max(1, max);
    return (sink, index) => {
      const text = permute(key, 36 ** digits, start + index).toString(36);
      put(sink, Buffer.from(text.padStart(digits, '0')));
      return true;
    };
  }
  const frames: { before: Buffer; after: Buffer }[] = [];
  return (sink, index) => {
    const number = start + index;
    const at = variantAt(key, number);
    let frame = frames[at];
    if (!frame) {
      frame = frameOf(make(drawAt(key, at)) ?? '', max);
      frames[at] = frame;
    }
    put(sink, frame.before);
    putOwn(sink, number < SPREAD ? permute(key, SPREAD, number) : number);
    put(sink, frame.after);
    return true;
  };
}

function putOwn(sink: Sink, number: number): void {
  if (number >= SPREAD) {
    put(sink, Buffer.from(number.toString(36)));
    return;
  }
  room(sink, DIGITS);
  let rest = number;
  for (let at = sink.at + DIGITS - 1; at >= sink.at; at--) {
    sink.bytes[at] = LETTERS[rest & 31] as number;
    rest >>>= 5;
  }
  sink.at += DIGITS;
}

function frameOf(made: string, max: number | null): { before: Buffer; after: Buffer } {
  const framed = (before: string, after: string) => ({
    before: encoded(before) ?? Buffer.alloc(0),
    after: encoded(after) ?? Buffer.alloc(0),
  });
  const at = made.indexOf('@');
  const host = at > 0 ? made.slice(at) : '';
  if (host !== '' && (max === null || host.length + DIGITS + 1 <= max)) {
    const local = max === null ? at : Math.min(at, max - host.length - DIGITS - 1);
    return framed(`${made.slice(0, local)}.`, host);
  }
  const head = (max === null ? made : made.slice(0, Math.max(0, max - DIGITS - 1))).trimEnd();
  return framed(head === '' ? '' : `${head}-`, '');
}
