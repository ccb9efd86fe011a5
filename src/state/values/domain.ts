import type { Column, Table } from '../../db/db.ts';
import type { Json } from '../../kernel/digest.ts';

/** What a table's simple CHECKs leave of a column. Bounds are inclusive; `open` tells an exclusive one. */
export interface Domain {
  readonly values: readonly Json[] | null;
  readonly not: readonly Json[];
  readonly min: number | null;
  readonly max: number | null;
  readonly minOpen: boolean;
  readonly maxOpen: boolean;
  readonly minLength: number;
  readonly maxLength: number | null;
  readonly pattern: string | null;
}

/** `left < right` (or ≤) between two columns of one table. */
export interface Ordering {
  readonly left: string;
  readonly right: string;
}

export const anything: Domain = {
  values: null,
  not: [],
  min: null,
  max: null,
  minOpen: false,
  maxOpen: false,
  minLength: 0,
  maxLength: null,
  pattern: null,
};

/** The domain of a column under the table's checks; a check it can't read narrows nothing. */
export function domainOf(table: Table, column: Column): Domain {
  let domain: Domain = { ...anything, values: column.values, maxLength: column.maxLength };
  for (const atom of table.checks.flatMap((check) => atoms(check.expression))) {
    domain = { ...domain, ...narrowed(domain, atom, column.name) };
  }
  return domain;
}

/** The pairs of columns that a check puts in order. */
export function orderingsOf(table: Table): readonly Ordering[] {
  return table.checks.flatMap((check) => atoms(check.expression)).flatMap(orderingOf);
}

function orderingOf(atom: string): Ordering[] {
  const [, left, op, right] = /^(\S+) (<|<=|>|>=) (\S+)$/.exec(atom) ?? [];
  const [a, b] = [columnName(left), columnName(right)];
  if (!a || !b || !op) return [];
  return [op.startsWith('<') ? { left: a, right: b } : { left: b, right: a }];
}

/** The conjuncts of a check, casts, outer parentheses and doubled spaces removed. */
function atoms(expression: string): string[] {
  const bare = stripped(
    expression
      .replace(/^\s*CHECK\s*/i, '')
      .replace(
        /::("[^"]+"|[a-z_]+(?: varying| precision| with(?:out)? time zone)?)(\.[a-z_"]+)?(\(\d+(,\d+)?\))?(\[\])*/gi,
        '',
      )
      .replace(/\s+/g, ' ')
      .trim(),
  );
  const parts = splitAnd(bare);
  return parts.length > 1
    ? parts.flatMap(atoms)
    : [bare.replace(/(?<![a-z_0-9"])\(([^\s()]+)\)/gi, '$1')];
}

function stripped(text: string): string {
  let bare = text;
  while (bare.startsWith('(') && closing(bare) === bare.length - 1) bare = bare.slice(1, -1).trim();
  return bare;
}

/** Where the parenthesis that opens the text closes. */
function closing(text: string): number {
  let depth = 0;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote) quote = char === quote ? '' : quote;
    else if (char === "'" || char === '"') quote = char;
    else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) return at;
  }
  return -1;
}

function splitAnd(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote) quote = char === quote ? '' : quote;
    else if (char === "'" || char === '"') quote = char;
    else if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (depth === 0 && / and /i.test(text.slice(at, at + 5))) {
      parts.push(text.slice(from, at));
      from = at + 5;
    }
  }
  // BETWEEN has an AND of its own; PostgreSQL stores it as two comparisons, so none is met here.
  return [...parts, text.slice(from)];
}

function narrowed(domain: Domain, atom: string, column: string): Partial<Domain> {
  const [, left = '', op = '', right = ''] = /^(.+?) (<=|>=|<>|<|>|=|~~|~) (.+)$/.exec(atom) ?? [];
  const sized = /^(?:char_length|character_length|length)\((.+)\)$/i.exec(left)?.[1];
  if (sized && columnName(stripped(sized)) === column) return lengthened(domain, op, Number(right));
  if (columnName(left) !== column) return {};
  const list = /^ANY \(*ARRAY\[(.*)\]\)*$/i.exec(right)?.[1];
  if (op === '=' && list !== undefined) return { values: literals(list) };
  const literal = literalOf(right);
  if (literal === undefined) return {};
  if (op === '<>') return { not: [...domain.not, literal] };
  if (op === '=') return { values: [literal] };
  if (op === '~' && typeof literal === 'string') return { pattern: literal };
  if (typeof literal !== 'number') return {};
  return bounded(domain, op, literal);
}

function bounded(domain: Domain, op: string, bound: number): Partial<Domain> {
  const open = op === '<' || op === '>';
  if (op.startsWith('>') && (domain.min === null || bound >= domain.min)) {
    return { min: bound, minOpen: open };
  }
  if (op.startsWith('<') && (domain.max === null || bound <= domain.max)) {
    return { max: bound, maxOpen: open };
  }
  return {};
}

function lengthened(domain: Domain, op: string, length: number): Partial<Domain> {
  if (!Number.isInteger(length)) return {};
  const least = op === '>' ? length + 1 : length;
  const most = op === '<' ? length - 1 : length;
  if (op === '=') return { minLength: length, maxLength: length };
  if (op.startsWith('>')) return { minLength: Math.max(domain.minLength, least) };
  if (op.startsWith('<') && op !== '<>') {
    return { maxLength: Math.min(domain.maxLength ?? most, most) };
  }
  return {};
}

function columnName(text: string | undefined): string | null {
  if (!text) return null;
  const quoted = /^"((?:[^"]|"")+)"$/.exec(text)?.[1];
  if (quoted) return quoted.replaceAll('""', '"');
  return /^[a-z_][a-z0-9_$]*$/.test(text) ? text : null;
}

function literals(list: string): Json[] {
  return [...list.matchAll(/'(?:[^']|'')*'|-?\d+(?:\.\d+)?/g)].flatMap(
    ([item]) => literalOf(item) ?? [],
  );
}

function literalOf(text: string): string | number | undefined {
  const bare = stripped(text);
  if (/^'(?:[^']|'')*'$/.test(bare)) {
    return bare.slice(1, -1).replaceAll("''", "'");
  }
  return /^-?\d+(\.\d+)?$/.test(bare) ? Number(bare) : undefined;
}
