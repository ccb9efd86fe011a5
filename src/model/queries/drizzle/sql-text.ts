import { type Op, SQL_OPS, type Term } from '../../../condition/condition.ts';
import type { ts } from '../../../kernel/syntax.ts';
import { compareTerms } from '../../trace/compare.ts';
import { all, type Formula, not, some } from '../../trace/formula.ts';
import { placeAt, textOf } from '../../trace/source.ts';
import { termsIn } from '../../trace/terms.ts';
import { type Bind, typed, unknown, type Value } from '../../trace/values.ts';
import { isAggregate, QUERY, sqlFormula, sqlTerm } from '../terms.ts';

type Piece = (bind: Bind) => { readonly term?: Term; readonly test?: Formula };

interface Reader {
  readonly tokens: readonly string[];
  readonly values: readonly Value[];
  readonly node: ts.Node;
  at: number;
}

/** What a sql`…` template says, where it is an expression we know; else it is opaque. */
export function sqlText(
  { texts, values }: { texts: readonly string[]; values: readonly Value[] },
  node: ts.Node,
): Value {
  const text = texts
    .map((part, index) => (index < values.length ? `${part}«${index}»` : part))
    .join('');
  const tokens =
    text.match(/«\d+»|'(?:[^']|'')*'|\d+(?:\.\d+)?|[A-Za-z_][\w.]*|<=|>=|<>|!=|::|\S/g) ?? [];
  const reader: Reader = {
    tokens: tokens.map((token) => (token.startsWith("'") ? token : token.toLowerCase())),
    values,
    node,
    at: 0,
  };
  const piece = disjunction(reader);
  const whole = piece && reader.at >= reader.tokens.length ? piece : undefined;
  if (!whole) return unknown(textOf(node), values.flatMap(termsIn));
  const sample = whole(() => undefined);
  if (sample.test) return { kind: 'sqlTest', test: (bind) => whole(bind).test ?? all([]) };
  const made = (bind: Bind): Term => whole(bind).term ?? { kind: 'opaque', text: textOf(node) };
  const base =
    sample.term?.kind === 'aggregate' || sample.term?.kind === 'arith' ? 'number' : 'unknown';
  const apart = values.some((each) => each.kind === 'sqlTerm' && each.apart);
  const taken = values.some(isAggregate) || AGGREGATES.test(text);
  return { kind: 'sqlTerm', make: made, type: typed(base), ...(apart && !taken && { apart }) };
}

