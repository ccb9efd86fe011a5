import type { Condition, Term } from '../../condition/condition.ts';
import { durationWords } from './duration.ts';
import { code, list, type Phrase, say } from './phrase.ts';

/** How the speaker of a term sees its surroundings: `time` reads bare numbers in sums as milliseconds. */
export interface Speech {
  readonly time: boolean;
  readonly conditions: (conditions: readonly Condition[]) => Phrase;
}

type Of<Kind extends Term['kind']> = Term & { kind: Kind };

const INPUT = {
  params: ':',
  query: 'query.',
  headers: 'header ',
  cookies: 'cookie ',
  body: 'body.',
};
const WHOLE = {
  params: 'the path',
  query: 'the query string',
  headers: 'the headers',
  cookies: 'the cookies',
  body: 'the body',
};
const CALLS: Readonly<Record<string, readonly [string, string]>> = {
  lower: ['', ' in lower case'],
  upper: ['', ' in upper case'],
  trim: ['', ' without outer blanks'],
  length: ['the length of ', ''],
  floor: ['', ' rounded down'],
  ceil: ['', ' rounded up'],
  round: ['', ' rounded'],
  abs: ['the size of ', ''],
  min: ['the smallest of ', ''],
  max: ['the largest of ', ''],
  concat: ['', ' joined together'],
  sha256: ['the SHA-256 of ', ''],
};

/** A symbolic value as a person would name it: `coupon.expires_at`, `the number of item rows`. */
export function termWords(term: Term, speech: Speech): Phrase {
  switch (term.kind) {
    case 'literal':
      return [code(JSON.stringify(term.value))];
    case 'input':
      return inputWords(term);
    case 'column':
      return [code(`${term.row}.${term.column}`)];
    case 'rows':
      return say`the ${code(term.query)} rows`;
    case 'aggregate':
      return aggregateWords(term, speech);
    case 'now':
      return ['now'];
    case 'env':
      return say`the environment’s ${code(term.name)}`;
    case 'arith':
      return arithWords(term, speech);
    case 'call':
      return callWords(term, speech);
    case 'choice':
      return say`${termWords(term.yes, speech)} if ${speech.conditions(term.when)}, else ${termWords(term.no, speech)}`;
    case 'external':
      return say`the answer of ${code(term.name)}`;
    case 'opaque':
      return [code(term.text)];
  }
}

/** Whether an instant relative to now takes part in the term. */
export function tellsTime(term: Term): boolean {
  if (term.kind === 'arith') return tellsTime(term.left) || tellsTime(term.right);
  return term.kind === 'now';
}

/** A part of the request: `body.coupon`, `:id`, `header x-key`; all of it where the path is empty. */
export function inputWords(input: Pick<Of<'input'>, 'from' | 'path'>): Phrase {
  if (input.path.length === 0) return [WHOLE[input.from]];
  return [code(`${INPUT[input.from]}${input.path.join('.')}`)];
}

function aggregateWords(term: Of<'aggregate'>, speech: Speech): Phrase {
  if (term.op === 'count' || term.of === null) return say`the number of ${code(term.query)} rows`;
  const names = { sum: 'sum', avg: 'average', min: 'smallest', max: 'largest' } as const;
  return say`the ${names[term.op]} of ${termWords(term.of, speech)} over the ${code(term.query)} rows`;
}

function arithWords(term: Of<'arith'>, speech: Speech): Phrase {
  const { left, right, op } = term;
  const shift = op === '+' || op === '-';
  if (speech.time && shift && right.kind === 'literal' && typeof right.value === 'number') {
    const side = (op === '-') === right.value >= 0 ? 'before' : 'after';
    return say`${durationWords(right.value)} ${side} ${termWords(left, speech)}`;
  }
  const sign = { '+': '+', '-': '−', '*': '×', '/': '÷', '%': 'modulo' }[op];
  return say`${nested(left, speech)} ${sign} ${nested(right, speech)}`;
}

function nested(term: Term, speech: Speech): Phrase {
  const words = termWords(term, speech);
  return term.kind === 'arith' || term.kind === 'choice' ? say`(${words})` : words;
}

function callWords(term: Of<'call'>, speech: Speech): Phrase {
  const args = list(
    term.args.map((arg) => nested(arg, speech)),
    ' and ',
  );
  const words = Object.hasOwn(CALLS, term.fn) ? CALLS[term.fn] : undefined;
  if (!words) return say`${code(term.fn)} of ${args}`;
  return say`${words[0]}${args}${words[1]}`;
}
