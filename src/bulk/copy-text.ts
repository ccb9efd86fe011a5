import type { Rows } from './bulk.ts';

const ROWS_A_CHUNK = 2000;

/** Rows in COPY's text format, a chunk of lines at a time. */
export function* copyText(
  rows: Rows,
  numbers: { readonly from: number; readonly to: number } | readonly number[],
  numbered = false,
): Generator<string> {
  const list = 'from' in numbers ? null : numbers;
  const count = list ? list.length : (numbers as { from: number; to: number }).to;
  let text = '';
  for (let at = list ? 0 : (numbers as { from: number }).from; at < count; at++) {
    const index = list ? (list[at] ?? 0) : at;
    text += lineOf(rows.row(index), numbered ? index : null);
    if (at % ROWS_A_CHUNK === ROWS_A_CHUNK - 1) {
      yield text;
      text = '';
    }
  }
  if (text !== '') yield text;
}

export function lineOf(row: readonly (string | null)[], number: number | null): string {
  let line = number === null ? '' : String(number);
  for (let at = 0; at < row.length; at++) {
    if (at > 0 || number !== null) line += '\t';
    const value = row[at];
    line += value === null || value === undefined ? '\\N' : escaped(value);
  }
  return `${line}\n`;
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

function escaped(text: string): string {
  return SPECIAL.test(text)
    ? text.replace(/[\\\t\n\r\b\f\v]/g, (one) => ESCAPES[one] ?? one)
    : text;
}
