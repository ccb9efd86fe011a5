import { type Op, SQL_OPS } from '../../condition/condition.ts';
import type { Table } from '../../db/db.ts';
import { type Expr, type Formula, type Scalar, variableOf } from './formula.ts';
import { columnOf } from './setting.ts';

interface Reader {
  readonly tokens: readonly string[];
  readonly table: Table;
  readonly row: string;
  at: number;
}

class Unreadable extends Error {}

/**
 * A CHECK expression over one row's cells: comparisons, IN, BETWEEN, IS NULL, LIKE, ~, = ANY (ARRAY[…]), AND, OR,
 * NOT, equal truths, num_nonnulls, + - * and casts over columns and literals. Null for anything else.
 */
export function sqlCheck(expression: string, table: Table, row: string): Formula | null {
  const text = expression.replace(/^\s*check\s*(?=\()/i, '');
  const tokens = tokensOf(text);
  if (!tokens) return null;
  const reader: Reader = { tokens, table, row, at: 0 };
  try {
    const formula = disjunction(reader);
    return reader.at === tokens.length ? formula : null;
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

const TOKEN =
  /\s*('(?:[^']|'')*'|"(?:[^"]|"")*"|\d+(?:\.\d+)?|[A-Za-z_][\w$]*|::|<=|>=|<>|!=|!~|[-+*<>=~()[\],.])/y;

function tokensOf(text: string): string[] | null {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const found = TOKEN.exec(text);
    if (!found?.[1]) return null;
    tokens.push(found[1]);
  }
  return tokens;
}

function peek(reader: Reader): string {
  return (reader.tokens[reader.at] ?? '').toLowerCase();
}

function take(reader: Reader, ...words: readonly string[]): boolean {
  const matches = words.every((word, index) => {
    return (reader.tokens[reader.at + index] ?? '').toLowerCase() === word;
  });
  if (matches) reader.at += words.length;
  return matches;
}

function expect(reader: Reader, word: string): void {
  if (!take(reader, word)) throw new Unreadable();
}

function disjunction(reader: Reader): Formula {
  const of = [conjunction(reader)];
  while (take(reader, 'or')) of.push(conjunction(reader));
  const [only] = of;
  return only && of.length === 1 ? only : { kind: 'some', of };
}

function conjunction(reader: Reader): Formula {
  const of = [negation(reader)];
  while (take(reader, 'and')) of.push(negation(reader));
  const [only] = of;
  return only && of.length === 1 ? only : { kind: 'all', of };
}

function negation(reader: Reader): Formula {
  if (take(reader, 'not')) return { kind: 'not', of: negation(reader) };
  const start = reader.at;
  if (take(reader, '(')) {
    try {
      const inner = disjunction(reader);
      expect(reader, ')');
      const equal = equality(reader);
      if (equal) return same(inner, truth(reader), equal === '=');
      if (!/^(::|[-+*<>=!~]|<=|>=|<>|!~|in|between|is|like)$/.test(peek(reader))) return inner;
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
    }
    reader.at = start;
  }
  return comparison(reader);
}

/** `(a) = (b)` between truths, where the right side is one in brackets too. */
function equality(reader: Reader): '=' | '!=' | null {
  const op = SQL_OPS[peek(reader)];
  if ((op !== '=' && op !== '!=') || reader.tokens[reader.at + 1] !== '(') return null;
  reader.at += 1;
  return op;
}

function truth(reader: Reader): Formula {
  expect(reader, '(');
  const formula = disjunction(reader);
  expect(reader, ')');
  return formula;
}

function same(left: Formula, right: Formula, equal: boolean): Formula {
  const not = (of: Formula): Formula => ({ kind: 'not', of });
  const other = equal ? right : not(right);
  const of: Formula[] = [
    { kind: 'all', of: [left, other] },
    { kind: 'all', of: [not(left), not(other)] },
  ];
  return { kind: 'some', of };
}

function comparison(reader: Reader): Formula {
  if (take(reader, 'num_nonnulls')) return counted(reader);
  const left = sum(reader);
  if (take(reader, 'is', 'not', 'null')) return atom(left, '!=', value(null));
  if (take(reader, 'is', 'null')) return atom(left, '=', value(null));
  const negated = take(reader, 'not');
  if (take(reader, 'in')) return wrap(negated, left, list(reader, '(', ')'));
  if (take(reader, 'between')) {
    const low = sum(reader);
    expect(reader, 'and');
    const both: Formula = {
      kind: 'all',
      of: [atom(left, '>=', low), atom(left, '<=', sum(reader))],
    };
    return negated ? { kind: 'not', of: both } : both;
  }
  const op = SQL_OPS[peek(reader)];
  if (!op) {
    if (left.kind === 'variable') return atom(left, '=', value(true));
    throw new Unreadable();
  }
  reader.at += 1;
  if (op === '=' && take(reader, 'any')) return wrap(false, left, anyOf(reader));
  return atom(left, op, sum(reader));
}

/** `num_nonnulls(a, b, …) = n`: exactly so many of them are given. */
function counted(reader: Reader): Formula {
  const items = list(reader, '(', ')');
  expect(reader, '=');
  const wanted = Number(reader.tokens[reader.at++]);
  if (!Number.isInteger(wanted) || items.length > 6) throw new Unreadable();
  const choices = Array.from({ length: 2 ** items.length }, (_, bits) =>
    items.map((item, index) => ({ item, given: (bits >> index) % 2 === 1 })),
  ).filter((choice) => choice.filter(({ given }) => given).length === wanted);
  const of = choices.map(
    (choice): Formula => ({
      kind: 'all',
      of: choice.map(({ item, given }) => atom(item, given ? '!=' : '=', value(null))),
    }),
  );
  return { kind: 'some', of };
}

function anyOf(reader: Reader): Expr[] {
  expect(reader, '(');
  const wrapped = take(reader, '(');
  expect(reader, 'array');
  const items = list(reader, '[', ']');
  if (wrapped) expect(reader, ')');
  skipCast(reader);
  expect(reader, ')');
  return items;
}

function list(reader: Reader, open: string, close: string): Expr[] {
  expect(reader, open);
  const items = [sum(reader)];
  while (take(reader, ',')) items.push(sum(reader));
  expect(reader, close);
  return items;
}

function sum(reader: Reader): Expr {
  let left = operand(reader);
  for (;;) {
    const op = peek(reader);
    if (op !== '+' && op !== '-' && op !== '*') return left;
    reader.at += 1;
    left = { kind: 'arith', op, left, right: operand(reader) };
  }
}

function operand(reader: Reader): Expr {
  const token = reader.tokens[reader.at];
  if (token === undefined) throw new Unreadable();
  reader.at += 1;
  const expr = operandOf(reader, token);
  skipCast(reader);
  return expr;
}

function operandOf(reader: Reader, token: string): Expr {
  if (token === '(') {
    const inner = sum(reader);
    expect(reader, ')');
    return inner;
  }
  if (token === '-') return value(-Number(reader.tokens[reader.at++]));
  if (/^\d/.test(token)) return value(Number(token));
  if (token.startsWith("'")) return value(token.slice(1, -1).replaceAll("''", "'"));
  const word = token.toLowerCase();
  if (word === 'null') return value(null);
  if (word === 'true' || word === 'false') return value(word === 'true');
  if (/^(char_length|length|lower|upper)$/.test(word) && take(reader, '(')) {
    const arg = sum(reader);
    expect(reader, ')');
    return { kind: 'call', fn: word, args: [arg] };
  }
  const name = token.startsWith('"') ? token.slice(1, -1) : token;
  if (take(reader, '.')) return operandOf(reader, reader.tokens[reader.at++] ?? '');
  const column = columnOf(reader.table, name);
  if (!column) throw new Unreadable();
  return variableOf({ kind: 'cell', row: reader.row, column: column.name });
}

function skipCast(reader: Reader): void {
  while (take(reader, '::')) {
    reader.at += 1;
    take(reader, 'precision');
    take(reader, 'varying');
    if (take(reader, '(')) while (!take(reader, ')')) reader.at += 1;
    if (take(reader, '[')) expect(reader, ']');
  }
}

function wrap(negated: boolean, left: Expr, items: readonly Expr[]): Formula {
  const some: Formula = { kind: 'some', of: items.map((item) => atom(left, '=', item)) };
  return negated ? { kind: 'not', of: some } : some;
}

function atom(left: Expr, op: Op, right: Expr): Formula {
  return { kind: 'atom', left, op, right, margin: 0, sql: true };
}

function value(literal: Scalar): Expr {
  return { kind: 'value', value: literal };
}
