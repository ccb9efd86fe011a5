import { ANYTHING, type Letters, letter, NOTHING, type Pattern, without } from './automaton.ts';

const MOST = 20;

/** The texts a regular expression is found in; undefined where it asks what can't be said by its letters alone. */
export function regexpPattern(source: string): Pattern | undefined {
  const ignoring = source.startsWith('(?i)');
  const reader = { text: [...(ignoring ? source.slice(4) : source)], at: 0, ignoring };
  try {
    const found = alternatives(reader);
    if (reader.at < reader.text.length) return undefined;
    return { kind: 'row', of: [ANYWHERE_BEFORE, found, ANYWHERE_AFTER] };
  } catch (error) {
    if (error instanceof Unread) return undefined;
    throw error;
  }
}

/** A regular expression may begin anywhere, before what marks the start of the text or behind it. */
const ANYWHERE_BEFORE: Pattern = {
  kind: 'oneOf',
  of: [NOTHING, { kind: 'row', of: [{ kind: 'start' }, ANYTHING] }],
};
const ANYWHERE_AFTER: Pattern = {
  kind: 'oneOf',
  of: [NOTHING, { kind: 'row', of: [ANYTHING, { kind: 'end' }] }],
};

class Unread extends Error {}

interface Reader {
  readonly text: readonly string[];
  at: number;
  readonly ignoring: boolean;
}

function alternatives(reader: Reader): Pattern {
  const of = [sequence(reader)];
  while (reader.text[reader.at] === '|') {
    reader.at += 1;
    of.push(sequence(reader));
  }
  return of.length === 1 && of[0] ? of[0] : { kind: 'oneOf', of };
}

function sequence(reader: Reader): Pattern {
  const of: Pattern[] = [];
  for (let next = reader.text[reader.at]; next && next !== '|' && next !== ')'; ) {
    of.push(repeated(reader, single(reader)));
    next = reader.text[reader.at];
  }
  return { kind: 'row', of };
}

function repeated(reader: Reader, of: Pattern): Pattern {
  const rest = reader.text.slice(reader.at, reader.at + 12).join('');
  const [written = ''] = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(rest) ?? [];
  reader.at += written.length;
  const [sign] = written;
  if (sign === '*') return { kind: 'again', of };
  if (sign === '+') return { kind: 'row', of: [of, { kind: 'again', of }] };
  if (sign === '?') return { kind: 'oneOf', of: [NOTHING, of] };
  return sign === '{' ? counted(written, of) : of;
}

function counted(written: string, of: Pattern): Pattern {
  const [least = 0, most] = written.replace(/[{}?]/g, '').split(',');
  const open = most === '';
  const [from, to] = [Number(least), Number(open ? least : (most ?? least))];
  if (to > MOST || to < from) throw new Unread();
  const maybe: Pattern = { kind: 'oneOf', of: [NOTHING, of] };
  const parts = [...Array(from).fill(of), ...Array(to - from).fill(maybe)];
  return { kind: 'row', of: open ? [...parts, { kind: 'again', of }] : parts };
}

function single(reader: Reader): Pattern {
  const next = reader.text[reader.at] ?? '';
  reader.at += 1;
  if (next === '(') return group(reader);
  if (next === '[') return { kind: 'letter', of: letterClass(reader) };
  if (next === '.')
    return {
      kind: 'letter',
      of: without([
        [10, 10],
        [13, 13],
      ]),
    };
  if (next === '^') return { kind: 'start' };
  if (next === '$') return { kind: 'end' };
  if (/[*+?{}\]]/.test(next)) throw new Unread();
  return written(next === '\\' ? escaped(reader) : lettersOf(next), reader);
}

function written(of: Letters, { ignoring }: Reader): Pattern {
  const [only] = of;
  const alone = of.length === 1 && only && only[0] === only[1];
  if (!ignoring || !alone) return { kind: 'letter', of };
  const text = String.fromCodePoint(only[0]);
  return {
    kind: 'oneOf',
    of: [text.toLowerCase(), text.toUpperCase()].map((each) => letter(each.codePointAt(0) ?? 0)),
  };
}

function group(reader: Reader): Pattern {
  const head = reader.text.slice(reader.at, reader.at + 40).join('');
  const [kind = ''] = /^\?(?::|<\w+>|.?.?)/.exec(head) ?? [];
  if (kind !== '' && kind !== '?:' && !/^\?<\w+>$/.test(kind)) throw new Unread();
  reader.at += kind.length;
  const of = alternatives(reader);
  if (reader.text[reader.at] !== ')') throw new Unread();
  reader.at += 1;
  return of;
}

function letterClass(reader: Reader): Letters {
  const isNot = reader.text[reader.at] === '^';
  if (isNot) reader.at += 1;
  const of: (readonly [number, number])[] = [];
  for (let next = one(reader); next; next = one(reader)) {
    const [low] = next[0] ?? [0];
    const isRange = reader.text[reader.at] === '-' && reader.text[reader.at + 1] !== ']';
    if (!isRange) {
      of.push(...inClass(next, reader));
      continue;
    }
    reader.at += 1;
    const [, high] = one(reader)?.[0] ?? [0, low];
    of.push(...inClass([[low, high]], reader));
  }
  return isNot ? without(of) : of;
}

/** Letters and ranges of a class in both cases; classes with a name hold both already. */
function inClass(letters: Letters, { ignoring }: Reader): Letters {
  return ignoring && letters.length === 1 ? letters.flatMap(inBothCases) : letters;
}

const CASES = [
  { from: 65, to: 90, by: 32 },
  { from: 97, to: 122, by: -32 },
] as const;

/** With the letters of the other case; beyond ASCII cases are not known here. */
function inBothCases(range: Letters[number]): Letters {
  const [low, high] = range;
  if (high > 127) throw new Unread();
  const others = CASES.flatMap(({ from, to, by }): Letters => {
    const [start, end] = [Math.max(low, from), Math.min(high, to)];
    return start <= end ? [[start + by, end + by]] : [];
  });
  return [range, ...others];
}

/** The next letter or escape of a class; undefined at its end. */
function one(reader: Reader): Letters | undefined {
  const next = reader.text[reader.at];
  if (next === undefined) throw new Unread();
  reader.at += 1;
  if (next === ']') return undefined;
  return next === '\\' ? escaped(reader) : lettersOf(next);
}

function lettersOf(text: string): Letters {
  const code = text.codePointAt(0) ?? 0;
  return [[code, code]];
}

const DIGITS: Letters = [[48, 57]];
const WORD: Letters = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
const SPACE: Letters = [
  [9, 13],
  [32, 32],
  [160, 160],
];
const CLASSES: Readonly<Record<string, Letters>> = {
  d: DIGITS,
  D: without(DIGITS),
  w: WORD,
  W: without(WORD),
  s: SPACE,
  S: without(SPACE),
  n: [[10, 10]],
  r: [[13, 13]],
  t: [[9, 9]],
};

function escaped(reader: Reader): Letters {
  const next = reader.text[reader.at] ?? '';
  reader.at += 1;
  const known = CLASSES[next];
  if (known) return known;
  if (/[A-Za-z0-9]/.test(next)) throw new Unread();
  return lettersOf(next);
}
