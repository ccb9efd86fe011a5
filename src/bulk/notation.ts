import type { SqlType } from '../db/db.ts';
import { unescaped } from './copy-text.ts';
import { put, type Sink, type Write } from './sink.ts';

/** How a file's format writes a cell. */
export interface Notation {
  /** What stands around a value without `special` bytes. */
  readonly quote: Uint8Array;
  /** By byte of COPY's text, 1 where a value with it has to be told another way; a backslash always has. */
  readonly special: Uint8Array;
  /** What stands for NULL. */
  readonly missing: Uint8Array;
  /** A value that isn't plain, or is empty. */
  readonly told: (text: string) => string;
}

/** Writes cells in that notation: most are COPY's own bytes as they are. */
export function notedWriter(
  write: Write,
  { quote, special, missing, told }: Notation,
): (sink: Sink, index: number) => void {
  return (sink, index) => {
    const start = sink.at;
    put(sink, quote);
    const from = sink.at;
    if (!write(sink, index)) {
      sink.at = start;
      put(sink, missing);
      return;
    }
    if (isPlain(sink, from, special)) {
      put(sink, quote);
      return;
    }
    const text = unescaped(sink.bytes.toString('utf8', from, sink.at));
    sink.at = start;
    put(sink, Buffer.from(told(text)));
  };
}

function isPlain({ bytes, at }: Sink, from: number, special: Uint8Array): boolean {
  for (let i = from; i < at; i++) if (special[bytes[i] as number] === 1) return false;
  return at > from;
}

function bytesWhere(isSpecial: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (isSpecial(byte) ? 1 : 0));
}

function bytesOf(text: string): Uint8Array {
  return bytesWhere((byte) => byte < 128 && text.includes(String.fromCharCode(byte)));
}

const NONE = Buffer.alloc(0);

/** As `COPY … WITH (FORMAT csv)` reads it. */
export const csv: Notation = {
  quote: NONE,
  special: bytesOf('",\n\r\\'),
  missing: NONE,
  told: csvText,
};

export function csvText(text: string): string {
  return text === '' || /[",\n\r\\]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A constant as SQL has it. */
export const literal: Notation = {
  quote: Buffer.from("'"),
  special: bytesOf("'\\"),
  missing: Buffer.from('null'),
  told: quoted,
};

export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const missing = Buffer.from('null');
const jsonString: Notation = {
  quote: Buffer.from('"'),
  special: bytesWhere((byte) => byte < 32 || byte === 34 || byte === 92),
  missing,
  told: (text) => JSON.stringify(text),
};
const anything = bytesWhere(() => true);

/** JSON of a type's values; numbers that JavaScript would round stay texts. */
export function jsonOf(type: SqlType | undefined): Notation {
  if (!type || type.array) return jsonString;
  switch (type.name) {
    case 'bool':
      return {
        quote: NONE,
        special: anything,
        missing,
        told: (text) => String(text.startsWith('t')),
      };
    case 'json':
    case 'jsonb':
      // Lines end between tokens alone: within strings they are written as codes.
      return {
        quote: NONE,
        special: bytesOf('\\'),
        missing,
        told: (text) => text.replace(/[\n\r\t]/g, ' '),
      };
    case 'int2':
    case 'int4':
      return { quote: NONE, special: bytesWhere((byte) => !isDigit(byte)), missing, told: number };
    case 'float4':
    case 'float8':
      return { quote: NONE, special: anything, missing, told: number };
    default:
      return jsonString;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

function number(text: string): string {
  return /^-?\d+(\.\d+)?$/.test(text) ? text : JSON.stringify(text);
}
