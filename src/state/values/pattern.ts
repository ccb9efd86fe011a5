import type { Draw } from '../../kernel/draw.ts';

/** Whether the text fits; a pattern JavaScript can't read is taken as met. */
export function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return true;
  }
}

/** A text for a pattern of classes, literals and counts; undefined where the pattern says more. */
export function fromPattern(pattern: string, draw: Draw): string | undefined {
  let rest = pattern.replace(/^\^/, '').replace(/\$$/, '');
  let text = '';
  while (rest) {
    const atom = /^(\[[^\]]+\]|\\.|[^\\()|*+?{}[\]])(\{(\d+)(?:,\d*)?\}|[*+?])?/.exec(rest);
    if (!atom) return undefined;
    const [whole, one = '', count = '', least] = atom;
    const times = least === undefined ? (count === '*' || count === '?' ? 0 : 1) : Number(least);
    const letters = lettersOf(one);
    for (let n = 0; n < times; n++) text += draw.pick(letters);
    rest = rest.slice(whole.length);
  }
  return matches(pattern, text) ? text : undefined;
}

function lettersOf(atom: string): readonly string[] {
  const known = atom === '.' ? 'a-z' : CLASSES[atom];
  if (known === undefined && !atom.startsWith('[')) return [atom.replace(/^\\/, '')];
  const inner = known ?? atom.slice(1, -1);
  const spread = inner.replace(
    /\\([dw])/g,
    (_, letter: string) => CLASSES[`\\${letter}`] ?? letter,
  );
  const letters: string[] = [];
  for (const [, from = '', to = ''] of spread.matchAll(/\\?(.)(?:-(.))?/g)) {
    const last = (to || from).charCodeAt(0);
    for (let code = from.charCodeAt(0); code <= last; code++)
      letters.push(String.fromCharCode(code));
  }
  return letters;
}

const CLASSES: Readonly<Record<string, string>> = { '\\d': '0-9', '\\w': 'a-z0-9', '\\s': ' ' };
