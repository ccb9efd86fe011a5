import type { Comparison, Op, Term } from '../../condition/condition.ts';
import {
  ANY,
  ANYTHING,
  isAlways,
  type Letters,
  NOTHING,
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

/** The query of an address with its question mark, or nothing. */
export const SEARCH = 'search';

/** Whoever makes a query of names and values writes a slash in them as `%2F`. */
const QUERY: Pattern = {
  kind: 'oneOf',
  of: [
    NOTHING,
    {
      kind: 'row',
      of: [textPattern('?'), { kind: 'again', of: { kind: 'letter', of: without(BETWEEN) } }],
    },
  ],
};

/**
 * What a comparison with a text comes to where the other side is put together of known parts and parts of the
 * request's path: `/orders/` and one segment never begin with `/admin`. Undefined where it hangs on the request.
 */
export function byItsParts({ left, op, right }: Comparison): boolean | undefined {
  const parts = piecesOf(left);
  if (right.kind !== 'literal' || typeof right.value !== 'string') return undefined;
  const wanted = wantedBy(op, right.value);
  if (!wanted || !parts?.some(isWritten)) return undefined;
  const always = isAlways(whole(...parts.map(patternOf)), wanted);
  return always === undefined ? undefined : always !== isNegative(op);
}

/**
 * The parts between slashes, up to where one of the request's own parts may hold more of them; of an address also the
 * part before its question mark.
 */
export function partsBetween(
  term: Term,
  separator: string,
): { readonly parts: readonly Term[][]; readonly isAll: boolean } | undefined {
  const pieces = piecesOf(term);
  if (separator === '?' && pieces) return beforeQuery(pieces);
  if (separator !== '/' || !pieces) return undefined;
  const parts: Term[][] = [[]];
  for (const each of pieces) {
    if (each.kind === 'literal' && typeof each.value === 'string') {
      const [head = '', ...rest] = each.value.split(separator);
      if (head !== '') parts.at(-1)?.push({ kind: 'literal', value: head });
      for (const next of rest) parts.push(next === '' ? [] : [{ kind: 'literal', value: next }]);
    } else if (isSegment(each)) parts.at(-1)?.push(each);
    else return { parts: parts.slice(0, -1), isAll: false };
  }
  return { parts, isAll: true };
}

/** What a text is put together of; undefined where it is one piece. */
function piecesOf(term: Term): readonly Term[] | undefined {
  if (term.kind !== 'call' || term.fn !== 'concat') return undefined;
  return term.args.flatMap((each) => piecesOf(each) ?? [each]);
}

function beforeQuery(args: readonly Term[]): ReturnType<typeof partsBetween> {
  const path = args.slice(0, -1);
  const last = args.at(-1);
  if (last?.kind !== 'call' || last.fn !== SEARCH) return undefined;
  const isPlain = path.every((each) =>
    each.kind === 'literal' ? !String(each.value).includes('?') : isSegment(each),
  );
  return isPlain ? { parts: [[...path]], isAll: false } : undefined;
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
  if (term.kind === 'call' && term.fn === SEARCH) return QUERY;
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
