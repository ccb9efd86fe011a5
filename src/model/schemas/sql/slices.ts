import { scanSync } from 'libpg-query';

/** A statement's text with its tokens; places are in bytes, as the parser counts. */
export interface Text {
  readonly bytes: Buffer;
  readonly tokens: readonly {
    readonly start: number;
    readonly end: number;
    readonly text: string;
  }[];
}

export function tokensOf(text: string): Text {
  return { bytes: Buffer.from(text), tokens: scanSync(text).tokens };
}

function slice({ bytes }: Text, start: number, end: number): string {
  return bytes.subarray(start, end).toString().replace(/\s+/g, ' ').trim();
}

/** What stands in the first parentheses from a place on. */
export function inParentheses(text: Text, from: number): string {
  const open = text.tokens.findIndex((token) => token.start >= from && token.text === '(');
  let depth = 0;
  for (const token of open < 0 ? [] : text.tokens.slice(open)) {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (depth === 0) return slice(text, text.tokens[open]?.end ?? 0, token.start);
  }
  return '';
}

const NO_ENDS: ReadonlySet<string> = new Set();
/** What begins a column's next constraint. */
export const CONSTRAINTS: ReadonlySet<string> = new Set([
  'not',
  'null',
  'primary',
  'unique',
  'check',
  'references',
  'constraint',
  'generated',
  'collate',
  'default',
  'using',
]);

/**
 * The expression that starts at a place, up to a comma or a bracket it did not open; that of a DEFAULT also
 * ends where the column's next constraint begins.
 */
export function expressionFrom(text: Text, from: number, ends = NO_ENDS): string {
  let depth = 0;
  let end = from;
  for (const token of text.tokens) {
    if (token.start < from) continue;
    const outside = depth === 0 && token.start > from;
    if (outside && (token.text === ',' || token.text === ';' || ends.has(token.text.toLowerCase())))
      break;
    if (token.text === '(' || token.text === '[') depth += 1;
    if (token.text === ')' || token.text === ']') depth -= 1;
    if (depth < 0) break;
    end = token.end;
  }
  return slice(text, from, end);
}

/** The first place among a node's parts. */
export function startOf(node: unknown): number {
  return Math.min(...placesIn(node));
}

function placesIn(node: unknown): number[] {
  if (node === null || typeof node !== 'object') return [];
  return Object.entries(node).flatMap(([name, item]) =>
    name === 'location' && typeof item === 'number' && item >= 0 ? [item] : placesIn(item),
  );
}
