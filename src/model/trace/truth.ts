import type { InputPart, Op, Term } from '../../condition/condition.ts';
import { claimPath } from '../../condition/logic.ts';
import { ts } from '../../kernel/syntax.ts';
import { answered, answerOf } from './answered.ts';
import { isNothing } from './assigned-later.ts';
import { compareTerms } from './compare.ts';
import { comparedByKind } from './compared-by-kind.ts';
import { all, atom, either, FALSE, type Formula, not, TRUE } from './formula.ts';
import { noteAsked } from './labels.ts';
import { isFilled, isFilledText } from './made.ts';
import { placeAt, textOf } from './source.ts';
import { termsIn, toTerm } from './terms.ts';
import { type Type, UNDEFINED, type Value } from './values.ts';

/** When a value counts as true in an `if`, by what is known of its type. */
export function truth(value: Value, node: ts.Node): Formula {
  switch (value.kind) {
    case 'undefined':
      return FALSE;
    case 'test':
      return value.formula;
    case 'choice':
      return either(value.when, truth(value.yes, node), truth(value.no, node));
    case 'row':
      return rowThere(value, node);
    case 'term':
      return termTruth(value, node);
    case 'unknown':
      return noteAsked(value, opaque(value, node));
    case 'package':
      return value.name.includes('.') ? opaque(value, node) : TRUE;
    default:
      return TRUE;
  }
}

function rowThere(row: Value & { kind: 'row' }, node: ts.Node): Formula {
  return row.sure ? TRUE : atom({ kind: 'exists', at: placeAt(node), query: row.query });
}

function opaque(value: Value, node: ts.Node): Formula {
  const text = textOf(node);
  return atom({ kind: 'opaque', at: placeAt(node), text, holds: true, terms: [...termsIn(value)] });
}

/** When a word that a schema turns into a flag is true; undefined for any other term. */
function flagTruth(term: Term, schema: Type['schema'], node: ts.Node): Formula | undefined {
  const flag = schema?.['x-flag'];
  if (typeof flag !== 'object' || flag === null || !('on' in flag && 'off' in flag))
    return undefined;
  const absent = 'absent' in flag && flag.absent === true;
  const value = String(absent ? flag.off : flag.on);
  const right: Term = { kind: 'literal', value };
  const about = { at: placeAt(node), text: textOf(node) };
  return compareTerms({ left: term, op: absent ? '!=' : '=', right }, about);
}

/** A token that was verified has claims, and a session what its app keeps in it. */
function isClaims({ term, type }: Value & { kind: 'term' }): boolean {
  const path = claimPath(term);
  return path !== undefined && (path.length === 0 || !type.nullable);
}

/** A request always has parameters, a query and headers, and be they none; some frameworks make as much of a body. */
export function isWholePart({ term, sure }: Value & { kind: 'term' }): boolean {
  return term.kind === 'input' && term.path.length === 0 && (sure || PARTS.has(term.from));
}

const PARTS: ReadonlySet<InputPart> = new Set(['params', 'query', 'headers']);

/** A segment of the path is there, or the route is another. */
export function isSegment({ term, type }: Value & { kind: 'term' }): boolean {
  if (term.kind !== 'input' || term.from !== 'params') return false;
  return term.path.length === 1 && type.base === 'string' && !type.nullable;
}

/** What another server answers always has a status. */
const STATUS = /^fetch\b.*\.status$/;

function termTruth(value: Value & { kind: 'term' }, node: ts.Node): Formula {
  if (isClaims(value) || isSegment(value) || isWholePart(value)) return TRUE;
  const { term, type } = value;
  const answer = answerOf(term);
  if (answer !== undefined && STATUS.test(answer)) return TRUE;
  if (answer !== undefined) return atom(answered(answer, placeAt(node)));
  const flag = term.kind === 'input' ? flagTruth(term, type.schema, node) : undefined;
  if (flag) return flag;
  const about = { at: placeAt(node), text: textOf(node) };
  const against = (op: Op, value: string | number | boolean | null) =>
    compareTerms({ left: term, op, right: { kind: 'literal', value } }, about);
  const notZero = () => (isPositive(type.schema) ? [] : [against('!=', 0)]);
  switch (term.kind) {
    case 'literal':
      return term.value ? TRUE : FALSE;
    case 'choice':
      return against('=', true);
    case 'now':
      return TRUE;
    case 'rows':
      return TRUE;
    case 'external':
    case 'opaque':
      return atom({ kind: 'opaque', ...about, holds: true, terms: [] });
    case 'aggregate':
    case 'arith':
      return against('!=', 0);
    case 'input':
      if (type.base === 'boolean') return against('=', true);
      if (type.base !== 'number' || type.schema === null) return against('!=', null);
      return type.nullable ? all([against('!=', null), ...notZero()]) : against('!=', 0);
    case 'column':
      if (type.base === 'boolean') return against('=', true);
      if (type.nullable) return against('!=', null);
      if (type.base === 'number') return against('!=', 0);
      return type.base === 'string' && !isFilled(type) ? against('!=', '') : TRUE;
    case 'call':
      if (type.base === 'boolean') return against('=', true);
      if (isFilledText(value)) return TRUE;
      if (type.base === 'string' && !type.nullable) return against('!=', '');
      return term.fn === 'length' ? against('>', 0) : against('!=', null);
    case 'env':
      return type.base === 'boolean' ? against('=', true) : against('!=', null);
  }
}

