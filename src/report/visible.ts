import { stripVTControlCharacters } from 'node:util';

/** Controls but tab and line feed, and whatever is invisible or turns the direction of text. */
const HIDDEN =
  /(?![\t\n])[\p{Cc}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Noncharacter_Code_Point}\u2028\u2029\ufff9-\ufffb]/gu;

/** Nothing to look for; told much faster. */
const PLAIN = /^[\t\n -~]*$/;

/** Text from a repo or a database with nothing in it that acts on a terminal or hides from a reader. */
export function stripHidden(text: string): string {
  return stripVTControlCharacters(text.toWellFormed())
    .replaceAll('\r\n', '\n')
    .replaceAll(HIDDEN, '');
}

/** The same on one line. */
export function oneLine(text: string): string {
  return stripHidden(text).replaceAll(/\s+/g, ' ').trim();
}

/** Text with each hidden character shown as `⟨U+202E⟩`, so that a reader sees it was there. */
export function showHidden(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replaceAll(HIDDEN, (character) => {
      const point = character.codePointAt(0) ?? 0;
      return `⟨U+${point.toString(16).toUpperCase().padStart(4, '0')}⟩`;
    });
}

/** JSON text in which hidden characters inside strings are `\uXXXX`: the same data, safe to print. */
export function escapeHidden(json: string): string {
  if (PLAIN.test(json)) return json;
  return json.replaceAll(HIDDEN, (character) => {
    const units = Array.from({ length: character.length }, (_, index) =>
      character.charCodeAt(index),
    );
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}
