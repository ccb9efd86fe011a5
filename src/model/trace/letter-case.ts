import { literal, stringOf, type Value } from './values.ts';

/** What a package's function of letter case (`constantCase`) makes of a text that is written out. */
export function inLetterCase(
  name: string,
  { args: [text] }: { readonly args: readonly Value[] },
): Value | undefined {
  const said = stringOf(text);
  const made = CASES[name.split('.').at(-1) ?? ''];
  return said === undefined || !made ? undefined : literal(made(wordsOf(said)));
}

type Case = (words: readonly string[]) => string;

const lower = (word: string) => word.toLowerCase();
const upper = (word: string) => word.toUpperCase();
const capital = (word: string) => upper(word.slice(0, 1)) + lower(word.slice(1));

const kebab: Case = (words) => words.map(lower).join('-');
const camel: Case = (words) =>
  words.map((word, at) => (at === 0 ? lower(word) : capital(word))).join('');

const CASES: Readonly<Record<string, Case>> = {
  constantCase: (words) => words.map(upper).join('_'),
  snakeCase: (words) => words.map(lower).join('_'),
  kebabCase: kebab,
  paramCase: kebab,
  dotCase: (words) => words.map(lower).join('.'),
  camelCase: camel,
  pascalCase: (words) => words.map(capital).join(''),
  capitalCase: (words) => words.map(capital).join(' '),
};

function wordsOf(text: string): string[] {
  return text
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[^\p{L}\d]+/u)
    .filter(Boolean);
}