function isPositive(schema: Type['schema']): boolean {
  const { minimum, exclusiveMinimum } = schema ?? {};
  return Number(minimum) > 0 || Number(exclusiveMinimum) >= 0;
}

/** `left op right` on values: rows and absent things as existence, the rest as terms. */
export function compareValues(
  { left, op, right }: { left: Value; op: Op; right: Value },
  node: ts.Node,
): Formula {
  const absent =
    absence({ left, op, right }, node) ?? absence({ left: right, op, right: left }, node);
  if (absent) return absent;
  for (const [choice, other, first] of [
    [left, right, true],
    [right, left, false],
  ] as const) {
    if (choice.kind !== 'choice') continue;
    const on = (part: Value) =>
      compareValues(
        first ? { left: part, op, right: other } : { left: other, op, right: part },
        node,
      );
    return either(choice.when, on(choice.yes), on(choice.no));
  }
  const test = comparedByKind(left, op, right);
  if (test) return test;
  const terms: { left: Term; op: Op; right: Term } = {
    left: instant(left),
    op,
    right: instant(right),
  };
  const known = compareTerms(terms, { at: placeAt(node), text: textOf(node) });
  return withTerms(known, [...termsIn(left), ...termsIn(right)]);
}

/** A value with behaviour that stands for an instant or number compares as its term. */
function instant(value: Value): Term {
  return toTerm(value);
}

function withTerms(formula: Formula, terms: readonly Term[]): Formula {
  if (formula.kind !== 'atom' || formula.condition.kind !== 'opaque') return formula;
  if (formula.condition.terms.length > 0 || terms.length === 0) return formula;
  return atom({ ...formula.condition, terms: [...terms] });
}

/** `x == null`, `row === undefined`. */
function absence(
  { left, op, right }: { left: Value; op: Op; right: Value },
  node: ts.Node,
): Formula | undefined {
  const empty =
    right.kind === 'undefined' ||
    (right.kind === 'term' && right.term.kind === 'literal' && right.term.value === null);
  if (!empty || (op !== '=' && op !== '!=')) return undefined;
  const compared = comparedIn(node);
  // Of what nothing is known the text says whether it is there: the value's own, or the whole comparison as it stands.
  if (!compared && left.kind === 'unknown' && ts.isBinaryExpression(node))
    return opaque(left, node);
  const there = presence(left, compared ?? node);
  return there && (op === '=' ? not(there) : there);
}

/** What `x === null` and its kin compare; undefined for any other expression. */
function comparedIn(node: ts.Node): ts.Expression | undefined {
  if (!ts.isBinaryExpression(node) || !EQUALITY.has(node.operatorToken.kind)) return undefined;
  const { left, right } = node;
  return isNothing(right) ? left : isNothing(left) ? right : undefined;
}

const EQUALITY: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
]);

/** When a value is there, whatever it is: neither undefined nor null. */
export function isThere(value: Value, node: ts.Node): Formula {
  return presence(value, node) ?? compareValues({ left: value, op: '!=', right: UNDEFINED }, node);
}

/** That a value is neither null nor undefined; undefined where a comparison of terms says it. */
export function presence(value: Value, node: ts.Node): Formula | undefined {
  switch (value.kind) {
    case 'undefined':
      return FALSE;
    case 'row':
      return rowThere(value, node);
    case 'choice': {
      const yes = presence(value.yes, node);
      const no = presence(value.no, node);
      if (!yes || !no) return undefined;
      return either(value.when, yes, no);
    }
    case 'unknown':
      return opaque(value, node);
    case 'term':
      return termPresence(value, node);
    default:
      return TRUE;
  }
}

function termPresence(value: Value & { kind: 'term' }, node: ts.Node): Formula {
  const { term, type } = value;
  if (term.kind === 'literal') return term.value === null ? FALSE : TRUE;
  if (isClaims(value) || isSegment(value) || isWholePart(value)) return TRUE;
  const open =
    ['input', 'env', 'external', 'opaque', 'choice'].includes(term.kind) ||
    (term.kind === 'call' && type.base === 'unknown');
  if (!open && !type.nullable) return TRUE;
  const right: Term = { kind: 'literal', value: null };
  return compareTerms({ left: term, op: '!=', right }, { at: placeAt(node), text: textOf(node) });
}