const AGGREGATES = /\b(count|sum|avg|min|max|bool_or|bool_and|every|\w+_agg)\s*\(/i;

function peek(reader: Reader): string {
  return reader.tokens[reader.at] ?? '';
}

function take(reader: Reader, ...wanted: readonly string[]): boolean {
  if (!wanted.every((token, index) => reader.tokens[reader.at + index] === token)) return false;
  reader.at += wanted.length;
  return true;
}

function joined(
  reader: Reader,
  word: string,
  next: (reader: Reader) => Piece | undefined,
): Piece[] | undefined {
  const parts: Piece[] = [];
  do {
    const part = next(reader);
    if (!part) return undefined;
    parts.push(part);
  } while (take(reader, word));
  return parts;
}

function connective(
  parts: readonly Piece[] | undefined,
  join: (of: readonly Formula[]) => Formula,
): Piece | undefined {
  const [only] = parts ?? [];
  if (!parts || !only) return undefined;
  if (parts.length === 1) return only;
  return (bind) => ({ test: join(parts.map((part) => part(bind).test ?? all([]))) });
}

function disjunction(reader: Reader): Piece | undefined {
  return connective(joined(reader, 'or', conjunction), some);
}

function conjunction(reader: Reader): Piece | undefined {
  return connective(joined(reader, 'and', negation), all);
}

function negation(reader: Reader): Piece | undefined {
  if (!take(reader, 'not')) return comparison(reader);
  const part = negation(reader);
  return part && ((bind) => ({ test: not(part(bind).test ?? all([])) }));
}

const NULL: Term = { kind: 'literal', value: null };

function comparison(reader: Reader): Piece | undefined {
  const left = sum(reader);
  if (!left) return undefined;
  const about = { at: placeAt(reader.node), text: textOf(reader.node) };
  const compared =
    (op: Op, right: Piece): Piece =>
    (bind) => {
      const sides = { left: left(bind).term, right: right(bind).term };
      if (!sides.left || !sides.right) return { test: all([]) };
      return { test: compareTerms({ left: sides.left, op, right: sides.right }, about) };
    };
  if (take(reader, 'is', 'not', 'null')) return compared('!=', () => ({ term: NULL }));
  if (take(reader, 'is', 'null')) return compared('=', () => ({ term: NULL }));
  const op = SQL_OPS[peek(reader)];
  if (!op) return left;
  reader.at += 1;
  const right = sum(reader);
  return right && compared(op, right);
}

function arithmetic(
  reader: Reader,
  signs: readonly string[],
  next: (reader: Reader) => Piece | undefined,
): Piece | undefined {
  let left = next(reader);
  while (left && signs.includes(peek(reader))) {
    const op = peek(reader) as (Term & { kind: 'arith' })['op'];
    reader.at += 1;
    const first: Piece = left;
    const right = next(reader);
    left = right && ((bind) => binary(op, first(bind).term, right(bind).term));
  }
  return left;
}

function binary(
  op: (Term & { kind: 'arith' })['op'],
  left: Term | undefined,
  right: Term | undefined,
) {
  return left && right ? { term: { kind: 'arith' as const, op, left, right } } : {};
}

function sum(reader: Reader): Piece | undefined {
  return arithmetic(reader, ['+', '-'], product);
}

function product(reader: Reader): Piece | undefined {
  return arithmetic(reader, ['*', '/', '%'], primary);
}

function primary(reader: Reader): Piece | undefined {
  const token = peek(reader);
  reader.at += 1;
  const made = started(reader, token);
  while (made && take(reader, '::')) reader.at += 1;
  return made;
}

function started(reader: Reader, token: string): Piece | undefined {
  const hole = /^«(\d+)»$/.exec(token)?.[1];
  if (hole !== undefined) return placed(reader.values[Number(hole)]);
  if (/^\d/.test(token)) return () => ({ term: { kind: 'literal', value: Number(token) } });
  if (token.startsWith("'"))
    return () => ({ term: { kind: 'literal', value: token.slice(1, -1) } });
  if (token === 'true' || token === 'false')
    return () => ({ term: { kind: 'literal', value: token === 'true' } });
  if (token === 'null') return () => ({ term: NULL });
  if (token === 'current_timestamp') return () => ({ term: { kind: 'now' } });
  if (token === 'interval') return interval(reader);
  if (token === '(') {
    const inner = disjunction(reader);
    return take(reader, ')') ? inner : undefined;
  }
  return /^[a-z_]/.test(token) && take(reader, '(') ? functionCall(reader, token) : undefined;
}

function placed(value: Value | undefined): Piece | undefined {
  if (!value || value.kind === 'table') return undefined;
  if (value.kind === 'sqlTest') return (bind) => ({ test: sqlFormula(value, bind) });
  return (bind) => ({ term: sqlTerm(value, bind) });
}

const UNITS: Readonly<Record<string, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

function interval(reader: Reader): Piece | undefined {
  const [amount, unit] = peek(reader).replace(/'/g, '').split(' ');
  reader.at += 1;
  const size = UNITS[unit?.replace(/s$/, '') ?? ''];
  return size ? () => ({ term: { kind: 'literal', value: Number(amount) * size } }) : undefined;
}

function functionCall(reader: Reader, name: string): Piece | undefined {
  if (take(reader, '*', ')')) return name === 'count' ? aggregateOf('count', undefined) : undefined;
  if (take(reader, ')')) return name === 'now' ? () => ({ term: { kind: 'now' } }) : undefined;
  take(reader, 'distinct');
  const args = joined(reader, ',', disjunction);
  const [first, second] = args ?? [];
  if (!args || !first || !take(reader, ')')) return undefined;
  if (name === 'count' || name === 'sum' || name === 'min' || name === 'max' || name === 'avg') {
    return aggregateOf(name, first);
  }
  if (name === 'coalesce' && second) return coalesced(first, second);
  return (bind) => {
    const terms = args.map((arg) => arg(bind).term);
    return terms.every((each) => each !== undefined)
      ? { term: { kind: 'call', fn: name, args: terms } }
      : {};
  };
}

/** A sum over no rows is null, which code turns into 0: the same as a sum of 0. */
function coalesced(first: Piece, second: Piece): Piece {
  return (bind) => {
    const [value, otherwise] = [first(bind).term, second(bind).term];
    if (!value || !otherwise) return {};
    if (value.kind === 'aggregate') return { term: value };
    return { term: { kind: 'call', fn: 'coalesce', args: [value, otherwise] } };
  };
}

function aggregateOf(op: (Term & { kind: 'aggregate' })['op'], of: Piece | undefined): Piece {
  return (bind) => ({
    term: {
      kind: 'aggregate',
      op,
      query: bind(QUERY) ?? QUERY,
      of: op === 'count' ? null : (of?.(bind).term ?? null),
    },
  });
}
