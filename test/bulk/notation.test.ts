import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escaped } from '../../src/bulk/copy-text.ts';
import { csv, jsonOf, literal, type Notation, notedWriter } from '../../src/bulk/notation.ts';
import { put, sinkOf, type Write } from '../../src/bulk/sink.ts';
import type { SqlType } from '../../src/db/db.ts';

function noted(text: string | null, notation: Notation): string {
  const write: Write = (sink) => {
    if (text !== null) put(sink, Buffer.from(escaped(text)));
    return text !== null;
  };
  const sink = sinkOf(8);
  notedWriter(write, notation)(sink, 0);
  return sink.bytes.toString('utf8', 0, sink.at);
}

/** What CSV, by RFC 4180, means by one field. */
function csvField(told: string): string | null {
  if (told === '') return null;
  if (!told.startsWith('"')) return /[",\r\n]/.test(told) ? null : told;
  return told.slice(1, -1).replaceAll('""', '"');
}

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('a', 'é', '"', "'", '\\', ',', '\n', '\r', '\t', '\b', '{') }),
);
const type = (name: string) => ({ name, array: false }) as SqlType;

test('any text is told so that its reader gets it back', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(csvField(noted(text, csv))).toBe(text);
      expect(JSON.parse(noted(text, jsonOf(type('text'))))).toBe(text);
      expect(noted(text, literal)).toBe(`'${text.replaceAll("'", "''")}'`);
    }),
    { numRuns: 500 },
  );
});

test('nothing at all is something else than an empty text', () => {
  expect([csv, jsonOf(type('text')), literal].map((one) => noted(null, one))).toEqual([
    '',
    'null',
    'null',
  ]);
  expect([csv, jsonOf(type('text')), literal].map((one) => noted('', one))).toEqual([
    '""',
    '""',
    "''",
  ]);
});

test('JSON has numbers, truth and JSON as they are, and what it would spoil as text', () => {
  const told = (name: string, text: string) => noted(text, jsonOf(type(name)));
  expect(told('int4', '-12')).toBe('-12');
  expect(told('int8', '9007199254740993')).toBe('"9007199254740993"');
  expect(told('float8', '1.5')).toBe('1.5');
  expect(told('float8', 'NaN')).toBe('"NaN"');
  expect(told('bool', 't')).toBe('true');
  expect(told('jsonb', '{"a":"\\\\"}')).toBe('{"a":"\\\\"}');
});
