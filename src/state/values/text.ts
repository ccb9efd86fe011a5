import { cut, type ValueKind, type Wanted } from './value.ts';
import { words } from './words.ts';

export const company: ValueKind = {
  name: 'company',
  version: 1,
  families: ['text'],
  matches: /(^|_)(company|organi[sz]ation|employer|vendor|supplier|brand|tenant)(_?name)?$/,
  make: ({ draw, max }) => {
    return cut(`${draw.pick(words.lastNames)} Group`, max);
  },
};

export const product: ValueKind = {
  name: 'product',
  version: 1,
  families: ['text'],
  matches: /^(name|title|label)$/,
  within: /product|item|article|variant|goods|catalog/,
  make: ({ draw, max }) => {
    const { adjective = [], material = [], product: things = [] } = words.products;
    return cut(`${draw.pick(adjective)} ${draw.pick(material)} ${draw.pick(things)}`, max);
  },
};

export const title: ValueKind = {
  name: 'title',
  version: 1,
  families: ['text'],
  matches: /(^|_)(name|title|label|subject|headline|caption)$/,
  make: ({ draw, max }) => {
    const [first, second] = [draw.pick(words.adjectives), draw.pick(words.nouns)];
    return cut(`${first.charAt(0).toUpperCase()}${first.slice(1)} ${second}`, max);
  },
};

export const sentence: ValueKind = {
  name: 'sentence',
  version: 1,
  families: ['text'],
  matches: /(description|note|comment|body|content|message|summary|bio|about|reason|text|remark)/,
  make: (wanted) => cut(`${phrase(wanted, 7)}.`, wanted.max),
};

/** Any text; long enough for its CHECK, short enough for its type. */
export const anyText: ValueKind = {
  name: 'text',
  version: 1,
  families: ['text', 'other'],
  make: (wanted) => cut(phrase(wanted, 2), wanted.max),
};

function phrase({ draw }: Wanted, count: number): string {
  const text = Array.from({ length: count }, () => draw.pick(words.lorem)).join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
