import { expect, it } from 'vitest';
import { escapeHidden, oneLine, showHidden, stripHidden } from '../../src/report/visible.ts';
import { HOSTILE } from '../setup/report-hostile.ts';

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}]/u;

it.each(HOSTILE)('leaves nothing hidden of %j', (text) => {
  expect(stripHidden(text)).not.toMatch(HIDDEN);
  expect(oneLine(text)).not.toMatch(HIDDEN);
  expect(showHidden(text)).not.toMatch(HIDDEN);
});

it('shows what was hidden, and takes whole escape sequences away', () => {
  expect(showHidden('a\u202eb\u001b')).toBe('a⟨U+202E⟩b⟨U+001B⟩');
  expect(stripHidden('\u001b[1;31mred\u001b[0m')).toBe('red');
});

it('keeps tabs, line feeds, accents and other scripts', () => {
  const text = 'a\tb\nÜber 日本 مرحبا';
  expect(stripHidden(text)).toBe(text);
  expect(showHidden(text)).toBe(text);
});

it('escapes hidden characters of JSON without changing the data', () => {
  const data = { text: HOSTILE.join(''), tag: '\u{e0041}' };
  const json = escapeHidden(JSON.stringify(data));
  expect(json).not.toMatch(HIDDEN);
  expect(JSON.parse(json)).toEqual(data);
});
