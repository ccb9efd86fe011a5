import type { Comparison, Op, Term } from '../../condition/condition.ts';
import {
  ANY,
  ANYTHING,
  isAlways,
  type Letters,
  type Pattern,
  textPattern,
  whole,
  without,
} from './automaton.ts';
import { regexpPattern } from './regexp-pattern.ts';

/** What a segment of a path as asked for never holds: a slash, or the end of a line. */
const BETWEEN: Letters = [
  [10, 10],
  [13, 13],
  [47, 47],
  [0x2028, 0x2029],
];
const SEGMENT: Pattern = some(without(BETWEEN));

/**
 * What a comparison with a text comes to where the other side is put together of known parts and parts of the
 * request's path: `/orders/` and one segment never begin with `/admin`. Undefined where it hangs on the request.
 */
export function byItsParts({ left, op, right }: Comparison): boolean | undefined {
  if (left.kind !== 'call' || left.fn !== 'concat') return undefined;
  if (right.kind !== 'literal' || typeof right.value !== 'string') return undefined;
  const wanted = wantedBy(op, right.value);
  if (!wanted || !left.args.some(isWritten)) return undefined;
  const always = isAlways(whole(...left.args.map(patternOf)), wanted);
  return always === undefined ? undefined : always !== isNegative(op);
}

/** The parts between slashes, up to where one of the request's own parts may hold more of them. */
export function partsBetween(
  term: Term,
  separator: string,
): { readonly parts: readonly Term[][]; readonly isAll: boolean } | undefined {
  if (term.kind !== 'call' || term.fn !== 'concat' || separator !== '/') return undefined;
  const parts: Term[][] = [[]];
  for (const each of term.args) {
    if (each.kind === 'literal' && typeof each.value === 'string') {
      const [head = '', ...rest] = each.value.split(separator);
      if (head !== '') parts.at(-1)?.push({ kind: 'literal', value: head });
      for (const next of rest) parts.push(next === '' ? [] : [{ kind: 'literal', value: next }]);
    } else if (isSegment(each)) parts.at(-1)?.push(each);
    else return { parts: parts.slice(0, -1), isAll: false };
  }
  return { parts, isAll: true };
}

function isWritten(term: Term): boolean {
  return term.kind === 'literal' && term.value !== '';
}

function isNegative(op: Op): boolean {
  return op === '!=' || op.startsWith('not ');
}

function wantedBy(op: Op, text: string): Pattern | undefined {
  if (op === '=' || op === '!=') return whole(textPattern(text));
  if (op === 'like' || op === 'not like') return whole(likePattern(text));
  return op === 'matches' || op === 'not matches' ? regexpPattern(text) : undefined;
}

function likePattern(text: string): Pattern {
  const of = [...text.matchAll(/\\(.)|(%)|(_)|([^%_\\])/gsu)].map(
    ([, escaped, many, single, plain]): Pattern => {
      if (many) return ANYTHING;
      return single ? { kind: 'letter', of: ANY } : textPattern(escaped ?? plain ?? '');
    },
  );
  return { kind: 'row', of };
}

function patternOf(term: Term): Pattern {
  if (term.kind === 'literal') return textPattern(String(term.value));
  return isSegment(term) ? SEGMENT : ANYTHING;
}

/** A parameter of the path is one segment of it. */
function isSegment(term: Term): boolean {
  return term.kind === 'input' && term.from === 'params' && term.path.length === 1;
}

function some(letters: Letters): Pattern {
  const one: Pattern = { kind: 'letter', of: letters };
  return { kind: 'row', of: [one, { kind: 'again', of: one }] };
}
