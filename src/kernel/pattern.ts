/**
 * The shortest plain text a regular expression accepts, built from its source. Covers literals,
 * classes, groups, alternation and counted repetition; null for look-around and back-references.
 */
export function textMatching(pattern: RegExp, minimum = 0): string | null {
  for (const extra of [0, 1, 2, 4, 8, 16, 32, 64, 128]) {
    const text = sequence({ source: pattern.source, at: 0, extra });
    if (text !== null && text.length >= minimum && pattern.test(text)) return text;
  }
  return null;
}

interface Reader {
  readonly source: string;
  at: number;
  /** How often open-ended repetitions go beyond their minimum. */
  readonly extra: number;
}

function sequence(reader: Reader): string | null {
  let text = '';
  while (reader.at < reader.source.length) {
    const next = reader.source[reader.at];
    if (next === ')') return text;
    if (next === '|') {
      skipAlternatives(reader);
      return text;
    }
    const piece = atom(reader);
    if (piece === null) return null;
    const [least, most] = repetition(reader);
    text += piece.repeat(Math.min(most, least + (most > least ? reader.extra : 0)));
  }
  return text;
}

function atom(reader: Reader): string | null {
  const character = reader.source[reader.at] ?? '';
  reader.at += 1;
  if (character === '^' || character === '$') return '';
  if (character === '.') return 'a';
  if (character === '[') return characterClass(reader);
  if (character === '\\') return escaped(reader);
  if (character !== '(') return character;
  const group = /^\?(?::|<\w+>)/.exec(reader.source.slice(reader.at));
  if (!group && reader.source[reader.at] === '?') return null;
  reader.at += group?.[0].length ?? 0;
  const inner = sequence(reader);
  reader.at += 1;
  return inner;
}

const ESCAPES: Readonly<Record<string, string>> = {
  d: '1',
  w: 'a',
  s: ' ',
  D: 'a',
  W: '-',
  S: 'a',
  b: '',
  n: '\n',
  t: '\t',
};

function escaped(reader: Reader): string | null {
  const character = reader.source[reader.at] ?? '';
  reader.at += 1;
  if (/[1-9kpPB]/.test(character)) return null;
  return ESCAPES[character] ?? character;
}

function characterClass(reader: Reader): string | null {
  const negated = reader.source[reader.at] === '^';
  const end = classEnd(reader.source, reader.at + (negated ? 1 : 0));
  const whole = reader.source.slice(reader.at - 1, end + 1);
  reader.at = end + 1;
  const pattern = new RegExp(`^${whole}$`, 's');
  for (const candidate of 'aA10-_.@ bBxyz/+#') if (pattern.test(candidate)) return candidate;
  for (let code = 33; code < 0x250; code += 1) {
    if (pattern.test(String.fromCharCode(code))) return String.fromCharCode(code);
  }
  return null;
}

function classEnd(source: string, from: number): number {
  let at = from;
  while (at < source.length && (source[at] !== ']' || at === from)) {
    at += source[at] === '\\' ? 2 : 1;
  }
  return at;
}

function repetition(reader: Reader): [number, number] {
  const found = /^(?:([?*+])|\{(\d+)(,(\d*))?\})\??/.exec(reader.source.slice(reader.at));
  if (!found) return [1, 1];
  reader.at += found[0].length;
  if (found[1] === '?') return [0, 1];
  if (found[1]) return [found[1] === '+' ? 1 : 0, Number.POSITIVE_INFINITY];
  const least = Number(found[2]);
  if (!found[3]) return [least, least];
  return [least, found[4] ? Number(found[4]) : Number.POSITIVE_INFINITY];
}

function skipAlternatives(reader: Reader): void {
  let depth = 0;
  while (reader.at < reader.source.length) {
    const character = reader.source[reader.at];
    if (character === '\\') reader.at += 1;
    else if (character === '[') reader.at = classEnd(reader.source, reader.at + 1);
    else if (character === '(') depth += 1;
    else if (character === ')' && depth === 0) return;
    else if (character === ')') depth -= 1;
    reader.at += 1;
  }
}
