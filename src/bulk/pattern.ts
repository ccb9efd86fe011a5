import type { Draw } from '../kernel/draw.ts';

/** A text for a regular expression of literals, classes, groups, alternatives and counts; null where it says more. */
export function textFor(pattern: string, draw: Draw): string | null {
  const reader = { text: pattern.replace(/^\^/, '').replace(/\$$/, ''), at: 0, draw };
  const text = alternatives(reader);
  return text === null || reader.at < reader.text.length ? null : text;
}

interface Reader {
  readonly text: string;
  readonly draw: Draw;
  at: number;
}

function alternatives(reader: Reader): string | null {
  const found = [sequence(reader)];
  while (reader.text[reader.at] === '|') {
    reader.at += 1;
    found.push(sequence(reader));
  }
  return found.includes(null) ? null : reader.draw.pick(found);
}

function sequence(reader: Reader): string | null {
  let text = '';
  while (reader.at < reader.text.length && !'|)'.includes(reader.text[reader.at] ?? '')) {
    const start = reader.at;
    let piece = atom(reader);
    if (piece === null) return null;
    const after = reader.at;
    const times = countAt(reader);
    const end = reader.at;
    for (let n = 0; n < times; n++) {
      if (n > 0) {
        reader.at = start;
        piece = atom(reader);
      }
      text += piece;
    }
    reader.at = Math.max(after, end);
  }
  return text;
}

function countAt(reader: Reader): number {
  const found = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/.exec(reader.text.slice(reader.at));
  if (!found) return 1;
  reader.at += found[0].length;
  const [sign = ''] = found[0];
  if (sign === '?') return reader.draw.int(2);
  if (sign === '*') return reader.draw.int(5);
  if (sign === '+') return 1 + reader.draw.int(6);
  const least = Number(found[1]);
  const most = found[2] === undefined ? least : Number(found[3] || least + 4);
  return least + reader.draw.int(Math.min(most - least, 12) + 1);
}

function atom(reader: Reader): string | null {
  const rest = reader.text.slice(reader.at);
  if (rest.startsWith('(')) {
    reader.at += rest.startsWith('(?:') ? 3 : 1;
    if (rest.startsWith('(?') && !rest.startsWith('(?:')) return null;
    const inner = alternatives(reader);
    reader.at += 1;
    return inner;
  }
  const found = /^(\[\^?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]|\\.|[^\\()[\]])/s.exec(rest);
  if (!found) return null;
  reader.at += found[0].length;
  const letters = lettersOf(found[0]);
  return letters === null ? null : reader.draw.pick([...letters]);
}

const CLASSES: Readonly<Record<string, string>> = {
  d: '0123456789',
  w: 'abcdefghij0123456789',
  s: ' ',
};
const NAMED: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  alnum: 'a-zA-Z0-9',
  digit: '0-9',
  lower: 'a-z',
  upper: 'A-Z',
  space: ' ',
  xdigit: '0-9a-f',
};
const ANY = 'abcdefghijklmnopqrstuvwxyz0123456789';

function lettersOf(text: string): string | null {
  if (text === '.') return ANY;
  if (text.startsWith('\\'))
    return CLASSES[text.slice(1)] ?? (/\w/.test(text[1] ?? '') ? null : text.slice(1));
  if (!text.startsWith('[') || text.length === 1) return text;
  const inner = text
    .slice(1, -1)
    .replace(/\[:(\w+):\]/g, (_, name: string) => NAMED[name] ?? '')
    .replace(/\\([dws])/g, (_, name: string) => CLASSES[name] ?? '');
  const negated = inner.startsWith('^');
  let letters = '';
  for (const [, from = '', to = ''] of inner
    .slice(negated ? 1 : 0)
    .matchAll(/\\?(.)(?:-\\?(.))?/gs)) {
    const last = (to || from).charCodeAt(0);
    for (let code = from.charCodeAt(0); code <= last; code++) letters += String.fromCharCode(code);
  }
  return negated ? [...ANY].filter((letter) => !letters.includes(letter)).join('') : letters;
}
