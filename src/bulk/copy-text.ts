import type { Numbers, Rows } from './bulk.ts';
import { chunksOf } from './chunks.ts';
import { putInteger, room, type Sink, type Write } from './sink.ts';

const [TAB, LINE, BACKSLASH, N] = [9, 10, 92, 78];

/** Rows in COPY's text format, whole lines at a time; `numbered` puts each row's number first. */
export function copyText(
  { writers }: Pick<Rows, 'writers'>,
  numbers: Numbers,
  numbered = false,
): Generator<Buffer> {
  return chunksOf(numbers, (sink, index) => {
    if (numbered) {
      putInteger(sink, index);
      if (writers.length > 0) sink.bytes[sink.at++] = TAB;
    }
    writeLine(sink, writers, index);
  });
}

function writeLine(sink: Sink, writers: readonly Write[], index: number): void {
  const { length } = writers;
  for (let column = 0; column < length; column++) {
    const written = (writers[column] as Write)(sink, index);
    room(sink, 4);
    if (!written) {
      sink.bytes[sink.at++] = BACKSLASH;
      sink.bytes[sink.at++] = N;
    }
    sink.bytes[sink.at++] = column === length - 1 ? LINE : TAB;
  }
  if (length === 0) {
    room(sink, 1);
    sink.bytes[sink.at++] = LINE;
  }
}

/** A line of values that are texts already. */
export function lineOf(row: readonly (string | null)[], number: number): string {
  const cells = row.map((value) => (value === null ? '\\N' : escaped(value)));
  return `${[String(number), ...cells].join('\t')}\n`;
}

const SPECIAL = /[\\\t\n\r\b\f\v]/;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
};
const PLAIN = Object.fromEntries(Object.entries(ESCAPES).map(([plain, told]) => [told, plain]));

export function escaped(text: string): string {
  return SPECIAL.test(text)
    ? text.replace(/[\\\t\n\r\b\f\v]/g, (one) => ESCAPES[one] ?? one)
    : text;
}

/** What `escaped` was given. */
export function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\./gs, (told) => PLAIN[told] ?? told) : text;
}
