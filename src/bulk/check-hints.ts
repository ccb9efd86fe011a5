/** What the text of CHECKs tells of the values they want, whether or not it is understood whole. */
export interface Hints {
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
  readonly patterns: readonly string[];
  /** Days from the first of 2024. */
  readonly days: readonly number[];
  /** Calls something whose answer can't be told from here. */
  readonly calls: boolean;
}

export function hintsOf(checks: readonly string[]): Hints {
  const text = checks.join('\n');
  const quoted = [...text.matchAll(/'((?:[^']|'')*)'/g)].map(([, one = '']) =>
    one.replaceAll("''", "'"),
  );
  const patterns = [...text.matchAll(/ (?:OPERATOR\([\w.]*)?~\*?\)?\s*\(?'((?:[^']|'')*)'/g)].map(
    ([, one = '']) => one.replaceAll("''", "'"),
  );
  const bare = text.replace(
    /'((?:[^']|'')*)'::(?:numeric|integer|double|bigint|smallint)/g,
    ' $1 ',
  );
  const numbers = [...bare.replace(/'(?:[^']|'')*'/g, ' ').matchAll(/(?<![\w.])-?\d+(?:\.\d+)?/g)];
  const called = [...text.matchAll(/([\w."]+)\(/g)].some(([, name = '']) => !KNOWN.test(name));
  return {
    texts: quoted.filter((one) => !patterns.includes(one)),
    numbers: numbers.map(([number]) => Number(number)),
    patterns: patterns.flatMap((one) => (one.startsWith('^') ? [one] : [one])),
    days: quoted.flatMap(daysOf),
    calls: called,
  };
}

function daysOf(text: string): number[] {
  const day = /^\d{4}-\d\d-\d\d(?=[ T]|$)/.test(text)
    ? Date.parse(`${text.slice(0, 10)}Z`)
    : Number.NaN;
  return Number.isNaN(day) ? [] : [Math.floor((day - Date.UTC(2024, 0, 1)) / 86_400_000)];
}

const KNOWN =
  /^"?(ANY|ALL|ARRAY|AND|OR|NOT|IN|CASE|WHEN|THEN|ELSE|num_nonnulls|num_nulls|(char_|octet_)?length|lower|upper|btrim|round|abs|COALESCE|array_length|cardinality|array_position|EXTRACT|left|right|jsonb_typeof|jsonb_array_length|numeric|varchar|bpchar|interval|character|varying|timestamp|time)"?$/i;

/** Whether every mention of a column only asks if it is null. */
export function asksOnlyForNull(column: string, checks: readonly string[]): boolean {
  const name = column.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const rest = checks
    .join('\n')
    .replaceAll(/num_(?:non)?nulls\([^()]*\)/g, '')
    .replaceAll(new RegExp(`(?<![\\w"])${name}(?![\\w"])\\s+IS (?:NOT )?NULL`, 'g'), '');
  return !new RegExp(`(?<![\\w"])${name}(?![\\w"])`).test(rest);
}

/** A CHECK that says what a column is (`tax = round(net * rate, 2)`): the column and the expression. */
export function definitionIn(
  check: string,
  columns: readonly string[],
): { readonly column: string; readonly expression: string } | null {
  const text = unwrapped(check);
  const at = topLevel(text, ' = ');
  if (at < 0) return null;
  const left = unwrapped(text.slice(0, at).replace(/::[\w ]+$/, ''));
  const expression = text.slice(at + 3);
  if (!columns.includes(left) || mentions(expression, left)) return null;
  return columns.some((column) => mentions(expression, column))
    ? { column: left, expression }
    : null;
}

function mentions(text: string, column: string): boolean {
  const name = column.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w"])${name}(?![\\w"])`).test(text);
}

function unwrapped(text: string): string {
  let inner = text.trim();
  while (inner.startsWith('(') && closing(inner, 0) === inner.length - 1)
    inner = inner.slice(1, -1).trim();
  return inner;
}

function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')' && --depth === 0) return at;
  }
  return -1;
}

/** Where the only `word` outside brackets stands, -1 if there is none or an AND or OR beside it. */
function topLevel(text: string, word: string): number {
  let [depth, found] = [0, -1];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth > 0) continue;
    if (/^ (AND|OR) /.test(text.slice(at, at + 5))) return -1;
    if (found < 0 && text.startsWith(word, at)) found = at;
  }
  return found;
}
